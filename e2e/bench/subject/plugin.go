// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
	"github.com/conduitio/conduit-connector-protocol/pconnector/client"
	"github.com/conduitio/conduit-connector-protocol/pconnutils"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/records"
	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
)

// maxRecord is the limit for a record that the plugin is told. Conduit's own,
// 4 MiB, is too small for large objects.
const maxRecord = 64 << 20

// plugin is the standalone connector, which runs as a process.
type plugin struct {
	client *goplugin.Client
}

// startPlugin starts the connector as Conduit does. Schemas, which it would ask
// Conduit for, are not used.
func startPlugin(path string) (plugin, error) {
	c, err := client.New(hclog.NewNullLogger(), path,
		client.WithEnvVar(pconnutils.EnvConduitConnectorUtilitiesGRPCTarget, "127.0.0.1:1"),
		client.WithEnvVar(pconnutils.EnvConduitConnectorToken, "benchmark"),
		client.WithEnvVar(pconnector.EnvConduitConnectorID, "benchmark"),
		client.WithEnvVar(pconnector.EnvConduitConnectorLogLevel, "error"),
		client.WithEnvVar(pconnector.EnvConduitConnectorMaxReceiveRecordSize, strconv.Itoa(maxRecord)),
	)
	return plugin{client: c}, err
}

// dispense returns one side of the connector.
func dispense[T any](p plugin, side string) (T, error) {
	var none T
	rpc, err := p.client.Client()
	if err != nil {
		return none, fmt.Errorf("start the plugin: %w", err)
	}
	raw, err := rpc.Dispense(side)
	if err != nil {
		return none, err
	}
	t, ok := raw.(T)
	if !ok {
		return none, fmt.Errorf("the plugin's %s is a %T", side, raw)
	}
	return t, nil
}

// peak returns the most memory that the plugin's process has had.
func (p plugin) peak() int64 { return job.Peak(p.client.ReattachConfig().Pid) }

type sourcePlugin interface {
	pconnector.SourcePlugin
	NewStream() pconnector.SourceRunStream
}

// readPlugin drives the source through the plugin protocol.
func readPlugin(ctx context.Context, j job.Job) (job.Result, error) {
	p, err := startPlugin(j.Plugin)
	if err != nil {
		return job.Result{}, err
	}
	defer p.client.Kill()
	s, err := dispense[sourcePlugin](p, "source")
	if err != nil {
		return job.Result{}, err
	}
	if _, err := s.Configure(ctx, pconnector.SourceConfigureRequest{Config: j.Settings}); err != nil {
		return job.Result{}, err
	}
	if _, err := s.Open(ctx, pconnector.SourceOpenRequest{Position: opencdc.Position(j.Position)}); err != nil {
		return job.Result{}, err
	}
	stream := s.NewStream()
	if err := s.Run(ctx, stream); err != nil {
		return job.Result{}, err
	}
	counter, err := job.NewCounter(j)
	if err != nil {
		return job.Result{}, err
	}
	if err := receive(ctx, stream.Client(), counter); err != nil {
		return job.Result{}, err
	}
	result := counter.Result()
	result.Peak = p.peak()
	return result, nil
}

// receive takes records and acknowledges each batch.
func receive(ctx context.Context, stream pconnector.SourceRunStreamClient, counter *job.Counter) error {
	for !counter.Done() {
		batch, err := stream.Recv()
		if err != nil {
			return ignoreEnd(ctx, err)
		}
		acks := make([]opencdc.Position, len(batch.Records))
		for i, rec := range batch.Records {
			acks[i] = rec.Position
			if err := count(counter, rec); err != nil {
				return err
			}
		}
		if err := stream.Send(pconnector.SourceRunRequest{AckPositions: acks}); err != nil {
			return err
		}
	}
	return nil
}

type destinationPlugin interface {
	pconnector.DestinationPlugin
	NewStream() pconnector.DestinationRunStream
}

// writePlugin drives the destination through the plugin protocol.
func writePlugin(ctx context.Context, j job.Job) (job.Result, error) {
	p, err := startPlugin(j.Plugin)
	if err != nil {
		return job.Result{}, err
	}
	defer p.client.Kill()
	d, err := dispense[destinationPlugin](p, "destination")
	if err != nil {
		return job.Result{}, err
	}
	if _, err := d.Configure(ctx, pconnector.DestinationConfigureRequest{Config: j.Settings}); err != nil {
		return job.Result{}, err
	}
	if _, err := d.Open(ctx, pconnector.DestinationOpenRequest{}); err != nil {
		return job.Result{}, err
	}
	stream := d.NewStream()
	if err := d.Run(ctx, stream); err != nil {
		return job.Result{}, err
	}
	recs := records.New(j.Records)
	result := begin()
	sent := make(chan error, 1)
	go func() { sent <- send(stream.Client(), recs, j.Batch) }()
	for result.Records < len(recs) {
		res, err := stream.Client().Recv()
		if err != nil {
			return job.Result{}, err
		}
		for _, ack := range res.Acks {
			if ack.Error != "" {
				return job.Result{}, errors.New(ack.Error)
			}
		}
		result.Records += len(res.Acks)
	}
	end(&result)
	result.Peak = p.peak()
	return result, <-sent
}

func send(stream pconnector.DestinationRunStreamClient, recs []opencdc.Record, batch int) error {
	for len(recs) > 0 {
		n := min(batch, len(recs))
		if err := stream.Send(pconnector.DestinationRunRequest{Records: recs[:n]}); err != nil {
			return err
		}
		recs = recs[n:]
	}
	return nil
}

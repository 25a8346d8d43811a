// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"gotest.tools/v3/assert"
)

// pipeline plays the engine's part around the SDK's plugin, which batches and
// acknowledges.
type pipeline struct {
	t      *testing.T
	plugin pconnector.DestinationPlugin
	stream *stream
	last   opencdc.Position
	ran    chan error
	acks   chan pconnector.DestinationRunResponseAck
	cancel context.CancelFunc
	onAck  func(pconnector.DestinationRunResponseAck) // before the ack counts; may be nil
}

// pass lets virtual time pass, in which the plugin's timers fire.
func pass(d time.Duration) { <-time.After(d) }

// stream connects engine and plugin, without buffers as the engine's does.
type stream struct {
	ctx       context.Context
	requests  chan pconnector.DestinationRunRequest
	responses chan pconnector.DestinationRunResponse
}

func (s *stream) Client() pconnector.DestinationRunStreamClient { return nil }

func (s *stream) Server() pconnector.DestinationRunStreamServer { return s }

func (s *stream) Recv() (pconnector.DestinationRunRequest, error) {
	select {
	case r := <-s.requests:
		return r, nil
	case <-s.ctx.Done():
		return pconnector.DestinationRunRequest{}, io.EOF
	}
}

func (s *stream) Send(r pconnector.DestinationRunResponse) error {
	select {
	case s.responses <- r:
		return nil
	case <-s.ctx.Done():
		return io.EOF
	}
}

// start opens and runs a destination.
func start(t *testing.T, server *s3test.Server, changes config.Config) *pipeline {
	t.Helper()
	return startPlugin(t, configured(t, server, changes))
}

func startPlugin(t *testing.T, d sdk.Destination) *pipeline {
	t.Helper()
	return runPlugin(t, sdk.NewDestinationPlugin(d, pconnector.PluginConfig{}, nil))
}

func runPlugin(t *testing.T, plugin pconnector.DestinationPlugin) *pipeline {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p := &pipeline{
		t:      t,
		plugin: plugin,
		stream: &stream{
			ctx:       ctx,
			requests:  make(chan pconnector.DestinationRunRequest),
			responses: make(chan pconnector.DestinationRunResponse),
		},
		ran:    make(chan error, 1),
		acks:   make(chan pconnector.DestinationRunResponseAck, 100_000),
		cancel: cancel,
	}
	_, err := p.plugin.Open(ctx, pconnector.DestinationOpenRequest{})
	assert.NilError(t, err)
	go func() { p.ran <- p.plugin.Run(ctx, p.stream) }()
	go p.collect()
	return p
}

func (p *pipeline) collect() {
	for {
		select {
		case r := <-p.stream.responses:
			for _, ack := range r.Acks {
				if p.onAck != nil {
					p.onAck(ack)
				}
				p.acks <- ack
			}
		case <-p.stream.ctx.Done():
			return
		}
	}
}

// send sends the records one by one, as the engine does.
func (p *pipeline) send(recs []opencdc.Record) {
	for _, rec := range recs {
		p.sendBatch([]opencdc.Record{rec})
	}
}

func (p *pipeline) sendBatch(recs []opencdc.Record) {
	p.stream.requests <- pconnector.DestinationRunRequest{Records: recs}
	p.last = recs[len(recs)-1].Position
}

// stop stops the destination as the engine does, and returns what Stop returns.
func (p *pipeline) stop() error {
	p.t.Helper()
	_, err := p.plugin.Stop(p.stream.ctx, pconnector.DestinationStopRequest{LastPosition: p.last})
	return err
}

// end takes the destination down.
func (p *pipeline) end() {
	p.t.Helper()
	p.cancel()
	assert.NilError(p.t, <-p.ran)
	_, err := p.plugin.Teardown(context.Background(), pconnector.DestinationTeardownRequest{})
	assert.NilError(p.t, err)
}

// acked returns the positions that have been acknowledged by now.
func (p *pipeline) acked() (good, bad []string) {
	for {
		select {
		case ack := <-p.acks:
			if ack.Error != "" {
				bad = append(bad, string(ack.Position))
			} else {
				good = append(good, string(ack.Position))
			}
		default:
			return good, bad
		}
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package collect collects the records that Conduit sends to a destination into
// batches, in place of the Connector SDK. It owns when a batch ends; it knows
// neither what a destination does with a batch nor how it acknowledges one.
//
// The SDK (v0.14.2) batches as well, but its Stop waits a minute for the result
// of a batch that was written because it was full, or that never was, and it can
// block for good when a batch is filled while the one before it is being written.
// With batches that are collected before the SDK sees them, its own batching is
// off, and neither happens.
package collect

import (
	"context"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
)

// Parameters says how a destination is told about batches.
type Parameters struct {
	Size  string            // the name of the parameter with the most records of a batch; 0 is no limit
	Delay string            // the name of the parameter with the time that a batch waits for further records; 0 is no limit
	All   config.Parameters // of the destination, with the defaults of the two
}

// Destination returns a plugin that hands the records that it receives to p in
// batches. A batch ends when it has the configured size, when the configured
// delay has passed since its first record, or when the plugin is stopped. With
// a size of at most 1 and no delay, p receives the records as Conduit sends them.
// p itself is configured not to batch.
func Destination(p pconnector.DestinationPlugin, params Parameters) pconnector.DestinationPlugin {
	return &destination{DestinationPlugin: p, params: params, stop: newStop()}
}

type destination struct {
	pconnector.DestinationPlugin
	params Parameters

	size  int
	delay time.Duration

	mu   sync.Mutex
	stop *stop // of the run that Open has begun
}

// Configure takes the parameters of batches for itself. If they ask for none, or
// can't be read, p gets them as they are.
func (d *destination) Configure(ctx context.Context, req pconnector.DestinationConfigureRequest) (pconnector.DestinationConfigureResponse, error) {
	all := maps.Clone(req.Config).Sanitize().ApplyDefaults(d.params.All)
	size, sizeErr := strconv.Atoi(all[d.params.Size])
	delay, delayErr := time.ParseDuration(all[d.params.Delay])
	d.size, d.delay = 0, 0
	if sizeErr == nil && delayErr == nil && (size > 1 && delay >= 0 || size >= 0 && delay > 0) {
		d.size, d.delay = size, delay
		all[d.params.Size], all[d.params.Delay] = "0", "0"
		req.Config = all
	}
	return d.DestinationPlugin.Configure(ctx, req)
}

func (d *destination) Open(ctx context.Context, req pconnector.DestinationOpenRequest) (pconnector.DestinationOpenResponse, error) {
	d.mu.Lock()
	d.stop = newStop()
	d.mu.Unlock()
	return d.DestinationPlugin.Open(ctx, req)
}

func (d *destination) Run(ctx context.Context, s pconnector.DestinationRunStream) error {
	if d.size == 0 && d.delay == 0 {
		return d.DestinationPlugin.Run(ctx, s)
	}
	ended := make(chan struct{})
	defer close(ended)
	b := &batches{
		DestinationRunStreamServer: s.Server(),
		size:                       d.size, delay: d.delay, stop: d.stopping(),
		requests: make(chan request), ended: ended,
	}
	go b.receive()
	return d.DestinationPlugin.Run(ctx, &stream{s, b})
}

// Stop ends the batch that is being collected once the record that Conduit
// names is in it, and returns when all up to that record is acknowledged.
func (d *destination) Stop(ctx context.Context, req pconnector.DestinationStopRequest) (pconnector.DestinationStopResponse, error) {
	d.stopping().at(req.LastPosition)
	return d.DestinationPlugin.Stop(ctx, req)
}

func (d *destination) stopping() *stop {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stop
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/collect"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// unchecked is a plugin whose Configure does not look for the bucket.
type unchecked struct {
	pconnector.DestinationPlugin
	to *Config
}

func (d unchecked) Configure(_ context.Context, req pconnector.DestinationConfigureRequest) (pconnector.DestinationConfigureResponse, error) {
	err := req.Config.ApplyDefaults(Config{}.Parameters()).DecodeInto(d.to)
	return pconnector.DestinationConfigureResponse{}, err
}

// startStandalone opens and runs a destination as the standalone plugin does.
// With a gate, uploads go through it.
func startStandalone(t *testing.T, server *s3test.Server, changes config.Config, g *gate) *pipeline {
	t.Helper()
	d := &Destination{connect: func(_ context.Context, c *Config) (store, error) {
		b, err := bucket.New(c.Config, server)
		if g == nil {
			return b, err
		}
		g.store = b
		return g, err
	}}
	inner := unchecked{sdk.NewDestinationPlugin(sdk.DestinationWithMiddleware(d), pconnector.PluginConfig{}, nil), &d.config}
	plugin := collect.Destination(inner, collect.Parameters{
		Size: ConfigSdkBatchSize, Delay: ConfigSdkBatchDelay, All: Config{}.Parameters(),
	})
	_, err := plugin.Configure(t.Context(), pconnector.DestinationConfigureRequest{Config: settings(server, changes)})
	assert.NilError(t, err)
	return runPlugin(t, plugin)
}

func TestStandalone_EveryStopEndsWithinASecond(t *testing.T) {
	for name, test := range map[string]struct {
		changes config.Config
		records int
		wait    time.Duration // before the stop
	}{
		"idle":                                {nil, 0, 0},
		"idle for an hour":                    {nil, 0, time.Hour},
		"idle, long delay":                    {config.Config{ConfigSdkBatchSize: "10", ConfigSdkBatchDelay: "10s"}, 0, 0},
		"exactly filled, long delay":          {config.Config{ConfigSdkBatchSize: "10", ConfigSdkBatchDelay: "2001ms"}, 10, 0},
		"exactly filled, long delay, earlier": {config.Config{ConfigSdkBatchSize: "10", ConfigSdkBatchDelay: "2001ms"}, 10, time.Minute},
		"partly filled, long delay":           {config.Config{ConfigSdkBatchSize: "10", ConfigSdkBatchDelay: "1h"}, 13, 0},
		"exactly filled, no delay":            {config.Config{ConfigSdkBatchSize: "10", ConfigSdkBatchDelay: "0"}, 20, 0},
		"partly filled, no delay":             {config.Config{ConfigSdkBatchSize: "10", ConfigSdkBatchDelay: "0"}, 7, 0},
		"exactly filled, defaults":            {nil, 1000, 0},
		"partly filled, defaults":             {nil, 7, 0},
		"partly filled, defaults, earlier":    {nil, 7, time.Minute},
		"no batching":                         {config.Config{ConfigSdkBatchSize: "0", ConfigSdkBatchDelay: "0"}, 3, 0},
	} {
		for _, latency := range []time.Duration{0, 500 * time.Millisecond} {
			t.Run(name+", latency "+latency.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := newServer(s3test.Config{})
					p := startStandalone(t, server, test.changes, nil)
					defer p.end()
					server.SetLatency(latency)
					p.send(numbered(0, test.records))
					pass(test.wait)
					begin := time.Now()
					assert.NilError(t, p.stop())
					took := time.Since(begin)
					assert.Check(t, took <= time.Second, "took %v", took)
					synctest.Wait()
					good, bad := p.acked()
					assert.Check(t, is.DeepEqual(good, sequence(0, test.records)))
					assert.Check(t, is.Len(bad, 0))
					all, _ := positions(t, server)
					assert.Check(t, is.DeepEqual(all, sequence(0, test.records)))
				})
			})
		}
	}
}

func TestStandalone_WhatEndsABatch(t *testing.T) {
	for name, test := range map[string]struct {
		size, delay   string
		requests      []int // sizes of what the engine sends at once
		before, after []int // sizes of the objects, right before and after the delay
	}{
		"its size, at once":                     {"2", "2s", []int{1, 1, 1}, []int{2}, []int{2, 1}},
		"its size, with a long delay":           {"2", "1h", []int{1, 1, 1}, []int{2}, []int{2, 1}},
		"its size, with a request of several":   {"2", "2s", []int{5}, []int{2, 2}, []int{2, 2, 1}},
		"its size, in the middle of a request":  {"4", "2s", []int{3, 3}, []int{4}, []int{4, 2}},
		"time, without a size":                  {"0", "2s", []int{1, 1, 1}, nil, []int{3}},
		"the engine, without batches":           {"0", "0", []int{1, 2}, []int{1, 2}, []int{1, 2}},
		"the engine, with a size of one record": {"1", "0", []int{1, 2}, []int{1, 1, 1}, []int{1, 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(s3test.Config{})
				p := startStandalone(t, server, config.Config{ConfigSdkBatchSize: test.size, ConfigSdkBatchDelay: test.delay}, nil)
				defer p.end()
				delay, err := time.ParseDuration(test.delay)
				assert.NilError(t, err)

				sent := 0
				for _, n := range test.requests {
					p.sendBatch(numbered(sent, sent+n))
					sent += n
				}
				checkSizes(t, server, delay, test.before, test.after)
			})
		})
	}
}

// The SDK's batching blocks for good when a batch is filled at once while its
// timer writes the one before.
func TestStandalone_BatchIsFilledWhileTheOneBeforeIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{entered: make(chan struct{}), open: make(chan struct{})}
		p := startStandalone(t, newServer(s3test.Config{}), nil, g)
		defer p.end()
		p.send(numbered(0, 5))
		<-g.entered
		p.sendBatch(numbered(5, 1005))
		pass(time.Minute)
		close(g.open)
		synctest.Wait()
		good, _ := p.acked()
		assert.Check(t, is.DeepEqual(good, sequence(0, 1005)))
		assert.NilError(t, p.stop())
	})
}

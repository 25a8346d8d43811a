// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// These tests measure, in virtual time, how long a stop takes with the defaults
// of sdk.batch.size and sdk.batch.delay. latency is what S3 takes to answer.

const latency = 3 * time.Second

// stopped runs a pipeline, stops it and checks that all records are stored and
// acknowledged. It returns how long the stop took.
func stopped(t *testing.T, changes config.Config, records int, feed func(p *pipeline)) (took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := newServer(s3test.Config{})
		p := start(t, server, changes)
		defer p.end()
		feed(p)

		server.SetLatency(latency)
		begin := time.Now()
		assert.NilError(t, p.stop())
		took = time.Since(begin)

		synctest.Wait()
		good, bad := p.acked()
		assert.Check(t, is.DeepEqual(good, sequence(0, records)))
		assert.Check(t, is.Len(bad, 0))
		all, sizes := positions(t, server)
		assert.Check(t, is.DeepEqual(all, sequence(0, records)))
		for _, size := range sizes {
			assert.Check(t, size <= 1000, "%d records in an object", size)
		}
	})
	return took
}

func TestStop_AfterABatchThatTheTimerEnded(t *testing.T) {
	took := stopped(t, nil, 7, func(p *pipeline) {
		p.send(numbered(0, 7))
		pass(5 * time.Second)
	})
	assert.Check(t, is.Equal(took, time.Duration(0)), "nothing is left to write")
}

func TestStop_WithRecordsPending(t *testing.T) {
	took := stopped(t, nil, 7, func(p *pipeline) {
		p.send(numbered(0, 5))
		pass(5 * time.Second)
		p.send(numbered(5, 7))
	})
	assert.Check(t, is.Equal(took, latency), "one object is left to write")
}

// With the SDK's own batching this stop takes a minute and fails.
func TestStop_AfterABatchThatWasExactlyFull(t *testing.T) {
	t.Run("just now", func(t *testing.T) {
		took := stopped(t, nil, 2000, func(p *pipeline) { p.send(numbered(0, 2000)) })
		assert.Check(t, is.Equal(took, latency), "two objects are left to write, at the same time")
	})
	t.Run("a while ago", func(t *testing.T) {
		took := stopped(t, nil, 1000, func(p *pipeline) {
			p.send(numbered(0, 1000))
			pass(5 * time.Second)
		})
		assert.Check(t, is.Equal(took, time.Duration(0)))
	})
	t.Run("of one batch of the source", func(t *testing.T) {
		took := stopped(t, nil, 1000, func(p *pipeline) {
			p.sendBatch(numbered(0, 1000))
			pass(5 * time.Second)
		})
		assert.Check(t, is.Equal(took, time.Duration(0)))
	})
}

func TestStop_WithoutBatching(t *testing.T) {
	off := config.Config{ConfigSdkBatchSize: "0", ConfigSdkBatchDelay: "0"}
	for _, records := range []int{0, 3} {
		took := stopped(t, off, records, func(p *pipeline) {
			p.send(numbered(0, records))
			synctest.Wait()
		})
		assert.Check(t, is.Equal(took, time.Duration(0)))
	}
}

// gate is a store whose first Store waits until it is let through.
type gate struct {
	store
	entered, open chan struct{}
	stored        atomic.Int32
}

func (g *gate) Store(ctx context.Context, in bucket.StoreInput) error {
	if g.stored.Add(1) == 1 {
		close(g.entered)
		<-g.open
	}
	return g.store.Store(ctx, in)
}

// With the SDK's own batching a batch that is filled at once, while the timer
// is writing the one before it, blocks the plugin for good.
func TestWrite_BatchIsFilledWhileTheTimerWrites(t *testing.T) {
	server := newServer(s3test.Config{})
	g := &gate{entered: make(chan struct{}), open: make(chan struct{})}
	d := &Destination{connect: func(_ context.Context, c *Config) (_ store, err error) {
		g.store, err = bucket.New(c.Config, server)
		return g, err
	}}
	plugin := sdk.DestinationWithMiddleware(d)
	changes := config.Config{ConfigSdkBatchDelay: "10ms"}
	assert.NilError(t, settings(server, changes).ApplyDefaults(Config{}.Parameters()).DecodeInto(&d.config))

	p := startPlugin(t, plugin)
	p.send(numbered(0, 5))
	<-g.entered
	p.sendBatch(numbered(5, 1005))
	close(g.open)
	var last string
	for range 1005 {
		last = string((<-p.acks).Position)
	}
	assert.Check(t, is.Equal(last, "1004"))
	assert.NilError(t, p.stop())
	p.end()
}

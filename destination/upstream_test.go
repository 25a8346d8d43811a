// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
	"gotest.tools/v3/poll"
)

// These tests hold faults of the SDK's batching in place. One that fails says
// that the SDK has been mended: docs/upstream.md tells what goes then.

// Stop waits for the result of the last batch, also if there was none, or if it
// has been taken.
func TestSDK_StopWaitsInVain(t *testing.T) {
	for name, test := range map[string]struct {
		changes config.Config
		records int
	}{
		"no record since the start":                {nil, 0},
		"a long delay and a batch that was filled": {config.Config{ConfigSdkBatchSize: "10", ConfigSdkBatchDelay: "2001ms"}, 10},
		"no delay and a batch that was filled":     {config.Config{ConfigSdkBatchSize: "10", ConfigSdkBatchDelay: "0"}, 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := start(t, newServer(s3test.Config{}), test.changes)
				defer p.end()
				p.send(numbered(0, test.records))
				begin := time.Now()
				assert.Check(t, is.ErrorIs(p.stop(), context.DeadlineExceeded))
				assert.Check(t, is.Equal(time.Since(begin), time.Minute))
			})
		})
	}
}

// A batch that is filled at once, while the timer writes the one before it, waits
// for good: the results of both do not fit. Nothing can end its goroutine, which
// is why this test runs in real time and leaves it.
func TestSDK_FilledBatchBlocksWhileTheTimerWrites(t *testing.T) {
	server := newServer(s3test.Config{})
	g := &gate{entered: make(chan struct{}), open: make(chan struct{})}
	d := &Destination{connect: func(_ context.Context, c *Config) (_ store, err error) {
		g.store, err = bucket.New(c.Config, server)
		return g, err
	}}
	plugin := sdk.DestinationWithMiddleware(d)
	changes := config.Config{ConfigSdkBatchSize: "10", ConfigSdkBatchDelay: "2001ms"}
	assert.NilError(t, settings(server, changes).ApplyDefaults(Config{}.Parameters()).DecodeInto(&d.config))

	p := startPlugin(t, plugin)
	p.send(numbered(0, 5))
	<-g.entered
	p.sendBatch(numbered(5, 15))
	waitForStack(t, "Enqueue", "sync.Mutex.Lock")
	close(g.open)
	waitForStack(t, "flushNow", "chan send")
}

// waitForStack waits for a goroutine in the function, in the state.
func waitForStack(t *testing.T, function, state string) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	poll.WaitOn(t, func(poll.LogT) poll.Result {
		for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			head, calls, _ := strings.Cut(stack, "\n")
			if strings.Contains(head, state) && strings.Contains(calls, "Batcher[") && strings.Contains(calls, function) {
				return poll.Success()
			}
		}
		return poll.Continue("no goroutine is in %s (%s)", function, state)
	}, poll.WithTimeout(time.Minute), poll.WithDelay(time.Millisecond))
}

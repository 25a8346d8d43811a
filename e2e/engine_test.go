// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/poll"
)

// plugins are the two ways in which Conduit uses the connector.
var plugins = []string{"builtin", "standalone"}

// stopTime is the most that stopping may take, far below the minute for which
// a destination's batching can hang.
const stopTime = 15 * time.Second

// startEngine runs Conduit with the pipelines. Conduit is killed when the test
// ends, and its log is shown if the test failed.
func startEngine(t *testing.T, pipelines ...pipeline) *engine.Engine {
	t.Helper()
	return startEngineIn(t, t.TempDir(), pipelines...)
}

// startEngineIn goes on where an engine that ran in dir has stopped.
func startEngineIn(t *testing.T, dir string, pipelines ...pipeline) *engine.Engine {
	t.Helper()
	return startEngineWith(t, engine.Config{Dir: dir, Pipelines: pipelineFile(t, pipelines)})
}

func startEngineWith(t *testing.T, cfg engine.Config) *engine.Engine {
	t.Helper()
	cfg.Binary, cfg.Connectors = programs.Engine, programs.Connectors
	e, err := engine.Start(t.Context(), cfg)
	assert.NilError(t, err)
	t.Cleanup(func() {
		e.Kill()
		if t.Failed() {
			t.Logf("conduit's log:\n%s", e.Log())
		}
	})
	return e
}

// shutdown stops the engine gracefully and returns how long that took.
func shutdown(t *testing.T, e *engine.Engine) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	start := time.Now()
	assert.NilError(t, e.Shutdown(ctx))
	return time.Since(start)
}

// stopPipeline stops the pipeline gracefully and returns how long that took.
func stopPipeline(t *testing.T, e *engine.Engine, id string) time.Duration {
	t.Helper()
	start := time.Now()
	assert.NilError(t, e.StopPipeline(t.Context(), id))
	waitForState(t, e, id, engine.Stopped)
	return time.Since(start)
}

// waitForState waits until the pipeline's status is want.
func waitForState(t *testing.T, e *engine.Engine, id, want string) {
	t.Helper()
	waitFor(t, e, func() poll.Result {
		state, err := e.State(t.Context(), id)
		switch {
		case err != nil:
			return poll.Error(err)
		case state.Status == want:
			return poll.Success()
		default:
			return poll.Continue("pipeline %q: %s %s", id, state.Status, state.Error)
		}
	})
}

// waitFor polls a condition that the engine fulfils in its own time, as long
// as the engine runs.
func waitFor(t *testing.T, e *engine.Engine, condition func() poll.Result) {
	t.Helper()
	waitForWithin(t, e, 90*time.Second, condition)
}

// waitForWithin is waitFor with a time-out of its own.
func waitForWithin(t *testing.T, e *engine.Engine, limit time.Duration, condition func() poll.Result) {
	t.Helper()
	check := func(poll.LogT) poll.Result {
		if e.Ended() {
			return poll.Error(errors.New("conduit has ended"))
		}
		return condition()
	}
	poll.WaitOn(t, check, poll.WithTimeout(limit), poll.WithDelay(100*time.Millisecond))
}

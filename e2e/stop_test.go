// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/poll"
)

// full is the number of records that fill the destination's buffer by default.
const full = 1000

// stopCases are pipelines to stop, by the objects that they copy, and by the
// number of records that are written when they are stopped. The last one is
// stopped while it may still have records in its buffer.
var stopCases = []struct {
	name             string
	prefix           string // of the keys 00000, 00001 and so on
	objects, written int
}{
	{name: "few", prefix: "0000", objects: 10, written: 10},
	{name: "filled-once", prefix: "00", objects: full, written: full},
	{name: "filled-twice", prefix: "0", objects: 2 * full, written: 2 * full},
	{name: "pending", prefix: "0", objects: 2 * full, written: 1},
}

// TestStop_ByTheAPI stops pipelines in the default configuration one by one.
func TestStop_ByTheAPI(t *testing.T) {
	t.Parallel()
	target := newBucket(t, "to", false)
	e := startEngine(t, stopPipelines(t, target)...)
	eachStopCase(func(id string, _, written int) {
		t.Run(id, func(t *testing.T) {
			waitForRecords(t, e, target, id+"/", written)
			took := stopPipeline(t, e, id)
			t.Logf("stopping took %s", took)
			assert.Check(t, took < stopTime)
			countRecords(t, target, id, written)
		})
	})
}

// TestStop_StandaloneWithBatchesThatFill stops standalone destinations whose
// batches are written when they are full. A batch that is not full ends with its
// delay: Conduit tells a destination to stop only when it has acknowledged all.
func TestStop_StandaloneWithBatchesThatFill(t *testing.T) {
	t.Parallel()
	const size = 10
	target := newBucket(t, "to", false)
	cases := map[string]struct {
		objects int
		delay   string
	}{
		"exactly-filled": {size, "1h"},
		"partly-filled":  {size + 3, "500ms"},
	}
	var pipelines []pipeline
	for id, c := range cases {
		bucket := newBucket(t, id, false)
		fill(t, bucket, c.objects)
		pipelines = append(pipelines, newPipeline(id, s3("standalone", bucket), s3("standalone", target,
			"prefix", id+"/", "format", "json", "sdk.batch.size", strconv.Itoa(size), "sdk.batch.delay", c.delay)))
	}
	e := startEngine(t, pipelines...)
	for id := range cases {
		t.Run(id, func(t *testing.T) {
			waitForRecords(t, e, target, id+"/", size)
			took := stopPipeline(t, e, id)
			t.Logf("stopping took %s", took)
			assert.Check(t, took < stopTime)
			countRecords(t, target, id, size)
		})
	}
}

// TestStop_WithTheEngine stops the engine with such pipelines running, and
// finds everything after a restart.
func TestStop_WithTheEngine(t *testing.T) {
	t.Parallel()
	target := newBucket(t, "to", false)
	pipelines := stopPipelines(t, target)
	dir := t.TempDir()
	e := startEngineIn(t, dir, pipelines...)
	eachStopCase(func(id string, _, written int) {
		waitForRecords(t, e, target, id+"/", written)
	})
	took := shutdown(t, e)
	t.Logf("stopping %d pipelines took %s", len(pipelines), took)
	assert.Check(t, took < stopTime)
	eachStopCase(func(id string, _, written int) {
		countRecords(t, target, id, written)
	})

	// Of so many new objects a position can't remember all, so that some are
	// delivered again; none may be missing.
	e = startEngineIn(t, dir, pipelines...)
	eachStopCase(func(id string, objects, _ int) {
		waitFor(t, e, func() poll.Result {
			if n := len(deliveries(t, target, id)); n < objects {
				return poll.Continue("%s: %d of %d objects", id, n, objects)
			}
			return poll.Success()
		})
	})
}

// TestStop_BeforeTheFirstRecord stops pipelines whose destinations have not seen
// a record since they were started. The standalone plugin stops at once. Built in
// it takes force: the SDK would wait a minute for the result of a batch that
// there never was.
func TestStop_BeforeTheFirstRecord(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t, "empty", true)
	var pipelines []pipeline
	for _, plugin := range plugins {
		pipelines = append(pipelines, newPipeline(plugin, s3(plugin, bucket), s3(plugin, bucket, "format", "json")))
	}
	e := startEngine(t, pipelines...)
	for plugin, end := range map[string]struct {
		stop  func(context.Context, string) error
		state string
	}{
		"builtin":    {e.ForceStopPipeline, engine.Degraded},
		"standalone": {e.StopPipeline, engine.Stopped},
	} {
		t.Run(plugin, func(t *testing.T) {
			waitForStart(t, e, plugin)
			start := time.Now()
			assert.NilError(t, end.stop(t.Context(), plugin))
			waitForState(t, e, plugin, end.state)
			took := time.Since(start)
			t.Logf("stopping took %s", took)
			assert.Check(t, took < stopTime)
		})
	}
}

// waitForStart waits until the connectors of a pipeline are open. Conduit calls it
// running before that, and panics if it is then stopped by force.
func waitForStart(t *testing.T, e *engine.Engine, id string) {
	t.Helper()
	waitForState(t, e, id, engine.Running)
	waitFor(t, e, func() poll.Result {
		for _, side := range []string{"source", "destination"} {
			started := regexp.MustCompile(`"connector_id":"` + id + `:` + side + `".*"` + side + ` connector plugin successfully started"`)
			if !started.MatchString(e.Log()) {
				return poll.Continue("the %s of %s is not open", side, id)
			}
		}
		return poll.Success()
	})
}

// countRecords checks that at least n objects were delivered, each of them once.
func countRecords(t *testing.T, target, id string, n int) {
	t.Helper()
	seen := deliveries(t, target, id)
	assert.Check(t, len(seen) >= n, "%s: %d of %d objects", id, len(seen), n)
	for key, times := range seen {
		assert.Check(t, times == 1, "%s: %s %d times", id, key, times)
	}
}

// deliveries returns how often each object was delivered.
func deliveries(t *testing.T, target, id string) map[string]int {
	t.Helper()
	seen := make(map[string]int)
	for _, record := range readRecords(t, target, id+"/") {
		seen[record.Metadata["s3.key"]]++
	}
	return seen
}

// stopPipelines returns a pipeline for each plugin and case, with its objects.
func stopPipelines(t *testing.T, target string) []pipeline {
	t.Helper()
	bucket := newBucket(t, "from", false)
	fill(t, bucket, 2*full)
	var pipelines []pipeline
	for _, plugin := range plugins {
		for _, c := range stopCases {
			id := plugin + "-" + c.name
			pipelines = append(pipelines, newPipeline(id,
				s3(plugin, bucket, "prefix", c.prefix),
				s3(plugin, target, "prefix", id+"/", "format", "json")))
		}
	}
	return pipelines
}

func eachStopCase(do func(id string, objects, written int)) {
	for _, plugin := range plugins {
		for _, c := range stopCases {
			do(plugin+"-"+c.name, c.objects, c.written)
		}
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/poll"
)

const (
	killSeed    = 1
	killObjects = 3000 // in the bucket when the source starts
)

// TestP1P3_KilledAtRandomMoments kills Conduit and the processes of standalone
// connectors, in a pipeline from S3 to S3, while a seeded writer changes the
// bucket. What was delivered, replayed by key, must give the bucket's state;
// every version must be there, and those of a key in order.
func TestP1P3_KilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	k := newKilled(t)
	for i := range killObjects {
		k.history.put(t, fmt.Sprintf("k%05d", i), fmt.Appendf(nil, "object %d", i))
	}
	k.history.snapshot()

	k.start()
	t.Cleanup(func() {
		k.engine.Kill()
		if t.Failed() {
			t.Logf("conduit's log:\n%s", k.engine.Log())
		}
	})
	for range 3 {
		k.duringSnapshot(k.killEngine)
	}
	// Conduit stores positions with a delay, and what a source that begins anew
	// can't know of is lost. A graceful stop stores one: the changes begin then.
	stored := k.deliveries.count
	k.waitForDeliveries("something new", func() bool { return k.deliveries.count > stored })
	shutdown(t, k.engine)
	k.start()

	k.killAgainAndAgain()
	k.change(20)
	k.waitForDeliveries("the last change", func() bool { return k.deliveries.missing(k.history.changes) == 0 })
	shutdown(t, k.engine)
	k.deliveries.refresh(t)
	records, kills := k.deliveries.inOrder(), k.kills["engine"]+k.kills["connector"]
	assert.Check(t, kills >= 20)
	repeats := checkDeliveries(t, records, k.history, kills)
	t.Logf("%d kills %v: %d changes came in %d records, %d of them repeated",
		kills, k.kills, len(k.history.changes), len(records), repeats)
}

// killed is a pipeline that is killed again and again.
type killed struct {
	t          *testing.T
	random     *rand.Rand
	dir        string
	pipeline   pipeline
	engine     *engine.Engine
	history    *history
	deliveries *deliveryLog
	kills      map[string]int // by what was killed, and when
}

func newKilled(t *testing.T) *killed {
	t.Helper()
	// The target keeps what a batch that is written again replaces, so that it
	// tells all that was ever delivered.
	from, to := newBucket(t, "from", true), newBucket(t, "to", true)
	return &killed{
		t: t, random: rand.New(rand.NewPCG(killSeed, 0)), dir: t.TempDir(), history: newHistory(from),
		deliveries: newDeliveryLog(to), kills: make(map[string]int),
		pipeline: newPipeline("killed",
			// One object at a time, so that the snapshot takes its time, and a short
			// look-back, so that a position can hold what falls into it.
			s3("standalone", from, "pollingPeriod", "100ms", "lookback", "2s", "fetch.concurrency", "1"),
			s3("standalone", to, "format", "json", "sdk.batch.size", "100", "sdk.batch.delay", "50ms")),
	}
}

// killAgainAndAgain kills at each kind of moment.
func (k *killed) killAgainAndAgain() {
	k.t.Helper()
	for _, moment := range []struct {
		times int
		kill  func(kill func())
	}{
		{times: 4, kill: k.duringSnapshot},
		{times: 4, kill: k.atHandOver},
		{times: 8, kill: k.afterScan},
		{times: 8, kill: k.inBurst},
	} {
		for i := range moment.times {
			kill := k.killEngineAndChange
			if i%2 == 0 {
				kill = k.killConnector
			}
			moment.kill(kill)
		}
	}
}

// start runs Conduit, where it was killed if it was.
func (k *killed) start() {
	k.t.Helper()
	e, err := engine.Start(k.t.Context(), engine.Config{
		Binary: programs.Engine, Connectors: programs.Connectors,
		Dir: k.dir, Pipelines: pipelineFile(k.t, []pipeline{k.pipeline}),
		// Conduit waits twice as long each time before it restarts a pipeline.
		Flags: []string{"--pipelines.error-recovery.min-delay=50ms", "--pipelines.error-recovery.backoff-factor=1"},
	})
	assert.NilError(k.t, err)
	k.engine = e
}

// killEngine kills Conduit with its connectors, and starts it again.
func (k *killed) killEngine() {
	k.t.Helper()
	k.stopEngine()
	k.start()
}

// killEngineAndChange changes the bucket before it starts Conduit again.
func (k *killed) killEngineAndChange() {
	k.t.Helper()
	k.stopEngine()
	k.change(k.random.IntN(10))
	k.start()
}

// stopEngine kills Conduit and reads what it has delivered to the end.
func (k *killed) stopEngine() {
	k.t.Helper()
	k.engine.Kill()
	k.kills["engine"]++
	k.deliveries.refresh(k.t)
}

// killConnector kills the process of the source or of the destination. Conduit
// restarts the pipeline.
func (k *killed) killConnector() {
	k.t.Helper()
	var ids []int
	waitFor(k.t, k.engine, func() poll.Result {
		var err error
		if ids, err = k.engine.Connectors(); err != nil {
			return poll.Error(err)
		}
		if len(ids) == 0 {
			return poll.Continue("no connector runs")
		}
		return poll.Success()
	})
	assert.NilError(k.t, k.engine.KillConnector(ids[k.random.IntN(len(ids))]))
	k.kills["connector"]++
}

// duringSnapshot kills after some objects, but not all, were delivered.
func (k *killed) duringSnapshot(kill func()) {
	k.t.Helper()
	k.kills["during the snapshot"]++
	want := len(k.deliveries.snapshot) + 50 + k.random.IntN(200)
	k.waitForDeliveries("a part of the snapshot", func() bool { return len(k.deliveries.snapshot) >= want })
	assert.Assert(k.t, len(k.deliveries.snapshot) < killObjects, "the snapshot is over")
	kill()
}

// atHandOver kills when the snapshot is whole, or once something was delivered
// if it was so before.
func (k *killed) atHandOver(kill func()) {
	k.t.Helper()
	k.kills["at the hand-over"]++
	n := k.deliveries.count
	k.change(10)
	k.waitForDeliveries("the whole snapshot", func() bool {
		return len(k.deliveries.snapshot) >= killObjects && k.deliveries.count > n
	})
	kill()
}

// afterScan kills when the first of some changes was delivered, which is right
// after a scan.
func (k *killed) afterScan(kill func()) {
	k.t.Helper()
	k.kills["right after a scan"]++
	before := len(k.history.changes)
	k.change(20 + k.random.IntN(40))
	changes := k.history.changes[before:]
	k.waitForDeliveries("one of the changes", func() bool { return k.deliveries.missing(changes) < len(changes) })
	kill()
}

// inBurst kills in the middle of many changes.
func (k *killed) inBurst(kill func()) {
	k.t.Helper()
	k.kills["in a burst"]++
	n := 30 + k.random.IntN(60)
	before := k.random.IntN(n)
	k.change(before)
	kill()
	k.change(n - before)
}

// change makes n random changes: most of them updates and deletes of few keys,
// so that many versions of a key stand side by side.
func (k *killed) change(n int) {
	k.t.Helper()
	for range n {
		key := fmt.Sprintf("k%05d", k.random.IntN(25)*killObjects/20) // some of them new
		if _, exists := k.history.latest[key]; exists && k.random.IntN(3) == 0 {
			k.history.delete(k.t, key)
		} else {
			k.history.put(k.t, key, fmt.Appendf(nil, "change %d", k.random.Uint32()))
		}
	}
}

// waitForDeliveries reads what has been delivered until a condition holds.
func (k *killed) waitForDeliveries(what string, condition func() bool) {
	k.t.Helper()
	waitFor(k.t, k.engine, func() poll.Result {
		k.deliveries.refresh(k.t)
		if condition() {
			return poll.Success()
		}
		return poll.Continue("%s is not there; %d records", what, k.deliveries.count)
	})
}

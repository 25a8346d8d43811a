// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/poll"
)

const (
	killSeed    = 1
	killObjects = 3000            // in the bucket when the source starts
	killUploads = 6               // in progress then
	killTimeout = 4 * time.Minute // of what the engine does next, which is a matter of seconds
)

// TestP1P3_KilledAtRandomMoments kills Conduit and the processes of standalone
// connectors, in a pipeline from S3 to S3, while a seeded writer changes the
// bucket and multipart uploads are in progress. What was delivered, replayed by
// key, must give the bucket's state; every version must be there, and those of a
// key in order. The source reads from different stores; the target is on MinIO.
func TestP1P3_KilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		server *s3server.Server
		// versitygw gives a version that is replaced the time of its replacement: a
		// source finds it again, and can't know that it was delivered long ago. A
		// delete marker gets the time of the version below it: only its place among
		// the versions tells that it is new.
		retimes bool
	}{
		{name: "minio", server: store},
		{name: "versitygw", server: other, retimes: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			k := newKilled(t, test.server)
			k.run()
			records, kills := k.deliveries.inOrder(t), k.killed()
			assert.Check(t, kills >= 20)
			assert.Check(t, k.across >= 20, "%d uploads were in progress across a kill", k.across)
			repeats := checkDeliveries(t, records, k.history, kills, test.retimes)
			t.Logf("%d kills %v, %d uploads across kills: %d changes came in %d records, %d of them repeated",
				kills, k.kills, k.across, len(k.history.changes), len(records), repeats)
		})
	}
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
	uploads    []upload       // in progress, oldest first
	across     int            // how many uploads were initiated before a kill and completed after it
}

func newKilled(t *testing.T, server *s3server.Server) *killed {
	t.Helper()
	// The target keeps what a batch that is written again replaces, so that it
	// tells all that was ever delivered.
	from, to := newBucketOn(t, server, "from", true), newBucket(t, "to", true)
	return &killed{
		t: t, random: rand.New(rand.NewPCG(killSeed, 0)), dir: t.TempDir(), history: newHistoryOn(server, from),
		deliveries: newDeliveryLog(to), kills: make(map[string]int),
		pipeline: newPipeline("killed",
			// One object at a time, so that the snapshot takes its time, and a short
			// look-back, so that a position can hold what falls into it.
			s3("standalone", from, "aws.endpoint", server.Endpoint,
				"pollingPeriod", "100ms", "lookback", "2s", "fetch.concurrency", "1"),
			s3("standalone", to, "format", "json", "sdk.batch.size", "100", "sdk.batch.delay", "50ms")),
	}
}

// run is the whole story, from the first object to the last record.
func (k *killed) run() {
	k.t.Helper()
	for i := range killObjects {
		k.history.put(k.t, fmt.Sprintf("k%05d", i), fmt.Appendf(nil, "object %d", i))
	}
	k.history.snapshot()
	for range killUploads {
		k.initiate()
	}

	k.start()
	k.t.Cleanup(k.end)
	for range 3 {
		k.duringSnapshot(k.killEngine)
	}
	// Conduit stores positions with a delay, and what a source that begins anew
	// can't know of is lost. A graceful stop stores one: the changes begin then.
	stored := k.deliveries.count
	k.waitForDeliveries("something new", func() bool { return k.deliveries.count > stored })
	shutdown(k.t, k.engine)
	k.start()

	k.killAgainAndAgain()
	k.change(20)
	for len(k.uploads) > 0 {
		k.completeOldest()
	}
	all := func() bool { return k.deliveries.missing(k.history.changes) == 0 }
	k.waitForDeliveries("each change", all)
	// What a restart repeats comes before what happens after it.
	k.history.put(k.t, "the end", []byte("the end"))
	k.waitForDeliveries("the last change", all)
	shutdown(k.t, k.engine)
	k.deliveries.refresh(k.t)
}

// end kills what still runs and tells why a test has failed.
func (k *killed) end() {
	k.engine.Kill()
	if !k.t.Failed() {
		return
	}
	for _, c := range k.history.changes {
		if k.deliveries.versions[c.versionID] == 0 {
			k.t.Logf("missing: %s %q version %s", c.operation, c.key, c.versionID)
		}
	}
	k.t.Logf("conduit's log:\n%s", k.engine.Log())
}

// killed is how often something was killed.
func (k *killed) killed() int { return k.kills["engine"] + k.kills["connector"] }

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
			k.initiate()
			moment.kill(kill)
			k.completeOldest()
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
	waitForWithin(k.t, k.engine, killTimeout, func() poll.Result {
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

// change makes n random changes: most of them updates and deletes of few keys,
// so that many versions of a key stand side by side.
func (k *killed) change(n int) {
	k.t.Helper()
	for range n {
		key := k.key()
		if _, exists := k.history.latest[key]; exists && k.random.IntN(3) == 0 {
			k.history.delete(k.t, key)
		} else {
			k.history.put(k.t, key, fmt.Appendf(nil, "change %d", k.random.Uint32()))
		}
	}
}

// key is one of the few keys that change, of which some are new.
func (k *killed) key() string { return fmt.Sprintf("k%05d", k.random.IntN(25)*killObjects/20) }

// initiate begins an upload that later changes complete.
func (k *killed) initiate() {
	k.t.Helper()
	u := k.history.initiate(k.t, k.key())
	u.kills = k.killed()
	k.uploads = append(k.uploads, u)
}

// completeOldest completes the upload that is in progress for longest.
func (k *killed) completeOldest() {
	k.t.Helper()
	u := k.uploads[0]
	k.uploads = k.uploads[1:]
	k.history.complete(k.t, u, fmt.Appendf(nil, "upload %d", k.random.Uint32()))
	if u.kills < k.killed() {
		k.across++
	}
}

// waitForDeliveries reads what has been delivered until a condition holds.
func (k *killed) waitForDeliveries(what string, condition func() bool) {
	k.t.Helper()
	waitForWithin(k.t, k.engine, killTimeout, func() poll.Result {
		k.deliveries.refresh(k.t)
		if condition() {
			return poll.Success()
		}
		return poll.Continue("%s is not there; %d records", what, k.deliveries.count)
	})
}

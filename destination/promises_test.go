// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// flaky lets one of so many requests for an operation succeed; of the others,
// half fail after they took effect.
func flaky(random *rand.Rand, odds map[string]int) func(s3test.Request) s3test.Fault {
	var mu sync.Mutex // requests come at the same time
	return func(r s3test.Request) s3test.Fault {
		mu.Lock()
		defer mu.Unlock()
		if n := odds[r.Op]; n == 0 || random.IntN(n) == 0 {
			return s3test.Fault{}
		}
		fault := []s3test.Fault{s3test.SlowDown(), s3test.InternalError(), s3test.Reset(), s3test.Hang()}[random.IntN(4)]
		fault.Late = random.IntN(2) == 0
		return fault
	}
}

// stored says whether a record is in one of the bucket's objects.
func stored(server *s3test.Server, position string) bool {
	return slices.ContainsFunc(server.Objects(bucketName), func(o s3test.Object) bool {
		for line := range strings.Lines(string(o.Body)) {
			if strings.HasPrefix(line, position+"\n") {
				return true
			}
		}
		return false
	})
}

var positionsOnly = config.Config{
	ConfigSdkRecordFormat:        "template",
	ConfigSdkRecordFormatOptions: `{{ printf "%s" .Position }}`,
	ConfigSdkBatchSize:           "7",
}

func TestD1_AcknowledgedMeansStored(t *testing.T) {
	for seed := range uint64(10) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			server := newServer(s3test.Config{})
			server.SetFaults(flaky(random, map[string]int{"PutObject": 5}))
			p := start(t, server, positionsOnly)
			defer p.end()
			p.onAck = func(ack pconnector.DestinationRunResponseAck) {
				assert.Check(t, is.Equal(ack.Error, ""))
				assert.Check(t, stored(server, string(ack.Position)), "seed %d: %s", seed, ack.Position)
			}
			for i := 0; i < 100; i += 20 {
				p.send(numbered(i, i+20))
				pass(time.Hour) // until the batch is through, whatever fails
			}
			assert.NilError(t, p.stop())
			synctest.Wait()
			good, _ := p.acked()
			assert.Check(t, is.DeepEqual(good, sequence(0, 100)))
			assert.Check(t, is.Len(keys(server), 15), "20 records are 3 objects, however often they were tried")
		})
	}
}

func TestD1_KilledBetweenUploadAndAcknowledgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(s3test.Config{})
		server.SetFaults(func(r s3test.Request) s3test.Fault {
			return s3test.Fault{Reset: r.Op == "PutObject", Late: true}
		})
		p := start(t, server, positionsOnly)
		p.send(numbered(0, 7))
		pass(time.Hour)
		p.end()
		good, _ := p.acked()
		assert.Check(t, is.Len(good, 0))
		assert.Check(t, is.Len(keys(server), 1), "uploaded, but the answer never came")

		server.SetFaults(nil)
		p = start(t, server, positionsOnly)
		replay := numbered(0, 7)
		for _, rec := range replay {
			rec.Metadata.SetReadAt(time.Now())
		}
		p.send(replay)
		assert.NilError(t, p.stop())
		synctest.Wait()
		good, _ = p.acked()
		assert.Check(t, is.DeepEqual(good, sequence(0, 7)))
		assert.Check(t, is.Len(keys(server), 1), "the same object, once")
		p.end()
	})
}

func TestD4_RefusalReachesTheEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(s3test.Config{})
		p := start(t, server, nil)
		defer p.end()
		recs := numbered(0, 5)
		recs[3].Metadata["text"] = "\xff"
		p.send(recs)
		assert.NilError(t, p.stop())
		synctest.Wait()
		good, bad := p.acked()
		assert.Check(t, is.DeepEqual(good, sequence(0, 3)))
		assert.Check(t, is.DeepEqual(bad, sequence(3, 5)))
		all, _ := positions(t, server)
		assert.Check(t, is.DeepEqual(all, sequence(0, 3)))
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// TestP1P2P3_ARandomWriter lets a seeded writer change a bucket while it is
// read, with faults and restarts from acknowledged positions. The records,
// replayed by key, must give the bucket's state; the versions of a key must
// come in order, and none twice.
func TestP1P2P3_ARandomWriter(t *testing.T) {
	seeds := uint64(100)
	if testing.Short() {
		seeds = 20
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			config := s3test.Config{PageSize: 1 + random.IntN(12), Milliseconds: random.IntN(4) == 0}
			inWorld(t, s3test.Enabled, config, func(t *testing.T, w *world) {
				readWhileWriting(t, w, random)
			})
		})
	}
}

func readWhileWriting(t *testing.T, w *world, random *rand.Rand) {
	w.writeSome(random)
	time.Sleep(time.Duration(random.IntN(3)) * time.Minute)
	faultSeed := random.Uint64()
	w.SetFaults(func(r s3test.Request) s3test.Fault { // is called concurrently
		random := rand.New(rand.NewPCG(faultSeed, uint64(r.N)))
		return []s3test.Fault{{}, {}, {}, {}, s3test.SlowDown(), s3test.Reset(), s3test.Truncate(1)}[random.IntN(7)]
	})
	replay := newReplay(t)
	it := w.start("")
	for range 6 {
		w.writeSome(random)
		for range random.IntN(4) {
			changes := w.readSome(it, 1+random.IntN(9))
			replay.add(changes)
			if len(changes) > 0 && random.IntN(3) == 0 {
				it.Close()
				it = w.start(changes[len(changes)-1].Position.String())
			}
			w.writeSome(random)
		}
	}
	w.SetFaults(nil)
	replay.add(w.read(it))
	want := map[string]string{}
	for _, o := range w.Objects(bucketName) {
		want[o.Key] = string(o.Body)
	}
	assert.Check(t, is.DeepEqual(replay.state, want))
	replay.checkComplete(w.Versions(bucketName))
}

// writeSome puts, overwrites and deletes some objects, in bursts.
func (w *world) writeSome(random *rand.Rand) {
	for range 1 + random.IntN(6) {
		key := fmt.Sprintf("k%d", random.IntN(5))
		if random.IntN(3) == 0 {
			w.delete(key)
		} else {
			w.put(key, fmt.Sprint(random.IntN(1000)))
		}
		time.Sleep(time.Duration(random.IntN(3)) * 400 * time.Millisecond)
	}
}

// replay is what a reader of the changes knows.
type replay struct {
	t     *testing.T
	state map[string]string
	seen  map[string][]string // the version ids of each key, in the order of delivery
}

func newReplay(t *testing.T) *replay {
	return &replay{t: t, state: map[string]string{}, seen: map[string][]string{}}
}

func (r *replay) add(changes []Change) {
	for _, c := range changes {
		v := c.Version
		assert.Check(r.t, !slices.Contains(r.seen[v.Key], v.VersionID), "%s %s comes twice", v.Key, v.VersionID)
		r.seen[v.Key] = append(r.seen[v.Key], v.VersionID)
		if c.Operation == Delete {
			delete(r.state, v.Key)
			continue
		}
		_, exists := r.state[v.Key]
		assert.Check(r.t, is.Equal(c.Operation == Update, exists), "%s of %s", said([]Change{c}), v.Key)
		r.state[v.Key] = string(c.Object.Body)
	}
}

// checkComplete checks that each key's deliveries are its newest versions,
// without a gap, in order.
func (r *replay) checkComplete(versions []s3test.Object) {
	all := map[string][]string{}
	for _, v := range slices.Backward(versions) {
		all[v.Key] = append(all[v.Key], v.VersionID)
	}
	for _, key := range slices.Sorted(maps.Keys(r.seen)) {
		want := all[key][len(all[key])-len(r.seen[key]):]
		assert.Check(r.t, is.DeepEqual(r.seen[key], want), key)
	}
}

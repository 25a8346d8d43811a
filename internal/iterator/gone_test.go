// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// Without versioning, what was delivered may be gone at the restart. While that is
// little, nothing comes twice. However much it is, the last state of each key comes,
// and restarts advance.
func TestP1P2_KeysOverwrittenAndDeletedBetweenRestarts(t *testing.T) {
	for _, keys := range []int{1, 31, 32, 33, 100, 1000} {
		for _, changed := range []int{0, 1, 3, 20, 1000} {
			if changed = min(changed, keys); changed == 1 && keys > 1 {
				continue
			}
			t.Run(fmt.Sprintf("%d of %d keys", changed, keys), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { restartAfterChanges(t, keys, changed) })
			})
		}
	}
}

func restartAfterChanges(t *testing.T, keys, changed int) {
	r, store, versions := afterABurst(t, "without versioning", keys)
	assert.Assert(t, is.Equal(r.run(keys/2+1, time.Hour), keys/2+1))
	state := changeTheOldest(store, versions[:keys], changed)
	state["first"] = versions[keys]
	for range 100 {
		if r.run(max(1, keys/5), 2*lookback) == 0 {
			break
		}
	}
	assert.Check(t, is.Equal(r.run(10, 5*lookback), 0), "it comes to no end")
	repeats := 0
	for key, v := range state {
		assert.Assert(t, nameOf(r.last[key]) == nameOf(v), "the last record of %s is not its state", key)
		repeats += r.count[nameOf(v)] - 1
	}
	said := strings.Contains(r.log.String(), "are delivered again")
	assert.Check(t, (repeats > 0) == said, "%d repeats, log: %q", repeats, r.log.String())
	if changed <= 3 {
		assert.Check(t, is.Equal(repeats, 0))
	}
}

// changeTheOldest overwrites or deletes the oldest of some null versions, which come
// from the newest to the oldest. It returns the state of each key.
func changeTheOldest(store *memoryStore, versions []bucket.Version, changed int) map[string]bucket.Version {
	var overwritten, deleted []bucket.Version
	state := map[string]bucket.Version{}
	for i, v := range versions {
		switch isOld := len(versions)-i <= changed; {
		case isOld && i%2 == 0:
			deleted = append(deleted, v)
			continue
		case isOld:
			v.ETag, v.LastModified = fmt.Sprint("again ", i), time.Now()
			overwritten = append(overwritten, v)
		}
		state[v.Key] = v
	}
	store.remove(deleted...)
	store.overwrite(overwritten...)
	return state
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/rs/zerolog"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// restarting is a source that is started again and again, from the position of the
// last record that it delivered.
type restarting struct {
	t      *testing.T
	store  Store
	config Config
	log    bytes.Buffer

	position string
	runs     int
	total    int
	count    map[string]int            // how often each version came
	last     map[string]bucket.Version // the last of each key
}

func newRestarting(t *testing.T, store Store) *restarting {
	config := defaults()
	config.PollingPeriod = 10 * time.Second
	return &restarting{t: t, store: store, config: config, count: map[string]int{}, last: map[string]bucket.Version{}}
}

// nameOf identifies a version, and the state of a null version.
func nameOf(v bucket.Version) string {
	return fmt.Sprint(v.Key, " ", v.VersionID, " ", v.ETag, " ", v.LastModified.Unix())
}

// run starts the source, takes up to some records within some time, and stops it.
func (r *restarting) run(most int, within time.Duration) (got int) {
	r.t.Helper()
	from, err := position.Parse(r.position)
	assert.NilError(r.t, err)
	page, err := r.store.ListVersions(r.t.Context(), "", bucket.Marker{})
	assert.NilError(r.t, err)
	ctx, cancel := context.WithTimeout(zerolog.New(&r.log).Level(zerolog.WarnLevel).WithContext(r.t.Context()), within)
	defer cancel()
	it := Start(ctx, r.store, r.config, from, page.Time)
	defer it.Close()
	r.runs++
	for ; got < most; got++ {
		c, err := it.Next(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			break
		}
		assert.NilError(r.t, err)
		r.take(c)
	}
	return got
}

// take acknowledges a change.
func (r *restarting) take(c Change) {
	r.t.Helper()
	r.position = c.Position.String()
	assert.Assert(r.t, len(r.position) <= len(c.Version.Key)+1024, "%d bytes beyond the key", len(r.position)-len(c.Version.Key))
	r.count[nameOf(c.Version)]++
	r.total++
	if before, ok := r.last[c.Version.Key]; ok && c.Operation != Snapshot && c.Version.VersionID != bucket.NullVersion {
		assert.Assert(r.t, !c.Version.LastModified.Before(before.LastModified), "%s comes after a newer version", nameOf(c.Version))
	}
	r.last[c.Version.Key] = c.Version
}

// eachOnce checks that each of the versions came once, and nothing else.
func (r *restarting) eachOnce(versions []bucket.Version) {
	r.t.Helper()
	for _, v := range versions {
		assert.Assert(r.t, r.count[nameOf(v)] == 1, "%s came %d times", nameOf(v), r.count[nameOf(v)])
	}
	assert.Check(r.t, is.Equal(r.total, len(versions)))
	assert.Check(r.t, is.Equal(r.log.String(), ""))
}

// bursts make n changes within half a look-back, the newest first.
var bursts = map[string]func(n, i int, began time.Time) bucket.Version{
	"within 30 s": func(n, i int, began time.Time) bucket.Version {
		return bucket.Version{Key: fmt.Sprintf("%06d", i*7919%n), VersionID: fmt.Sprint(i), LastModified: inBurst(n, i, began)}
	},
	"within a second": func(n, i int, began time.Time) bucket.Version {
		return bucket.Version{Key: fmt.Sprintf("%06d", i*7919%n), VersionID: fmt.Sprint(i), LastModified: began}
	},
	"of one key": func(n, i int, began time.Time) bucket.Version {
		return bucket.Version{Key: "key", VersionID: fmt.Sprint(i), LastModified: inBurst(n, i, began)}
	},
	"of one key within a second": func(_, i int, began time.Time) bucket.Version {
		return bucket.Version{Key: "key", VersionID: fmt.Sprint(i), LastModified: began}
	},
	"of five keys with markers": func(n, i int, began time.Time) bucket.Version {
		return bucket.Version{Key: fmt.Sprint("key", i%5), VersionID: fmt.Sprint(i), DeleteMarker: i%7 == 0, LastModified: inBurst(n, i, began)}
	},
	"uploaded in parts": func(n, i int, began time.Time) bucket.Version {
		return bucket.Version{Key: fmt.Sprintf("%06d", i*7919%n), VersionID: fmt.Sprint(i), ETag: `"0123-2"`, LastModified: inBurst(n, i, began)}
	},
	"without versioning": func(n, i int, began time.Time) bucket.Version {
		return bucket.Version{Key: fmt.Sprintf("%06d", i*7919%n), VersionID: bucket.NullVersion, ETag: fmt.Sprint(i), LastModified: inBurst(n, i, began)}
	},
}

// inBurst is the time of the i-th of n changes, from the newest to the oldest.
func inBurst(n, i int, began time.Time) time.Time {
	return began.Add(time.Duration((n-1-i)*30/n) * time.Second)
}

// afterABurst returns a source that has delivered a snapshot of one object, an hour
// before a burst.
func afterABurst(t *testing.T, shape string, n int) (*restarting, *memoryStore, []bucket.Version) {
	t.Helper()
	first := bucket.Version{Key: "first", VersionID: "first", LastModified: time.Now()}
	store := newMemoryStore(first)
	r := newRestarting(t, store)
	assert.Assert(t, is.Equal(r.run(1, time.Minute), 1))
	time.Sleep(time.Hour)
	began := time.Now()
	versions := []bucket.Version{}
	for i := range n {
		versions = append(versions, bursts[shape](n, i, began))
	}
	store.set(func(held []bucket.Version) []bucket.Version { return append(held, versions...) })
	time.Sleep(30 * time.Second)
	return r, store, append(versions, first)
}

// A burst of changes inside one look-back comes through whatever the number of
// records between two restarts, and nothing of it twice.
func TestP2_ABurstComesThroughRestartsAndNothingTwice(t *testing.T) {
	type regime struct{ n, each int }
	regimes := []regime{{1, 1}, {2, 1}, {31, 1}, {32, 1}, {33, 1}, {64, 1}, {34, 33}, {200, 7}, {3000, 900}, {3000, 1000}}
	if testing.Short() {
		regimes = append(regimes[:7], regime{70, 7}, regime{500, 150}, regime{500, 250})
	}
	for shape := range bursts {
		for i, c := range regimes {
			for _, pause := range []time.Duration{[]time.Duration{0, 10 * time.Second, time.Hour}[i%3]} {
				t.Run(fmt.Sprintf("%d %s, a restart after %d and %s", c.n, shape, c.each, pause), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						r, _, versions := afterABurst(t, shape, c.n)
						for r.runs = 0; r.total < len(versions); {
							assert.Assert(t, r.run(min(c.each, len(versions)-r.total), time.Hour) > 0)
							time.Sleep(pause)
						}
						assert.Check(t, is.Equal(r.runs, (c.n+c.each-1)/c.each), "runs")
						assert.Check(t, is.Equal(r.run(10, 5*lookback), 0))
						r.eachOnce(versions)
					})
				})
			}
		}
	}
}

// The same for as many changes as a minute may bring.
func TestP2_AHundredThousandChangesAndAHundredRestarts(t *testing.T) {
	changes := 100_000
	if testing.Short() {
		changes = 5_000
	}
	synctest.Test(t, func(t *testing.T) {
		r, _, versions := afterABurst(t, "within 30 s", changes)
		r.config.ScanLimit = sized(5000, 1500)
		for r.runs = 0; r.total < len(versions); {
			assert.Assert(t, r.run(1000, time.Hour) > 0)
		}
		assert.Check(t, is.Equal(r.runs, changes/1000))
		assert.Check(t, is.Equal(r.run(10, 5*lookback), 0))
		r.eachOnce(versions)
	})
}

// A source that is killed before its first scan has ended, over and over, loses and
// repeats nothing, and its snapshot advances.
func TestP2_ACrashLoopBeforeTheFirstScanHasEnded(t *testing.T) {
	const keys = 200
	synctest.Test(t, func(t *testing.T) {
		var versions []bucket.Version
		for i := range keys {
			versions = append(versions, bucket.Version{Key: fmt.Sprintf("%06d", i), VersionID: "0", LastModified: time.Now()})
		}
		time.Sleep(time.Hour)
		store := newMemoryStore(versions...)
		store.pageSize, store.latency = 10, time.Second
		r := newRestarting(t, store)
		change := func(n int) {
			v := bucket.Version{Key: fmt.Sprintf("%06d", n*37%keys), VersionID: fmt.Sprint("later ", n), LastModified: time.Now().Truncate(time.Second)}
			versions = append(versions, v)
			store.add(v)
		}
		r.run(1, time.Hour)
		for r.total < keys {
			before := r.total
			time.Sleep(time.Second)
			change(r.runs)
			r.run(keys-r.total, 5*time.Second)
			assert.Assert(t, r.total > before, "the snapshot does not advance")
		}
		for range 30 { // longer than the look-back
			change(r.runs)
			assert.Assert(t, is.Equal(r.run(1000, 5*time.Second), 0))
		}
		for r.run(1000, 5*time.Minute) > 0 {
		}
		r.eachOnce(versions)
	})
}

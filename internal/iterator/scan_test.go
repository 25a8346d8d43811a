// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// A backlog that is larger than what a scan collects passes in some scans.
func TestPart_ABacklogBeyondItsLimitLosesAndRepeatsNothing(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		listing := drawListing(random)
		p := backlog{listing: listing, limit: 1 + random.IntN(20), latestOnly: seed%4 == 0, awaited: idleUploads()}
		delivered := p.pass(t)
		var want, got []string
		newest := ""
		for _, v := range listing {
			if !p.latestOnly || v.Key != newest {
				want = append(want, v.Key+v.VersionID)
			}
			newest = v.Key
		}
		for _, task := range delivered {
			got = append(got, task.version.Key+task.version.VersionID)
		}
		if p.latestOnly { // in each scan one, so older ones may come before the newest
			got = slices.DeleteFunc(got, func(s string) bool { return !slices.Contains(want, s) })
		}
		slices.Sort(want)
		slices.Sort(got)
		assert.DeepEqual(t, got, want)
		checkOrder(t, listing, delivered)
	}
}

// drawListing draws a listing of some hundred versions of a few keys. Their times
// differ from their order by less than the look-back.
func drawListing(random *rand.Rand) (listing []bucket.Version) {
	began := time.Unix(1e9, 0)
	for key := range 1 + random.IntN(20) {
		versions, pace := 1+random.IntN(20), random.IntN(10)
		for id := range versions {
			listing = append(listing, bucket.Version{
				Key: fmt.Sprintf("k%02d", key), VersionID: fmt.Sprint(id), DeleteMarker: random.IntN(4) == 0,
				LastModified: began.Add(time.Duration((versions-id)*pace+random.IntN(4)) * time.Second),
			})
		}
	}
	return listing
}

func idleUploads() *uploads {
	return &uploads{byKey: map[upload]*progress{}}
}

// backlog is a listing that is scanned until nothing of it is left.
type backlog struct {
	listing    []bucket.Version
	limit      int
	latestOnly bool
	awaited    *uploads
}

// pass scans in up to three parts, with a look-back of some seconds.
func (b backlog) pass(t *testing.T) (delivered []task) {
	known := newWindow(nil)
	oldest, began := time.Time{}, time.Unix(2e9, 0)
	for scans := 1; ; scans++ {
		var parts []*collector
		for i, v := range b.listing {
			if len(parts) == 0 || len(parts) < 3 && v.Key != b.listing[i-1].Key && i*3 > len(parts)*len(b.listing) {
				parts = append(parts, &collector{began: began, oldest: oldest, known: known, awaited: b.awaited, latestOnly: b.latestOnly, limit: b.limit})
			}
			var below *bucket.Version
			if i+1 < len(b.listing) && b.listing[i+1].Key == v.Key {
				below = &b.listing[i+1]
			}
			assert.NilError(t, parts[len(parts)-1].Visit(v, below))
		}
		found := collect(parts)
		tasks := found.tasks()
		for i, task := range tasks {
			known.add(task.marks...)
			for _, later := range tasks[i+1:] {
				assert.Assert(t, later.operation == 0 || !task.watermark.After(later.version.LastModified), "a watermark passes what is still to come")
			}
			if task.operation != 0 {
				delivered = append(delivered, task)
			}
		}
		for _, c := range found.changes {
			assert.Assert(t, c.order.Before(found.visible), "what is delivered of a second is all of it")
		}
		if !found.rest {
			return delivered
		}
		oldest = found.visible.Add(-5 * time.Second)
		known.forget(oldest)
		assert.Assert(t, scans < len(b.listing), "it comes to no end")
	}
}

func checkOrder(t *testing.T, listing []bucket.Version, delivered []task) {
	t.Helper()
	place := map[string]int{}
	for i, v := range listing {
		place[v.Key+v.VersionID] = i
	}
	last := map[string]int{}
	for _, task := range delivered {
		v := task.version
		i := place[v.Key+v.VersionID]
		before, seen := last[v.Key]
		assert.Assert(t, !seen || i < before, "%s %s comes behind a newer version, or twice", v.Key, v.VersionID)
		last[v.Key] = i
	}
}

func TestPart_CollectsABoundedNumberOfChanges(t *testing.T) {
	p := collector{known: newWindow(nil), awaited: idleUploads(), limit: 100}
	most := 0
	for i := range 10_000 {
		v := bucket.Version{Key: fmt.Sprintf("k%04d", i), VersionID: "1", LastModified: time.Unix(1e9+int64(i*7919%10_000), 0)}
		assert.NilError(t, p.Visit(v, nil))
		most = max(most, len(p.found))
	}
	assert.Check(t, most <= 2*100, "%d changes", most)
	assert.Check(t, len(p.found) > 0)
}

// Within one scan, changes come by time, then by key.
func TestFindings_ComeByTimeThenKey(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		config := defaults()
		config.PollingPeriod = time.Minute
		it := w.startWith(config, "")
		w.readUntil(it, 1, time.Second)
		for _, key := range []string{"c", "a", "b"} {
			w.put(key, "1")
			time.Sleep(2 * time.Second)
		}
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
		w.put("e", "1")
		w.put("d", "1")
		want := []string{"create c=1", "create a=1", "create b=1", "create d=1", "create e=1"}
		assert.Check(t, is.DeepEqual(said(w.readIdle(it, 2*time.Minute)), want))
	})
}

// Of what a scan finds of a key, the newest alone is delivered, and its
// operation tells what became of the state before the scan.
func TestLatestOnly_TellsWhatBecameOfTheKey(t *testing.T) {
	for _, size := range []int{2, 1000} {
		inWorld(t, s3test.Enabled, s3test.Config{PageSize: size}, func(t *testing.T, w *world) {
			for _, key := range []string{"deleted", "recreated", "updated"} {
				w.put(key, "0")
			}
			w.put("returned", "0")
			w.delete("returned")
			time.Sleep(time.Hour)
			config := defaults()
			config.LatestOnly = true
			it := w.startWith(config, "")
			w.read(it)
			w.put("created", "1")
			w.put("created", "2")
			w.put("deleted", "1")
			w.delete("deleted")
			w.delete("recreated")
			w.put("recreated", "2")
			w.put("returned", "1")
			w.delete("returned")
			w.put("returned", "3")
			w.put("updated", "1")
			w.put("updated", "2")
			want := []string{"create created=2", "delete deleted", "update recreated=2", "create returned=3", "update updated=2"}
			changes := w.read(it)
			it.Close()
			assert.Check(t, is.DeepEqual(said(changes), want))
			for i, c := range changes {
				it := w.startWith(config, c.Position.String())
				assert.Check(t, is.DeepEqual(said(w.read(it)), want[i+1:]), "after %d", i)
				it.Close()
			}
		})
	}
}

func TestMaxObjectSize_EndsTheReadingInItsPlaceOrSkips(t *testing.T) {
	for _, skip := range []bool{false, true} {
		inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
			w.put("a", "1234")
			w.put("b", "12345")
			w.put("c", "1")
			config := defaults()
			config.MaxObjectSize, config.SkipLarge = 4, skip
			it := w.startWith(config, "")
			if skip {
				changes := w.read(it)
				assert.Check(t, is.DeepEqual(said(changes), []string{"snapshot a=1234", "snapshot c=1"}))
				w.put("c", "12345")
				w.delete("b")
				assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"delete b"}))
				assert.Check(t, is.DeepEqual(said(w.read(w.startWith(config, changes[1].Position.String()))), []string{"delete b"}))
				return
			}
			changes, err := next(t.Context(), it, 10)
			assert.NilError(t, err)
			assert.Check(t, is.DeepEqual(said(changes), []string{"snapshot a=1234"}))
			for range 2 {
				_, err = next(t.Context(), it, 10)
				tooLarge, ok := errors.AsType[*TooLargeError](err)
				assert.Assert(t, ok, err)
				assert.Check(t, is.DeepEqual(*tooLarge, TooLargeError{Key: "b", Size: 5, Limit: 4}))
				assert.Check(t, is.ErrorContains(err, `object "b"`))
			}
		})
	}
}

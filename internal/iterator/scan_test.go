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
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/rs/zerolog"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// A backlog that is larger than what a scan collects is delivered in some scans,
// whatever its changes have in common: their range, their key, or their second.
func TestScan_ABacklogBeyondItsLimitLosesAndRepeatsNothing(t *testing.T) {
	for seed := range uint64(sized(400, 100)) {
		random := rand.New(rand.NewPCG(seed, 0))
		listing := drawListing(random)
		b := backlog{listing: listing, limit: 1 + random.IntN(20), latestOnly: seed%4 == 0, ranges: 1 + random.IntN(5)}
		delivered := b.pass(t)
		var want, got []string
		newest := ""
		for _, v := range listing {
			if !b.latestOnly || v.Key != newest {
				want = append(want, v.Key+v.VersionID)
			}
			newest = v.Key
		}
		for _, v := range delivered {
			got = append(got, v.Key+v.VersionID)
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

// backlog is a listing that is scanned until nothing of it is left.
type backlog struct {
	listing    []bucket.Version
	limit      int
	latestOnly bool
	ranges     int
}

// pass scans in some ranges, with a look-back of some seconds.
func (b backlog) pass(t *testing.T) (delivered []bucket.Version) {
	log := zerolog.Nop()
	pending := newPending(nil, defaults(), &log, position.Position{})
	window := position.Window{}
	seen := position.NewSeen(window)
	for scans := 1; ; scans++ {
		found, most := b.scan(t, window, seen, pending)
		assert.Assert(t, most <= 2*b.limit+1 || b.latestOnly, "%d findings with a limit of %d", most, b.limit)
		items := found.items(2e9)
		seen.Add(found.late...)
		for i, item := range items {
			seen.Add(item.checkpoint.Marks...)
			for _, later := range found.kept[i+1:] {
				assert.Assert(t, item.watermark <= later.version.LastModified.Unix(), "a watermark passes what is still to come")
				assert.Assert(t, found.kept[i].compare(later) < 0)
			}
			if found.isCut() {
				assert.Assert(t, item.watermark <= found.left, "a watermark passes what is left out")
			}
			if item.finding != nil {
				delivered = append(delivered, item.finding.version)
			}
		}
		if !found.isCut() {
			return delivered
		}
		assert.Assert(t, len(items) > 0, "it makes no progress")
		window.Watermark = max(window.Watermark, items[len(items)-1].watermark)
		window.Since = max(0, window.Watermark-5)
		window.SinceMultipart = window.Since
		seen.Advance(window)
		assert.Assert(t, scans < 2*len(b.listing), "it comes to no end")
	}
}

func (b backlog) scan(t *testing.T, window position.Window, seen *position.Seen, pending *pending) (found *findings, most int) {
	found = newFindings(b.limit)
	var c *collector
	ranges := 0
	for i, v := range b.listing {
		if c == nil || ranges < b.ranges && v.Key != b.listing[i-1].Key && i*b.ranges > ranges*len(b.listing) {
			if c != nil {
				c.endKey()
			}
			config := defaults()
			c = &collector{window: window, seen: seen, pending: pending, latestOnly: b.latestOnly, matches: config.matches, findings: found}
			ranges++
		}
		var below *bucket.Version
		if i+1 < len(b.listing) && b.listing[i+1].Key == v.Key {
			below = &b.listing[i+1]
		}
		assert.NilError(t, c.Visit(v, below))
		most = max(most, len(found.kept), c.count)
	}
	c.endKey()
	return found, most
}

func checkOrder(t *testing.T, listing, delivered []bucket.Version) {
	t.Helper()
	place := map[string]int{}
	for i, v := range listing {
		place[v.Key+v.VersionID] = i
	}
	last := map[string]int{}
	for _, v := range delivered {
		i := place[v.Key+v.VersionID]
		before, seen := last[v.Key]
		assert.Assert(t, !seen || i < before, "%s %s comes after a newer version, or twice", v.Key, v.VersionID)
		last[v.Key] = i
	}
}

// The versions of one key, and those of one second, are as bounded as others, and a
// scan of them takes time in proportion to their number.
func TestScan_ManyVersionsOfOneKeyOrSecond(t *testing.T) {
	for _, pace := range []int{0, 1, -1} {
		const versions, limit = 20_000, 100
		b := backlog{limit: limit}
		for i := range versions {
			b.listing = append(b.listing, bucket.Version{
				Key: "state.json", VersionID: fmt.Sprint(i), LastModified: time.Unix(int64(1e9-i*pace), 0), IsLatest: i == 0,
			})
		}
		b.ranges = 1
		log := zerolog.Nop()
		found, most := b.scan(t, position.Window{}, position.NewSeen(position.Window{}), newPending(nil, defaults(), &log, position.Position{}))
		assert.Check(t, most <= 2*limit+1, "%d findings", most)
		items := found.items(2e9)
		assert.Assert(t, len(items) >= limit)
		assert.Check(t, is.Equal(items[0].finding.version.VersionID, fmt.Sprint(versions-1)), "the oldest comes first")
	}
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
				var tooLarge *TooLargeError
				ok := errors.As(err, &tooLarge)
				assert.Assert(t, ok, err)
				assert.Check(t, is.DeepEqual(*tooLarge, TooLargeError{Object: `"b"`, Size: 5, Limit: 4}))
				assert.Check(t, is.ErrorContains(err, `object "b"`))
			}
		})
	}
}

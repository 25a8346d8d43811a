// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// hugeStore makes up its versions, so that it needs no memory: each has a key of its
// own, or all have the same.
type hugeStore struct {
	memoryStore
	n      int
	oneKey bool
	began  time.Time
	asked  func(page int64) // is called before a page
	pages  atomic.Int64
}

const hugeKey = "k%09d/of/some/usual/length.json"

func (s *hugeStore) ListVersions(_ context.Context, _ string, after bucket.Marker) (bucket.Page, error) {
	page := s.pages.Add(1)
	if s.asked != nil {
		s.asked(page)
	}
	from := 0
	if after.Key != "" {
		text := after.VersionID
		if !s.oneKey {
			text = after.Key[1:10]
		}
		i, err := strconv.Atoi(text)
		if err != nil {
			return bucket.Page{}, err
		}
		from = i + 1
	}
	p := bucket.Page{Time: s.began, Versions: make([]bucket.Version, 0, 1000)}
	for i := from; i < s.n && len(p.Versions) < 1000; i++ {
		v := bucket.Version{Key: "key", VersionID: fmt.Sprintf("%032d", i), IsLatest: !s.oneKey || i == 0, LastModified: s.began.Add(-time.Duration(i%3600) * time.Second)}
		if !s.oneKey {
			v.Key = fmt.Sprintf(hugeKey, i)
		}
		p.Versions = append(p.Versions, v)
	}
	if last := from + len(p.Versions) - 1; last+1 < s.n {
		p.More, p.Next = true, bucket.Marker{Key: p.Versions[len(p.Versions)-1].Key, VersionID: p.Versions[len(p.Versions)-1].VersionID}
	}
	return p, nil
}

// hugeReader returns a reader that looks for all that happened in the last hours.
func hugeReader(store *hugeStore) *reader {
	r := benchReader(store)
	hours := store.began.Add(-3 * time.Hour).Unix()
	r.watermark, r.windows.floor, r.windows.floorMultipart = hours, hours, hours
	return r
}

// A backlog of more than a million changes in tens of ranges keeps twice as many
// findings as its limit at most, and memory in proportion.
func TestP5_ABacklogInManyRangesIsBounded(t *testing.T) {
	changes, limit := 1_500_000, DefaultScanLimit
	if testing.Short() {
		changes, limit = 60_000, 4_000
	}
	store := &hugeStore{n: changes, began: time.Now().Truncate(time.Second)}
	r := hugeReader(store)
	r.config.ScanLimit = limit
	_, err := r.scan(t.Context()) // learns the ranges
	assert.NilError(t, err)
	before, most := liveHeap(), atomic.Int64{}
	began, every := store.pages.Load(), int64(changes/1000/10)
	store.asked = func(page int64) {
		if (page-began)%every == 0 {
			heap := liveHeap() - before
			for was := most.Load(); heap > was && !most.CompareAndSwap(was, heap); was = most.Load() {
			}
		}
	}
	found, err := r.scan(t.Context())
	assert.NilError(t, err)
	assert.Check(t, found.findings.isCut())
	assert.Check(t, len(found.findings.kept) >= limit && len(found.findings.kept) <= 2*limit, "%d findings", len(found.findings.kept))
	perFinding := most.Load() / int64(2*limit)
	assert.Check(t, perFinding < 1500, "%d bytes for each finding of the bound", perFinding)
	runtime.KeepAlive(found)
}

// A scan of very many versions of one key takes requests and memory in proportion
// to them.
func TestP5_ManyVersionsOfOneKeyAreLinear(t *testing.T) {
	cost := func(n int) (pages int64, allocations uint64) {
		store := &hugeStore{n: n, oneKey: true, began: time.Now().Truncate(time.Second)}
		r := hugeReader(store)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		found, err := r.scan(t.Context())
		assert.NilError(t, err)
		items := found.findings.items(store.began.Unix())
		runtime.ReadMemStats(&after)
		assert.Check(t, is.Len(items, n))
		return store.pages.Load(), after.TotalAlloc - before.TotalAlloc
	}
	pages, bytes := cost(10_000)
	morePages, moreBytes := cost(100_000)
	assert.Check(t, is.Equal(morePages, 10*pages))
	assert.Check(t, moreBytes < 15*bytes, "%d bytes for 10,000 versions, %d for 100,000", bytes, moreBytes)
}

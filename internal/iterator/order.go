// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
)

// finding is a version that a listing found to be due for delivery.
type finding struct {
	operation Operation
	version   bucket.Version
	alone     bool      // its key has no other version
	awaited   bool      // it is older than the window, and may be what an upload became
	silent    bool      // it is not delivered: a newer finding of its key represents it
	end       time.Time // of the states that a snapshot covers; zero: none is too young

	order time.Time // the version's time, but never before that of an older version of the key
	rank  int       // among the findings of the key, from the oldest
	cut   bool      // newer findings of the key were left out
}

// compare orders findings as they are delivered: by time, then key, and within a
// key from the oldest version to the newest.
func (f *finding) compare(other *finding) int {
	return cmp.Or(f.order.Compare(other.order), cmp.Compare(f.version.Key, other.version.Key), cmp.Compare(f.rank, other.rank))
}

// findings is what a scan has found: the first of them in the order of delivery,
// about as many as the limit. What comes later is left to the next scan. Its
// methods may be called concurrently until items is called.
type findings struct {
	limit int

	mu     sync.Mutex
	kept   []*finding
	cutoff *finding // nothing from here on is kept; nil: everything is
	// The earliest second of what is left out, of the young ones and of the awaited.
	left, leftAwaited int64
	late              []position.Mark  // of versions that became visible under a delivered one
	passedOver        []bucket.Version // that may be what uploads became, and need no delivery
}

func newFindings(limit int) *findings {
	return &findings{limit: limit, left: math.MaxInt64, leftAwaited: math.MaxInt64}
}

// isCut tells whether something is left to the next scan.
func (f *findings) isCut() bool { return f.cutoff != nil }

func (f *findings) passOver(v bucket.Version) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.passedOver = append(f.passedOver, v)
}

// add adds the findings of a key, from the oldest to the newest, and the marks of
// those of its versions that came too late.
func (f *findings) add(key []*finding, late []position.Mark) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.late = append(f.late, late...)
	for _, found := range key {
		if f.cutoff != nil && found.compare(f.cutoff) >= 0 {
			f.leaveOut(found)
		} else {
			f.kept = append(f.kept, found)
		}
		if found.cut {
			f.cutAt(&finding{version: bucket.Version{Key: found.version.Key}, order: found.order, rank: found.rank + 1})
		}
	}
	if len(f.kept) > 2*f.limit {
		slices.SortFunc(f.kept, (*finding).compare)
		f.cutAt(f.kept[f.limit])
	}
}

// leave leaves out a finding that has no order yet.
func (f *findings) leave(found *finding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.leaveOut(found)
}

func (f *findings) leaveOut(found *finding) {
	left := &f.left
	if found.awaited {
		left = &f.leftAwaited
	}
	*left = min(*left, found.version.LastModified.Unix())
}

// cutAt leaves out what is kept from a finding on.
func (f *findings) cutAt(first *finding) {
	if f.cutoff != nil && f.cutoff.compare(first) <= 0 {
		return
	}
	f.cutoff = first
	f.kept = slices.DeleteFunc(f.kept, func(found *finding) bool {
		if found.compare(first) < 0 {
			return false
		}
		f.leaveOut(found)
		return true
	})
}

// items sorts the findings that are kept in the order of delivery and returns their
// items. The watermark of an item is at most limit, and not after any later finding.
func (f *findings) items(limit int64) []*item {
	slices.SortFunc(f.kept, (*finding).compare)
	items := make([]*item, len(f.kept))
	ahead := min(limit, f.left)
	for i, found := range slices.Backward(f.kept) {
		mark := position.MarkOf(found.version, found.order.Unix())
		items[i] = &item{
			mode: position.ModeChanges, watermark: min(ahead, found.order.Unix()),
			checkpoint: position.Checkpoint{Key: found.version.Key, Order: found.order, Marks: []position.Mark{mark}},
		}
		if !found.silent {
			items[i].finding = found
		}
		if !found.awaited {
			ahead = min(ahead, found.version.LastModified.Unix())
		}
	}
	return items
}

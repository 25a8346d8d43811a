// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"fmt"
	"testing"

	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// The first scan of a large bucket notes no more ends of pages than the next one
// can use.
func TestSplits_AreBoundedInAnyBucket(t *testing.T) {
	for _, pages := range []int{3, 100, 5_000, 1_000_000} {
		s := newSplits(4)
		whole := s.ranges()
		e := s.ends(whole[0])
		for i := range pages {
			e.add(fmt.Sprintf("k%07d", i))
			assert.Assert(t, len(e.keys) < s.limit && cap(e.keys) <= 2*s.limit, "%d keys, room for %d", len(e.keys), cap(e.keys))
		}
		s.learn(whole, []ends{e})
		assert.Check(t, len(s.keys) < s.limit)
		assert.Check(t, len(s.keys) >= min(s.limit/2-1, pages/minPages), "%d keys of %d pages", len(s.keys), pages)
		before := -1
		for _, key := range s.keys {
			var at int
			_, err := fmt.Sscanf(key, "k%d", &at)
			assert.NilError(t, err)
			assert.Check(t, is.Equal(at-before, s.every))
			before = at
		}
	}
}

// A range that grew is thinned by itself: those beside it follow.
func TestSplits_LearnFromRangesOfDifferentSize(t *testing.T) {
	s := newSplits(1)
	s.keys = []string{"g", "n"}
	ranges := s.ranges()
	scanned := make([]ends, len(ranges))
	for i, pages := range []int{8, 100, 16} {
		scanned[i] = s.ends(ranges[i])
		for n := range pages {
			scanned[i].add(fmt.Sprintf("%c%03d", "ahp"[i], n))
		}
	}
	s.learn(ranges, scanned)
	assert.Check(t, is.DeepEqual(s.keys, []string{"h031", "h063", "h095"}))
	assert.Check(t, is.Equal(s.every, 32))
}

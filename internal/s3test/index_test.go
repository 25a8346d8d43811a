// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// The index behaves as a sorted map does, whatever is inserted and removed.
func TestIndex_Model(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var x index
	model := map[string]bool{}
	for step := range 20_000 {
		key := fmt.Sprint(random.IntN(4000))
		if growing := step < 10_000; random.IntN(10) < 3 == growing {
			x.remove(key)
			delete(model, key)
		} else {
			o := x.make(key)
			assert.Assert(t, x.make(key) == o)
			model[key] = true
		}
		assert.Assert(t, (x.get(key) != nil) == model[key])
	}
	want := slices.Sorted(maps.Keys(model))
	var got []string
	for c := x.seek(""); c.object() != nil; c = c.next() {
		got = append(got, c.object().key)
	}
	assert.Check(t, cmp.DeepEqual(got, want))
	for range 200 {
		key := fmt.Sprint(random.IntN(4000))
		i, _ := slices.BinarySearch(want, key)
		o := x.seek(key).object()
		assert.Check(t, o == nil && i == len(want) || o != nil && o.key == want[i])
	}
	for _, chunk := range x.chunks {
		assert.Check(t, len(chunk) > 0 && len(chunk) <= chunkSize)
	}
}

func TestBehindPrefix(t *testing.T) {
	for prefix, want := range map[string]string{"": "", "a": "b", "a/": "a0", "a\xff": "b", "\xff\xff": ""} {
		assert.Check(t, cmp.Equal(behindPrefix(prefix), want), "%q", prefix)
	}
}

func TestVersionID(t *testing.T) {
	seen := map[string]bool{}
	for sequence := range uint64(10_000) {
		id := versionID(sequence)
		assert.Assert(t, !seen[id])
		seen[id] = true
		back, ok := parseVersionID(id)
		assert.Assert(t, ok && back == sequence)
	}
	for _, junk := range []string{"", "null", "x", versionID(1)[1:], versionID(1)[:31] + "?", versionID(1) + "A"} {
		_, ok := parseVersionID(junk)
		assert.Check(t, !ok, "%q", junk)
	}
}

func TestRange(t *testing.T) {
	type span struct {
		first, end int
		ok         bool
	}
	for header, want := range map[string]span{
		"": {}, "bytes=0-0": {0, 1, true}, "bytes=2-": {2, 10, true}, "bytes=-3": {7, 10, true}, "bytes=-30": {0, 10, true},
		"bytes=9-99": {9, 10, true}, "bytes=4-2": {}, "bytes=0-1,3-4": {}, "bytes=x-1": {}, "bytes=1-x": {}, "bytes=--1": {},
		"items=0-1": {}, "bytes=-": {}, "bytes=3": {}, "bytes=99999999999-": {},
	} {
		first, end, ok, err := parseRange(header, 10)
		assert.NilError(t, err, header)
		assert.Check(t, cmp.Equal(span{first, end, ok}, want), header)
	}
	for _, header := range []string{"bytes=10-", "bytes=10-11", "bytes=-0"} {
		_, _, _, err := parseRange(header, 10)
		assert.ErrorContains(t, err, "InvalidRange")
	}
}

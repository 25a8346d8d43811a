// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func draw(random *rand.Rand, n int) []Fingerprint {
	ids := make([]Fingerprint, n)
	for i := range ids {
		binary.BigEndian.PutUint64(ids[i][:], random.Uint64())
	}
	return ids
}

func sketchOf(ids ...[]Fingerprint) *Sketch {
	s := &Sketch{}
	for _, some := range ids {
		for _, id := range some {
			s.Add(id)
		}
	}
	return s
}

func sorted(ids []Fingerprint) []Fingerprint {
	return slices.SortedFunc(slices.Values(ids), func(a, b Fingerprint) int { return slices.Compare(a[:], b[:]) })
}

// Whatever the size of the sets, a small difference is named exactly. A difference
// that is too large is said to be, and never named wrongly.
func TestSketch_NamesTheDifferenceOfTwoSets(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	const rounds = 300
	for _, common := range []int{0, 1, 1000} {
		for _, size := range []int{0, 1, 2, 4, 6, 8, 12, 20, 300} {
			named := 0
			for range rounds {
				both, left, right := draw(random, common), draw(random, size-size/4), draw(random, size/4)
				difference := sketchOf(both, left).Minus(sketchOf(both, right))
				added, removed, ok := difference.Decode(append(slices.Clone(both), left...))
				if ok {
					named++
					assert.DeepEqual(t, sorted(added), sorted(left))
					assert.DeepEqual(t, sorted(removed), sorted(right))
				}
			}
			switch {
			case size <= 6:
				assert.Check(t, named >= rounds*99/100, "%d of %d differences of %d", named, rounds, size)
			case size > 2*sketchCells:
				assert.Check(t, is.Equal(named, 0))
			}
		}
	}
}

func TestSketch_IsReadBack(t *testing.T) {
	s := sketchOf(draw(rand.New(rand.NewPCG(1, 0)), 1000))
	got, err := parseSketch(s.bytes(), nil)
	assert.NilError(t, err)
	assert.Check(t, *got == *s)
}

func FuzzSketch_DecodeEnds(f *testing.F) {
	f.Add(sketchOf(draw(rand.New(rand.NewPCG(1, 0)), 3)).bytes())
	f.Fuzz(func(_ *testing.T, raw []byte) {
		if s, err := parseSketch(raw, nil); err == nil {
			s.Decode([]Fingerprint{{1}, {2}})
		}
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// randomEntries makes up a bucket. In a store whose markers are apart its ids are
// ULIDs, and its null versions the oldest of their keys and of the kind that comes
// last in a page: nothing else tells their place on a page that holds a part of a
// key, before the store is noticed.
func randomEntries(random *rand.Rand, apart int) (out []bucket.Version) {
	const odd = "a\x00\x01 /-~\u007fü\xffz"
	names := map[string]bool{}
	for range random.IntN(40) {
		key := make([]byte, 1+random.IntN(4))
		for i := range key {
			key[i] = odd[random.IntN(len(odd))]
		}
		names[string(key)] = true
	}
	for _, key := range slices.Sorted(maps.Keys(names)) {
		versions := 1
		if random.IntN(3) == 0 {
			versions = 1 + random.IntN(30)
		}
		null := random.IntN(2 * versions)
		if null < versions && apart != 0 {
			null = versions - 1
		}
		for i := range versions {
			n := versions - i
			v := bucket.Version{
				Key: key, VersionID: fmt.Sprintf("%x", n*n), IsLatest: i == 0,
				DeleteMarker: random.IntN(3) == 0, LastModified: time.Unix(int64(n), 0),
			}
			switch {
			case i == null:
				v.VersionID = bucket.NullVersion
				v.DeleteMarker = apart == 1 || apart == 0 && v.DeleteMarker
			case apart != 0:
				v.VersionID = ulid(n)
			}
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b bucket.Version) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// scanModel returns what a scan of all ranges visits.
func scanModel(t *testing.T, l *Lister) ([]bucket.Version, error) {
	t.Helper()
	var ranges []*visited
	err := l.Scan(t.Context(), func(n int) []Visitor {
		visitors := make([]Visitor, n)
		for i := range visitors {
			ranges = append(ranges, &visited{})
			visitors[i] = ranges[i]
		}
		return visitors
	})
	var versions []bucket.Version
	for _, r := range ranges {
		versions = append(versions, r.versions...)
	}
	return versions, err
}

func lines(versions []bucket.Version) string {
	var b strings.Builder
	for _, v := range versions {
		fmt.Fprintf(&b, "%q %s\n", v.Key, v.VersionID)
	}
	return b.String()
}

func randomModel(random *rand.Rand) *model {
	coin := func() bool { return random.IntN(2) == 0 }
	m := &model{size: 1 + random.IntN(8), deleted: map[bucket.Marker]int{}}
	if m.size == 8 {
		m.size = 1000
	}
	m.quirks = quirks{
		apart: random.IntN(3), repeatsEntry: coin(), repeatsKey: coin(), twice: random.IntN(4) == 0,
		moreAtTheEnd: coin(), nullMarkerEnds: coin(), lost: random.IntN(lostWays),
	}
	if m.size == 1 { // nothing but a marker tells where such a page is
		m.repeatsEntry, m.nullMarkerEnds = false, false
	}
	if m.size == 2 {
		m.nullMarkerEnds = m.nullMarkerEnds && !m.repeatsEntry
	}
	m.entries = randomEntries(random, m.apart)
	return m
}

// Whatever a store does that keeps the order of its versions, a scan visits them all
// in that order.
func TestScan_VisitsWhatAnOddStoreHolds(t *testing.T) {
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 0))
		m := randomModel(random)
		l := New(m, "", 1+random.IntN(4))
		for range 3 {
			got, err := scanModel(t, l)
			assert.NilError(t, err, "seed %d: %+v, %d a page", seed, m.quirks, m.size)
			assert.Assert(t, is.Equal(lines(got), lines(m.entries)), "seed %d: %+v, %d a page", seed, m.quirks, m.size)
		}
	}
}

// The same while versions are deleted permanently. A store that loses its place in a
// key may hide the rest of it, never another key.
func TestScan_VisitsWhatStaysWhileVersionsAreDeleted(t *testing.T) {
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 1))
		m := randomModel(random)
		m.apart = 0 // a null version has no place then
		before := slices.Clone(m.entries)
		m.deleting = random
		l := New(m, "", 1+random.IntN(4))
		got, err := scanModel(t, l)
		assert.NilError(t, err, "seed %d: %+v, %d a page", seed, m.quirks, m.size)
		assertOrder(t, before, got, fmt.Sprintf("seed %d: %+v, %d a page", seed, m.quirks, m.size))
		hides := m.lost == lostSkips || m.lost == lostEnds
		shown := map[string]bool{}
		for _, v := range got {
			shown[v.Key], shown[v.Key+"\n"+v.VersionID] = true, true
		}
		for _, v := range m.entries {
			if !shown[v.Key+"\n"+v.VersionID] && (!hides || !shown[v.Key]) {
				t.Fatalf("seed %d: %+v, %d a page: %q %s is missing in\n%s", seed, m.quirks, m.size, v.Key, v.VersionID, lines(got))
			}
		}
	}
}

// assertOrder checks that got has some of the versions of want, each once, in order.
func assertOrder(t *testing.T, want, got []bucket.Version, message string) {
	t.Helper()
	for i, v := range got {
		at := slices.IndexFunc(want, func(w bucket.Version) bool { return markerOf(v) == markerOf(w) })
		if at < 0 {
			t.Fatalf("%s: %d: %q %s again or out of order in\n%s", message, i, v.Key, v.VersionID, lines(got))
		}
		want = want[at+1:]
	}
}

// A store that keeps another order of keys is told off, never listed in part.
func TestScan_OfAnotherOrderIsAnError(t *testing.T) {
	for name, less := range map[string]func(a, b string) int{
		"directories": func(a, b string) int {
			return strings.Compare(strings.ReplaceAll(a, "/", "\x00"), strings.ReplaceAll(b, "/", "\x00"))
		},
		"hashes": func(a, b string) int {
			x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
			return bytes.Compare(x[:], y[:])
		},
		"descending": func(a, b string) int { return strings.Compare(b, a) },
		"case": func(a, b string) int {
			return strings.Compare(strings.ToLower(a)+a, strings.ToLower(b)+b)
		},
	} {
		for _, size := range []int{1, 2, 3, 7, 1000} {
			for _, repeats := range []bool{false, true} {
				m := &model{size: size, quirks: quirks{less: less, repeatsKey: repeats}}
				for i := range 60 {
					for _, name := range []string{"d%02d/x", "d%02d-x/y", "d%02d/x-y/z", "D%02d"} {
						m.entries = append(m.entries, bucket.Version{Key: fmt.Sprintf(name, i/3), VersionID: fmt.Sprint(i), IsLatest: true})
					}
				}
				slices.SortFunc(m.entries, func(a, b bucket.Version) int { return less(a.Key, b.Key) })
				_, err := scanModel(t, New(m, "", 2))
				assert.Check(t, is.ErrorIs(err, ErrOrder), "%s, %d a page", name, size)
			}
		}
	}
}

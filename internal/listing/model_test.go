// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// The ways to resume after a version that is gone.
const (
	lostResumes = iota // where it was
	lostRestarts
	lostSkips
	lostEnds
	lostWays
)

// quirks are what a store does otherwise than S3.
type quirks struct {
	apart          int  // 1: versions first, 2: delete markers first
	repeatsEntry   bool // the entry that a marker names comes again
	repeatsKey     bool // a key marker is answered with the key's versions
	twice          bool // each entry comes twice
	moreAtTheEnd   bool // a full page always announces another one
	nullMarkerEnds bool // the listing ends after a null version, which comes again
	lost           int
	less           func(a, b string) int
}

// model is a store that renders pages from the entries it holds. It may be used
// concurrently.
type model struct {
	quirks
	size int

	mu       sync.Mutex
	entries  []bucket.Version // in the order of its keys, newest first
	deleted  map[bucket.Marker]int
	deleting *rand.Rand // deletes a version before some pages, unless nil
	requests int
	answered int // entries
}

func (m *model) ListVersions(_ context.Context, _ string, after bucket.Marker) (bucket.Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests++
	m.deleteSome()
	if m.nullMarkerEnds && after.VersionID == bucket.NullVersion {
		if i := m.find(after); i >= 0 {
			return bucket.Page{Versions: slices.Clone(m.entries[i : i+1])}, nil
		}
	}
	rest := m.entries[m.start(after):]
	n := min(m.size, len(rest))
	page := bucket.Page{
		Versions: slices.Clone(rest[:n]),
		More:     len(rest) > n || m.moreAtTheEnd && n == m.size,
	}
	if page.More {
		page.Next = markerOf(rest[n-1])
	}
	if m.twice {
		page.Versions = slices.Repeat(page.Versions, 2)
		slices.SortStableFunc(page.Versions, func(a, b bucket.Version) int { return m.compare(a.Key, b.Key) })
	}
	if m.apart != 0 {
		slices.SortStableFunc(page.Versions, func(a, b bucket.Version) int {
			return (kind(a) - kind(b)) * (3 - 2*m.apart)
		})
	}
	m.answered += n
	return page, nil
}

func kind(v bucket.Version) int {
	if v.DeleteMarker {
		return 1
	}
	return 0
}

func markerOf(v bucket.Version) bucket.Marker {
	return bucket.Marker{Key: v.Key, VersionID: v.VersionID}
}

func (m *model) compare(a, b string) int {
	if m.less == nil {
		return strings.Compare(a, b)
	}
	return m.less(a, b)
}

func (m *model) find(at bucket.Marker) int {
	return slices.IndexFunc(m.entries, func(v bucket.Version) bool { return markerOf(v) == at })
}

// start returns the index of the first entry after a marker.
func (m *model) start(after bucket.Marker) int {
	search := func(last int) int { // last is of the keys that compare
		i, _ := slices.BinarySearchFunc(m.entries, after.Key, func(v bucket.Version, key string) int {
			return cmp.Compare(m.compare(v.Key, key), last)
		})
		return i
	}
	if after.Key == "" {
		return 0
	}
	key, next := search(0), search(1)
	i := m.find(after)
	switch {
	case after.VersionID == "" && m.repeatsKey:
		return key
	case after.VersionID == "":
		return next
	case i >= 0 && m.repeatsEntry && !slices.Contains(m.entries[key:i], m.entries[i]):
		return i
	case i >= 0:
		return i + 1
	}
	switch m.lost {
	case lostRestarts:
		return key
	case lostSkips:
		return next
	case lostEnds:
		return len(m.entries)
	}
	return key + m.deleted[after]
}

// deleteSome deletes a version permanently, once in a while.
func (m *model) deleteSome() {
	if m.deleting == nil || len(m.entries) == 0 || m.deleting.IntN(3) > 0 {
		return
	}
	i := m.deleting.IntN(len(m.entries))
	v := m.entries[i]
	first := i
	for first > 0 && m.entries[first-1].Key == v.Key {
		first--
	}
	for at, place := range m.deleted {
		if at.Key == v.Key && place > i-first {
			m.deleted[at] = place - 1
		}
	}
	m.deleted[markerOf(v)] = i - first
	m.entries = slices.Delete(m.entries, i, i+1)
	if v.IsLatest && i < len(m.entries) && m.entries[i].Key == v.Key {
		m.entries[i].IsLatest = true
	}
}

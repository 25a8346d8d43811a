// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

// minPart is the fewest pages that are worth a part of their own: a part takes
// up to one request more than its share of one sequential listing.
const minPart = 4

// partsPerWalker is how many parts a concurrent scan has for each of those that
// walk them, so that one that is slow does not hold up the scan for long.
const partsPerWalker = 4

// keyRange is a part of the key space: what lies behind after, up to until.
// An empty until is the end.
type keyRange struct{ after, until string }

// ends is where the pages of one walk ended, as far as the next scan may split
// there.
type ends struct {
	every int    // pages
	pages int    // so far
	last  string // the last end, or the beginning of the walk
	keys  []string
}

func (e *ends) turn(done string) {
	e.pages++
	if e.pages%e.every == 0 && done > e.last {
		e.keys = append(e.keys, done)
		e.last = done
	}
}

// splits cut the key space into parts of about as many pages. They are ends of
// pages of the last scan: as long as nothing changes, the parts together take
// just the requests of a sequential listing.
type splits struct {
	limit int // of parts
	every int // pages a part
	keys  []string
}

func newSplits(concurrency int) *splits {
	return &splits{limit: partsPerWalker * concurrency, every: minPart}
}

func (s *splits) ranges() []keyRange {
	ranges := make([]keyRange, 0, len(s.keys)+1)
	after := ""
	for _, key := range s.keys {
		ranges = append(ranges, keyRange{after, key})
		after = key
	}
	return append(ranges, keyRange{after: after})
}

// learn takes over where the pages of a scan of ranges ended. A part that has
// become small is joined with the next one, a large one is split.
func (s *splits) learn(ranges []keyRange, parts []ends) {
	var keys []string
	for i, part := range parts {
		keys = append(keys, part.keys...)
		until := ranges[i].until
		if rest := part.pages % s.every; until > part.last && 2*rest >= s.every {
			keys = append(keys, until)
		}
	}
	if len(keys) < s.limit/4 && s.every > minPart {
		s.every /= 2
	}
	s.keys = thin(keys, s)
}

// thin drops every other key until no more than the limit is left.
func thin(keys []string, s *splits) []string {
	for len(keys) >= s.limit {
		half := keys[:0]
		for i := 1; i < len(keys); i += 2 {
			half = append(half, keys[i])
		}
		keys = half
		s.every *= 2
	}
	return keys
}

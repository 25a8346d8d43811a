// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

// minPages is the fewest pages that justify a range of their own: a range costs
// up to one request more than its share of one sequential listing.
const minPages = 4

// rangesPerWalker is how many ranges a parallel scan has for each request that it
// sends at a time, so that one slow range does not delay the scan for long.
const rangesPerWalker = 4

// keyRange holds the keys after one key, up to and including another. An empty
// until is the end of the key space.
type keyRange struct{ after, until string }

// endsAt tells whether a listing is complete that has come as far as done.
func (r keyRange) endsAt(done string) bool { return r.until != "" && done >= r.until }

// cut returns done, or the end of the range if that comes first.
func (r keyRange) cut(done string) string {
	if r.endsAt(done) {
		return r.until
	}
	return done
}

// ends is where the pages of one range ended, as far as the next scan may split
// there. It keeps fewer than limit keys, however many pages there are.
type ends struct {
	limit int    // of keys, even
	every int    // pages from one key to the next
	pages int    // so far
	last  string // the last end, or the beginning of the range
	keys  []string
}

func (e *ends) add(done string) {
	e.pages++
	if e.pages%e.every == 0 && done > e.last {
		e.keys = append(e.keys, done)
		e.last = done
	}
	if len(e.keys) >= e.limit {
		e.thin()
	}
}

// thin drops every other key.
func (e *ends) thin() {
	e.keys = everyOther(e.keys)
	e.every *= 2
}

func everyOther(keys []string) []string {
	kept := keys[:0]
	for i := 1; i < len(keys); i += 2 {
		kept = append(kept, keys[i])
	}
	return kept
}

// splits cut the key space into ranges of about the same number of pages. They
// are ends of pages of the last scan: as long as nothing changes, the ranges
// together take exactly the requests of a sequential listing.
type splits struct {
	limit int // of ranges
	every int // pages a range
	keys  []string
}

func newSplits(concurrency int) splits {
	return splits{limit: rangesPerWalker * concurrency, every: minPages}
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

// ends returns where to note the ends of the pages of a range.
func (s *splits) ends(keys keyRange) ends {
	return ends{limit: s.limit, every: s.every, last: keys.after}
}

// learn takes over where the pages of a scan of ranges ended. A range that has
// become small is joined with the next one; a large one is split.
func (s *splits) learn(ranges []keyRange, scanned []ends) {
	for _, pages := range scanned {
		s.every = max(s.every, pages.every)
	}
	var keys []string
	for i, pages := range scanned {
		for pages.every < s.every {
			pages.thin()
		}
		keys = append(keys, pages.keys...)
		until := ranges[i].until
		if rest := pages.pages % s.every; until > pages.last && 2*rest >= s.every {
			keys = append(keys, until)
		}
	}
	if len(keys) < s.limit/4 && s.every > minPages {
		s.every /= 2
	}
	s.thin(keys)
}

// thin drops every other key until there are fewer than the limit.
func (s *splits) thin(keys []string) {
	for len(keys) >= s.limit {
		keys = everyOther(keys)
		s.every *= 2
	}
	s.keys = keys
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"fmt"
	"slices"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// pager takes the pages of a listing and returns whole keys in the order of their
// bytes, each version once, wherever the pages end.
//
// A version can be deleted permanently between two pages. If a page is to start
// after that very version, S3 promises nothing: stores start the key again, skip
// the rest of it, or end the listing. So where a page ends inside a key, the next
// page starts after the key before it. Only a key that fills a whole page is
// continued after one of its versions.
type pager struct {
	apart    *apart
	marker   bucket.Marker // of the next page
	done     string        // every version of the keys up to here was returned
	returned returned      // of the key after done, if it is continued after one of its versions
	again    string        // the key that was asked for again because the listing ended within it
	last     bool          // there is no next page

	taken int           // pages so far
	trap  bucket.Marker // an earlier marker: to meet it again and again is a loop,
	met   int
	fresh bool // unless something was returned since
}

// maxMet is how often a marker is met again before that is taken for a loop. A store
// that starts a key again when the version of its marker was deleted leads past the
// same markers once for each such version.
const maxMet = 4

func newPager(after string, apart *apart) *pager {
	return &pager{apart: apart, marker: bucket.Marker{Key: after}, done: after}
}

func (p *pager) more() bool { return !p.last }

// take returns the versions of a page that are new and moves on to the next page.
// It returns ErrOrder if a key comes before those that were returned, and
// bucket.ErrStuck if the next page is one that was taken before.
func (p *pager) take(page bucket.Page) ([]bucket.Version, error) {
	entries, single := page.Versions, areSingle(page.Versions)
	if !single {
		last := ""
		if page.More {
			last = page.Next.Key
		}
		entries = p.apart.merge(distinct(entries), last)
	}
	floor := max(p.done, p.marker.Key, p.returned.key)
	if err := checkOrder(entries, floor); err != nil {
		return nil, err
	}
	// Some stores answer a key marker with the key itself again.
	versions := p.returned.rest(entries[firstAfter(entries, p.done):])
	if !single {
		versions = latestFirst(versions)
	}
	versions = retime(versions)
	p.fresh = p.fresh || len(versions) > 0
	switch cut := lastKey(versions); {
	case !page.More:
		p.end(versions)
	case cut > 0:
		versions = versions[:cut]
		p.done = versions[cut-1].Key
		p.marker, p.returned = bucket.Marker{Key: p.done}, returned{}
	default:
		p.returned.add(versions)
		if err := p.follow(page.Next, entries); err != nil {
			return nil, err
		}
	}
	return versions, p.checkLoop()
}

// follow makes next the marker, where a page ends inside the key that fills it.
func (p *pager) follow(next bucket.Marker, entries []bucket.Version) error {
	if last := len(entries) - 1; next.Key == "" && last >= 0 {
		next = bucket.Marker{Key: entries[last].Key, VersionID: entries[last].VersionID}
	}
	if next.Key == "" || next.Key < p.marker.Key {
		return fmt.Errorf("list versions after key %s: %w", bucket.Quote(p.marker.Key), bucket.ErrStuck)
	}
	if next.VersionID == bucket.NullVersion {
		next = p.withoutNull(next, entries)
	}
	p.marker = next
	return nil
}

// withoutNull returns the marker before next, or next if there is none. versitygw
// loses the rest of the key after its null version, and then every key until one
// whose latest version is a null version, too.
func (p *pager) withoutNull(next bucket.Marker, entries []bucket.Version) bucket.Marker {
	for _, v := range slices.Backward(entries) {
		if v.Key != next.Key {
			break
		}
		if before := (bucket.Marker{Key: v.Key, VersionID: v.VersionID}); v.VersionID != bucket.NullVersion && before != p.marker {
			return before
		}
	}
	return next
}

// end ends the listing with the last page, unless that page was to start after a
// version and shows nothing that proves that the store found it. The version may be
// gone: then the key is asked for again, and after that the keys after it. The
// marker for those is not the key itself, which some stores would repeat.
//
// A null version proves nothing, since versitygw lists it in any case. The key may be
// asked for by markers that were used before, which is not a loop, because it happens once a key.
func (p *pager) end(versions []bucket.Version) {
	key := max(p.marker.Key, p.returned.key)
	found := func(v bucket.Version) bool { return v.Key != key || v.VersionID != bucket.NullVersion }
	switch {
	case p.marker.VersionID == "" || slices.ContainsFunc(versions, found):
		p.last = true
	case p.again != key:
		p.again, p.marker, p.fresh = key, bucket.Marker{Key: key}, true
		p.returned.add(versions)
	default:
		p.done, p.marker, p.returned = key, bucket.Marker{Key: key + "\x00"}, returned{}
	}
}

// checkLoop finds a loop of any length by Brent's cycle detection: the trap moves
// to the current marker at each power of two, so it is inside a loop before long.
// See R. P. Brent, "An improved Monte Carlo factorization algorithm", BIT 20 (1980).
//
// It is the only guard that is needed. The keys of markers never go back, and no
// version is returned twice, so a listing that neither repeats a marker nor ends has
// an endless number of keys or versions to show. Pages may be empty, as
// those of stores that filter their listings. They cost as much as other pages.
func (p *pager) checkLoop() error {
	if p.last {
		return nil
	}
	if p.fresh {
		p.met = 0
	} else if p.taken > 0 && p.marker == p.trap {
		p.met++
	}
	if p.met == maxMet {
		return fmt.Errorf("list versions after key %s: %w", bucket.Quote(p.marker.Key), bucket.ErrStuck)
	}
	p.taken++
	if p.taken&(p.taken-1) == 0 {
		p.trap, p.fresh, p.met = p.marker, false, 0
	}
	return nil
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"fmt"
	"slices"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// pager takes the pages of a listing and returns whole keys, wherever the pages
// end.
//
// A version can be deleted permanently between two pages. If a page is to start
// after that very version, S3 promises nothing: stores start the key again, skip
// the rest of it, or end the listing. So where a page ends inside a key, the next
// page starts after the key before it. Only a key that fills a whole page is
// continued after one of its versions.
type pager struct {
	marker bucket.Marker // of the next page
	done   string        // every version of the keys up to here was returned
	last   bool          // there is no next page

	// What was returned of a key that is continued after one of its versions.
	key string
	ids map[string]struct{}

	taken int           // pages so far
	trap  bucket.Marker // an earlier marker: to meet it again is a loop,
	fresh bool          // unless something was returned since
}

func (p *pager) more() bool { return !p.last }

// take returns the versions of a page that are new and moves on to the next page.
// It returns bucket.ErrStuck if that is a page that was taken before.
func (p *pager) take(page bucket.Page) ([]bucket.Version, error) {
	versions := page.Versions
	// Some stores answer a key marker with the key itself again.
	if p.done != "" {
		versions = versions[firstAfter(versions, p.done):]
	}
	if p.marker.VersionID != "" {
		versions = versions[p.afterReturned(versions):]
	}
	p.fresh = p.fresh || len(versions) > 0
	if !page.More {
		p.last = true
		if len(page.Versions) == 0 && p.marker.VersionID != "" {
			// The version that this page was to start after may be gone.
			p.last, p.done = false, p.marker.Key
			p.marker = bucket.Marker{Key: p.done}
		}
		return versions, nil
	}
	if cut := lastKey(versions); cut > 0 {
		versions = versions[:cut]
		p.done = versions[cut-1].Key
		p.marker = bucket.Marker{Key: p.done}
	} else {
		p.marker = page.Next
		p.remember(versions)
	}
	return versions, p.checkLoop()
}

// remember notes what was returned of a key that is continued after one of its
// versions.
func (p *pager) remember(versions []bucket.Version) {
	for _, v := range versions {
		if v.Key != p.key || p.ids == nil {
			p.key, p.ids = v.Key, map[string]struct{}{}
		}
		p.ids[v.VersionID] = struct{}{}
	}
}

// afterReturned returns the index after what was returned of the key before: the
// store may repeat the version that the marker names, or start the key again, with
// newer versions on top. Those are left to the next listing, which shows them in
// their place.
func (p *pager) afterReturned(versions []bucket.Version) int {
	for i, v := range slices.Backward(versions) {
		if _, seen := p.ids[v.VersionID]; seen && v.Key == p.key {
			return i + 1
		}
	}
	return 0
}

// checkLoop finds a loop of any length by Brent's cycle detection: the trap moves
// to the current marker at each power of two, so it is inside a loop before long.
// See R. P. Brent, "An improved Monte Carlo factorization algorithm", BIT 20 (1980).
func (p *pager) checkLoop() error {
	if p.taken > 0 && p.marker == p.trap && !p.fresh {
		return fmt.Errorf("list versions after key %q: %w", p.marker.Key, bucket.ErrStuck)
	}
	p.taken++
	if p.taken&(p.taken-1) == 0 {
		p.trap, p.fresh = p.marker, false
	}
	return nil
}

// firstAfter returns the index of the first version of a key after done.
func firstAfter(versions []bucket.Version, done string) int {
	i, _ := slices.BinarySearchFunc(versions, done, func(v bucket.Version, done string) int {
		if v.Key <= done {
			return -1
		}
		return 1
	})
	return i
}

// lastKey returns the index of the first version of the last key.
func lastKey(versions []bucket.Version) int {
	i := len(versions)
	for i > 0 && versions[i-1].Key == versions[len(versions)-1].Key {
		i--
	}
	return i
}

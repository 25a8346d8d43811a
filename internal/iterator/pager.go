// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"slices"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// pager turns the pages of a listing so that whole keys come out, wherever the
// pages end.
//
// A version can be deleted for good between two pages. If a page is to begin
// behind that very version, S3 promises nothing, and stores begin the key again,
// skip the rest of it, or end the listing. So where a page ends inside of a key,
// the next one begins behind the key before it, and only a key that fills a page
// alone is continued behind one of its versions.
type pager struct {
	marker bucket.Marker // of the next page
	done   string        // every version of the keys up to here came out
	last   bool          // there is no next page

	// What came out of a key that goes on behind one of its versions.
	key string
	ids map[string]struct{}

	turned int           // pages so far
	trap   bucket.Marker // an earlier marker: to meet it again is a loop,
	fresh  bool          // unless something came out since
}

func (p *pager) more() bool { return !p.last }

// turn returns the versions of a page that are new and moves on to the next. It
// returns bucket.ErrStuck if that is a page that was turned before.
func (p *pager) turn(page bucket.Page) ([]bucket.Version, error) {
	versions := page.Versions
	// Some stores answer a key marker with the key itself again.
	if p.done != "" {
		versions = versions[firstBehind(versions, p.done):]
	}
	if p.marker.VersionID != "" {
		versions = versions[p.behindSeen(versions):]
	}
	p.fresh = p.fresh || len(versions) > 0
	if !page.More {
		p.last = true
		if len(page.Versions) == 0 && p.marker.VersionID != "" {
			// The version behind which this page was to begin may be gone.
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
		p.see(versions)
	}
	return versions, p.checkLoop()
}

// see remembers what comes out of a key that goes on behind one of its versions.
func (p *pager) see(versions []bucket.Version) {
	for _, v := range versions {
		if v.Key != p.key || p.ids == nil {
			p.key, p.ids = v.Key, map[string]struct{}{}
		}
		p.ids[v.VersionID] = struct{}{}
	}
}

// behindSeen returns the index behind what came out of the key before: the store
// may repeat the version that the marker names, or begin the key again, with
// newer versions on top. Those are left to the next listing, which shows them in
// their place.
func (p *pager) behindSeen(versions []bucket.Version) int {
	for i, v := range slices.Backward(versions) {
		if _, seen := p.ids[v.VersionID]; seen && v.Key == p.key {
			return i + 1
		}
	}
	return 0
}

// checkLoop finds a loop of any length: the trap is set anew at each power of
// two, so it stands inside a loop before long.
func (p *pager) checkLoop() error {
	if p.turned > 0 && p.marker == p.trap && !p.fresh {
		return fmt.Errorf("list versions after key %q: %w", p.marker.Key, bucket.ErrStuck)
	}
	p.turned++
	if p.turned&(p.turned-1) == 0 {
		p.trap, p.fresh = p.marker, false
	}
	return nil
}

// firstBehind returns the index of the first version of a key behind done.
func firstBehind(versions []bucket.Version, done string) int {
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

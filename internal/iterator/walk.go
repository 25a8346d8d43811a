// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// walk lists every version in a range of keys, in the order of the listing,
// and calls visit with each and the version that stands below it under the same
// key, nil if there is none. Where a page ends and another one follows, it calls
// turn, if there is one, with the last key that was visited whole. It returns
// the server's time when the listing began. A page that can't be had is asked
// for again until ctx ends.
func (it *Iterator) walk(
	ctx context.Context, keys keyRange, turn func(done string), visit func(v bucket.Version, below *bucket.Version) error,
) (began time.Time, err error) {
	var above *bucket.Version // waits for the one below it
	pages := pager{marker: bucket.Marker{Key: keys.after}, done: keys.after}
	for pages.more() && !keys.endAt(pages.done) {
		page, err := it.list(ctx, pages.marker)
		if err != nil {
			return time.Time{}, err
		}
		if began.IsZero() {
			began = page.Time
		}
		versions, err := pages.turn(page)
		if err != nil {
			return time.Time{}, err
		}
		if keys.until != "" {
			versions = versions[:firstBehind(versions, keys.until)]
		}
		for i := range versions {
			v := &versions[i]
			if err := visitAbove(above, v, visit); err != nil {
				return time.Time{}, err
			}
			above = v
		}
		if turn != nil && pages.more() {
			turn(keys.cut(pages.done))
		}
	}
	return began, visitAbove(above, nil, visit)
}

// endAt tells whether a listing is complete that has come as far as done.
func (r keyRange) endAt(done string) bool { return r.until != "" && done >= r.until }

// cut returns done, or the end of the range if that comes first.
func (r keyRange) cut(done string) string {
	if r.endAt(done) {
		return r.until
	}
	return done
}

func visitAbove(above, below *bucket.Version, visit func(v bucket.Version, below *bucket.Version) error) error {
	if above == nil {
		return nil
	}
	if below != nil && below.Key != above.Key {
		below = nil
	}
	return visit(*above, below)
}

func (it *Iterator) list(ctx context.Context, after bucket.Marker) (page bucket.Page, err error) {
	err = bucket.Retry(ctx, func(ctx context.Context) error {
		page, err = it.store.ListVersions(ctx, it.config.Prefix, after)
		return err
	})
	return page, err
}

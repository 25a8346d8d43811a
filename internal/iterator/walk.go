// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// walk lists every version behind the key after, in the order of the listing,
// and calls visit with each and the version that stands below it under the same
// key, nil if there is none. It returns the server's time when the listing
// began. A page that can't be had is asked for again until ctx ends.
func (it *Iterator) walk(
	ctx context.Context, after string, visit func(v bucket.Version, below *bucket.Version) error,
) (began time.Time, err error) {
	var above *bucket.Version // waits for the one below it
	pages := pager{marker: bucket.Marker{Key: after}, done: after}
	for pages.more() {
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
		for i := range versions {
			v := &versions[i]
			if err := visitAbove(above, v, visit); err != nil {
				return time.Time{}, err
			}
			above = v
		}
	}
	return began, visitAbove(above, nil, visit)
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

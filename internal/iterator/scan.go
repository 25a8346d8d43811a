// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// maxFound is how many changes a scan collects, about. More than that are left
// to the next scan, the youngest first.
const maxFound = 200_000

// scan lists the whole prefix, in parallel parts, and returns the changes that
// are younger than oldest, or awaited of an upload, and not known yet. Until it
// returns, neither known nor the uploads may change.
func (it *Iterator) scan(ctx context.Context, oldest time.Time, known *window) (findings, error) {
	ranges := it.splits.ranges()
	walkers := min(len(ranges), it.config.ScanConcurrency)
	parts := make([]part, len(ranges))
	pages := make([]ends, len(ranges))
	began := make([]time.Time, len(ranges))

	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(walkers)
	for i, keys := range ranges {
		parts[i] = part{
			oldest: oldest, known: known, awaited: it.uploads,
			latestOnly: it.config.LatestOnly, limit: maxFound / walkers,
		}
		pages[i] = ends{every: it.splits.every, last: keys.after}
		group.Go(func() (err error) {
			began[i], err = it.walk(ctx, keys, pages[i].turn, parts[i].visit)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return findings{}, err
	}
	it.splits.learn(ranges, pages)
	return collect(parts, slices.MinFunc(began, time.Time.Compare)), nil
}

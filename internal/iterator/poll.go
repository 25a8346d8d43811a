// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/listing"
)

// maxFound is about how many changes a scan collects. More than that are left to
// the next scan, the youngest first.
const maxFound = 200_000

// poll scans for changes every polling period, or without a pause if a
// scan takes longer, until ctx ends or a scan meets an error that stays.
func (it *Iterator) poll(ctx context.Context, watermark time.Time, known *window) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		timer.Reset(it.config.PollingPeriod)
		if err := it.uploads.refresh(ctx); err != nil {
			return err
		}
		found, err := it.scan(ctx, it.oldest(watermark), known)
		if err != nil {
			return err
		}
		found.visible = it.uploads.hold(found.visible)
		if watermark.Sub(found.began) > it.config.Lookback {
			it.log.Warn().Time("watermark", watermark).Time("now", found.began).
				Msg("the server's clock was set back: some changes may be delivered again")
			watermark = found.began
			if err := it.emit(ctx, task{watermark: watermark, clockSetBack: true}); err != nil {
				return err
			}
		}
		if err := it.emitAll(ctx, found, known); err != nil {
			return err
		}
		if found.visible.After(watermark) {
			watermark = found.visible
		}
		if found.rest {
			timer.Reset(0)
		}
		known.forget(it.oldest(watermark))
	}
}

// scan lists the whole prefix, in parallel, and returns the changes that are
// younger than oldest, or awaited of an upload, and not seen yet. Until it
// returns, neither seen nor the uploads may change.
func (it *Iterator) scan(ctx context.Context, oldest time.Time, known *window) (findings, error) {
	var collectors []*collector
	err := it.lister.Scan(ctx, func(ranges int) []listing.Visitor {
		visitors := make([]listing.Visitor, ranges)
		collectors = make([]*collector, ranges)
		for i := range ranges {
			collectors[i] = &collector{
				oldest: oldest, known: known, awaited: it.uploads,
				latestOnly: it.config.LatestOnly, limit: maxFound / min(ranges, it.config.ScanConcurrency),
			}
			visitors[i] = collectors[i]
		}
		return visitors
	})
	if err != nil {
		return findings{}, err
	}
	return collect(collectors), nil
}

// Answered notes the server's time when the listing of the range began.
func (p *collector) Answered(page bucket.Page) {
	if p.began.IsZero() {
		p.began = page.Time
	}
}

// emitAll emits what a scan has found.
func (it *Iterator) emitAll(ctx context.Context, found findings, known *window) error {
	for _, v := range found.settled {
		it.uploads.settle(v)
	}
	for _, t := range found.tasks() {
		known.add(t.marks...)
		if t.operation != 0 {
			it.uploads.settle(t.version)
		}
		if err := it.emit(ctx, t); err != nil {
			return err
		}
	}
	if found.rest {
		return nil
	}
	before := it.uploads.text
	it.uploads.forget()
	if it.uploads.text == before {
		return nil
	}
	return it.emit(ctx, task{})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"time"
)

// runChanges scans for changes every polling period, or without a pause if a
// scan takes longer, until ctx ends or a scan meets an error that stays.
func (it *Iterator) runChanges(ctx context.Context, watermark time.Time, known *window) error {
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

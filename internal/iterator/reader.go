// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/listing"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/rs/zerolog"
)

// maxDateAhead is how far ahead of the store's clock a Date may be when the source
// starts without losing a change.
const maxDateAhead = 2 * time.Hour

// reader is the reading goroutine: it lists, finds changes and puts them in line.
type reader struct {
	config  Config
	log     *zerolog.Logger
	lister  *listing.Lister
	queue   *queue
	pending *pending
	windows windows
	clock   serverClock
	// tolerance is how much earlier than expected a Date may be.
	tolerance time.Duration

	found *position.Seen // what needs no finding any more
	// silent are versions that were delivered, and are to be marked in the order of
	// delivery all the same, because positions can't tell them from others that are
	// delivered again.
	silent    map[position.Fingerprint]bool
	watermark int64 // everything that was modified before was found
	sent      position.Window
}

// beginning returns the position before the first record.
func (c *Config) beginning(now time.Time) position.Position {
	p := position.Position{Mode: position.ModeSnapshot, Start: now, Watermark: position.Beginning, Store: c.Store}
	if !now.IsZero() {
		p.Watermark = now.Add(-maxDateAhead).Truncate(time.Second)
	}
	w := newWindows(c.Lookback, position.Window{Since: position.Beginning.Unix(), SinceMultipart: position.Beginning.Unix()}).
		at(p.Watermark.Unix(), p.Watermark.Unix())
	p.Since, p.SinceMultipart = time.Unix(w.Since, 0).UTC(), time.Unix(w.SinceMultipart, 0).UTC()
	return p
}

func newReader(store Store, config Config, from position.Position, now time.Time, log *zerolog.Logger) *reader {
	if config.ScanLimit == 0 {
		config.ScanLimit = DefaultScanLimit
	}
	r := &reader{
		config: config, log: log,
		lister:  listing.New(store, config.Prefix, config.ScanConcurrency),
		queue:   newQueue(store, config),
		windows: newWindows(config.Lookback, from.Window()), tolerance: config.Lookback / 2,
		silent: map[position.Fingerprint]bool{},
		found:  position.SeenAt(from), watermark: from.Watermark.Unix(), sent: from.Window(),
	}
	r.windows.resume(from.Window())
	r.clock = newServerClock(now, from.Watermark, r.tolerance)
	r.pending = newPending(store, config, log, from)
	return r
}

// read puts everything from a position on in line. It returns the error that ends
// it.
func (r *reader) read(ctx context.Context, from position.Position) error {
	if from.Mode == position.ModeSnapshot {
		if err := r.snapshot(ctx, from); err != nil {
			return err
		}
	}
	if r.found.IsOpaque() {
		if err := r.reconcile(ctx, from); err != nil {
			return err
		}
	}
	return r.poll(ctx)
}

// window is the window of the next scan.
func (r *reader) window() position.Window {
	w := r.windowAt(r.watermark)
	if r.windows.resumed {
		w.Since = r.windows.floor
	}
	return w
}

// windowAt is the window of a position with a watermark. Uploads that are older are
// carried one by one.
func (r *reader) windowAt(watermark int64) position.Window {
	w := r.windows.at(watermark, r.pending.bound(watermark))
	w.SinceMultipart = min(w.SinceMultipart, r.pending.carriedBefore)
	return w
}

// carryUploads lets positions carry the uploads from before the window of a watermark.
func (r *reader) carryUploads(watermark int64) {
	r.pending.carryBefore(r.windows.at(watermark, r.pending.bound(watermark)).SinceMultipart)
}

// advance moves the watermark and the window of what was found on.
func (r *reader) advance(watermark int64) {
	r.watermark = max(r.watermark, watermark)
	r.pending.reached.Store(r.watermark)
	r.found.Advance(r.window())
}

// emit puts an item in line. It blocks while the line or the buffer is full.
func (r *reader) emit(ctx context.Context, i *item) error {
	if uploads := r.pending.changed(i); uploads != nil {
		i.checkpoint.Uploads = uploads
	}
	r.found.Add(i.checkpoint.Marks...)
	r.sent = i.checkpoint.Window
	return r.queue.add(ctx, i)
}

// emitCheckpoint puts in line what has changed without a finding.
func (r *reader) emitCheckpoint(ctx context.Context, gone []position.Fingerprint) error {
	c := position.Checkpoint{Window: r.window(), Gone: gone}
	if !r.pending.isChanged && len(gone) == 0 && c.Window == r.sent {
		return nil
	}
	return r.emit(ctx, &item{checkpoint: c})
}

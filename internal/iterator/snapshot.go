// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
)

// snapshot finds, for each key, the version that was the object's state at start.
// What is newer is left to the scans for changes.
type snapshot struct {
	*reader
	covers  covers
	ctx     context.Context //nolint:containedctx // of the walk that calls Visit
	fresh   bool            // it began with this run, so that its listing tells the time
	reading *reading
	start   int64 // second
	young   int64 // a delete marker since this second is delivered

	answered string // the last key of the pages so far

	alone bool            // key has no other version
	key   string          // that the last visited version belongs to
	state *item           // the state of key, until all marks of key are with it
	marks []position.Mark // of keys that had no state, to go with the next item
	line  []position.Mark // of the versions of key, from the newest to the oldest
}

// covers tells which versions a snapshot covers: of each key, the newest one that
// is not younger than the start, and all below it.
type covers struct {
	end     time.Time // of the second in which the source started; zero: nothing is younger
	reached bool      // the state of the key
}

func (c *covers) has(v bucket.Version) bool {
	c.reached = c.reached || c.end.IsZero() || v.LastModified.Before(c.end)
	return c.reached
}

func newCovers(start time.Time) covers {
	if start.IsZero() {
		return covers{}
	}
	return covers{end: start.Truncate(time.Second).Add(time.Second)}
}

// snapshot puts what is left of the snapshot at a position in line, and marks what
// a scan would find but the snapshot covers.
func (r *reader) snapshot(ctx context.Context, from position.Position) error {
	if err := r.pending.wait(ctx); err != nil {
		return err
	}
	s := &snapshot{reader: r, ctx: ctx, covers: newCovers(from.Start), reading: newReading(), fresh: from.Key == "", start: from.Start.Unix()}
	s.young = s.start - r.windows.lookback
	r.pending.walk(s.reading.began, s.fresh)
	if err := r.lister.Walk(ctx, from.Key, s); err != nil {
		return err
	}
	if err := s.endKey(); err != nil {
		return err
	}
	return r.emit(ctx, &item{mode: position.ModeSnapshot, checkpoint: position.Checkpoint{Marks: s.marks, Window: r.window()}})
}

// Answered moves the watermark of a fresh snapshot up to what the page tells about
// the time when it began. A resumed snapshot keeps its first watermark.
func (s *snapshot) Answered(page bucket.Page) {
	s.reading.answered(page)
	s.pending.walked(s.answered)
	for i := range page.Versions {
		s.answered = max(s.answered, page.Versions[i].Key)
	}
	if s.fresh {
		watermark := s.reading.watermark(s.watermark)
		if !s.covers.end.IsZero() {
			watermark = min(watermark, s.start)
		}
		s.advance(watermark)
	}
}

// Visit finds the state of a key when the source started.
func (s *snapshot) Visit(v bucket.Version, below *bucket.Version) error {
	if v.Key != s.key || s.line == nil {
		if err := s.endKey(); err != nil {
			return err
		}
		s.key, s.line, s.covers.reached = v.Key, []position.Mark{}, false
		s.alone = below == nil
	}
	reachedBefore := s.covers.reached
	if !s.covers.has(v) {
		return nil
	}
	if !reachedBefore {
		s.state = s.itemOf(v)
	}
	s.pending.cover(v)
	if s.found.Window().HasVersion(&v) {
		s.line = append(s.line, position.MarkOf(v, v.LastModified.Unix()))
	}
	return nil
}

// itemOf returns the item of the state of a key, nil if it has none. A key that
// was deleted within the look-back is a delete: an earlier run that was killed
// before the engine stored a position may have delivered its object.
func (s *snapshot) itemOf(v bucket.Version) *item {
	if s.config.SnapshotNever || !s.config.matches(v.Key) {
		return nil
	}
	operation := Snapshot
	if v.DeleteMarker {
		if v.LastModified.Unix() < s.young {
			return nil
		}
		operation = Delete
	}
	return &item{mode: position.ModeSnapshot, finding: &finding{operation: operation, version: v, alone: s.alone, end: s.covers.end}}
}

// endKey puts the state of a key in line once all its versions were visited.
func (s *snapshot) endKey() error {
	order := position.Beginning.Unix()
	for i := len(s.line) - 1; i >= 0; i-- {
		order = max(order, s.line[i].Second)
		s.line[i].Order = order
	}
	s.marks = append(s.marks, s.line...)
	s.line = s.line[:0]
	if s.state == nil {
		return nil
	}
	i := s.state
	i.checkpoint.Marks, i.checkpoint.Window = s.marks, s.window()
	s.state, s.marks = nil, nil
	return s.emit(s.ctx, i)
}

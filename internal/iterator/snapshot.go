// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// snapshot finds, for each key, the version that was the object's state at
// start. What is newer is left to the scans for changes.
type snapshot struct {
	end     time.Time // of the second in which the source started
	oldest  time.Time // versions up to here are of no interest to a scan
	known   *window
	awaited *uploads
	emit    func(task) error

	key   string // that the last visited version belongs to
	found bool   // the state of key at start
	state *task  // that state, until all marks of key are with it
	marks []mark // of keys that had no state, to go with the next task
}

// runSnapshot emits what is left of the snapshot at a position, and adds to
// known what a scan would find but the snapshot covers.
func (it *Iterator) runSnapshot(ctx context.Context, from Position, known *window) error {
	if err := it.uploads.refresh(ctx); err != nil {
		return err
	}
	s := &snapshot{
		end:     from.Start.Truncate(time.Second).Add(time.Second),
		oldest:  it.oldest(from.Watermark),
		known:   known,
		awaited: it.uploads,
		emit:    func(t task) error { return it.emit(ctx, t) },
	}
	if err := it.lister.Walk(ctx, from.Key, s); err != nil {
		return err
	}
	if err := s.endKey(); err != nil {
		return err
	}
	return it.emit(ctx, task{marks: s.marks})
}

// Answered does nothing: the time of the snapshot is that of its start.
func (s *snapshot) Answered(bucket.Page) {}

// Visit finds the state of a key when the source started.
func (s *snapshot) Visit(v bucket.Version, _ *bucket.Version) error {
	if v.Key != s.key {
		if err := s.endKey(); err != nil {
			return err
		}
		s.key, s.found = v.Key, false
	}
	if !s.found && !v.LastModified.Before(s.end) {
		return nil
	}
	if !s.found && !v.DeleteMarker {
		s.state = &task{operation: Snapshot, version: v, marks: s.marks}
		s.marks = nil
	}
	s.found = true
	s.awaited.settle(v)
	if v.LastModified.After(s.oldest) {
		s.mark(markOf(v))
	}
	return nil
}

func (s *snapshot) mark(m mark) {
	s.known.add(m)
	if s.state != nil {
		s.state.marks = append(s.state.marks, m)
	} else {
		s.marks = append(s.marks, m)
	}
}

// endKey emits the state of a key once all its versions were visited.
func (s *snapshot) endKey() error {
	if s.state == nil {
		return nil
	}
	t := *s.state
	s.state = nil
	return s.emit(t)
}

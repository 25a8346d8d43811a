// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// fetchQueue bounds the changes that are read ahead of delivery.
const fetchQueue = 1024

// task is the next step in the order of delivery: a change, if it has an
// operation, and what is known once it is done.
type task struct {
	operation Operation
	version   bucket.Version
	marks     []mark
	watermark time.Time // of the position after it, if that is later than before
	uploads   string    // of the position after it
	// clockSetBack says that the watermark holds even if it is earlier.
	clockSetBack bool
}

// slot is a task on its way to delivery.
type slot struct {
	task
	ready  chan struct{} // closed once object and err are set
	object bucket.Object
	err    error
	bytes  int64 // of the buffer, given back at delivery
}

// emit puts a task in line and begins to read its object. It blocks while the
// line or the buffer is full.
func (it *Iterator) emit(ctx context.Context, t task) error {
	t.uploads = it.uploads.text
	s := &slot{task: t, ready: make(chan struct{})}
	switch {
	case t.operation == 0 || t.operation == Delete:
		close(s.ready)
	case it.isTooLarge(t.version):
		it.refuse(s)
	default:
		// The line is in order and this is its only writer, so what holds the
		// buffer is ahead in the line and will be delivered.
		s.bytes = min(t.version.Size, it.config.FetchBuffer)
		if err := it.buffer.Acquire(ctx, s.bytes); err != nil {
			return err
		}
		if err := it.fetchers.Acquire(ctx, 1); err != nil {
			return err
		}
		it.running.Go(func() {
			defer it.fetchers.Release(1)
			defer close(s.ready)
			s.object, s.err = it.fetch(ctx, t.version)
		})
	}
	select {
	case it.line <- s:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// fetch reads an object, again and again while S3 is unavailable.
func (it *Iterator) fetch(ctx context.Context, v bucket.Version) (obj bucket.Object, err error) {
	err = bucket.Retry(ctx, func(ctx context.Context) error {
		obj, err = it.store.Get(ctx, v, it.config.MaxObjectSize)
		if errors.Is(err, bucket.ErrCorrupt) {
			return fmt.Errorf("%w: %w", bucket.ErrUnavailable, err)
		}
		if err == nil && obj.Version.Key != "" && obj.Version.ETag != v.ETag {
			return bucket.ErrGone // what has replaced it is a change of its own
		}
		return err
	})
	return obj, err
}

// TooLargeError says that an object is larger than the source may read.
type TooLargeError struct {
	Key         string
	Size, Limit int64 // bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("object %q: its %d bytes are more than the %d that are allowed", e.Key, e.Size, e.Limit)
}

func (it *Iterator) isTooLarge(v bucket.Version) bool {
	return it.config.MaxObjectSize > 0 && v.Size > it.config.MaxObjectSize
}

// refuse makes the slot of an object that is too large end the reading in its
// place, or pass without a change.
func (it *Iterator) refuse(s *slot) {
	v := s.version
	if it.config.SkipLarge {
		it.skipped++
		it.log.Warn().Str("key", v.Key).Str("version", v.VersionID).Int64("size", v.Size).Int64("limit", it.config.MaxObjectSize).
			Int("skipped", it.skipped).Msg("an object is larger than the limit and was skipped")
		s.operation = 0
	} else {
		s.err = &TooLargeError{Key: v.Key, Size: v.Size, Limit: it.config.MaxObjectSize}
	}
	close(s.ready)
}

// gone tells whether the object went away before it could be read.
func (s *slot) gone() bool { return errors.Is(s.err, bucket.ErrGone) }

// failed tells whether the object can't be read. The slot must be ready.
func (s *slot) failed() bool { return s.err != nil && !s.gone() }

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// runChanges scans for changes every polling period, until ctx ends or a scan
// meets an error that stays.
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
		s := &scan{oldest: it.oldest(watermark), known: known}
		began, err := it.walk(ctx, "", s.visit)
		if err != nil {
			return err
		}
		if watermark.Sub(began) > lookback {
			it.log.Warn().Time("watermark", watermark).Time("now", began).
				Msg("the server's clock was set back: some changes may be delivered again")
			watermark = began
			if err := it.emit(ctx, task{watermark: began, clockSetBack: true}); err != nil {
				return err
			}
		}
		for _, t := range s.tasks(began) {
			known.add(t.marks...)
			if err := it.emit(ctx, t); err != nil {
				return err
			}
		}
		if began.After(watermark) {
			watermark = began
		}
		known.forget(it.oldest(watermark))
	}
}

// scan collects the changes that one listing shows.
type scan struct {
	oldest time.Time // nothing up to here is a change
	known  *window

	key        string // that the last visited version belongs to
	superseded bool   // a newer version of key was delivered before
	found      []change
	late       []mark // versions that became visible under a delivered one
}

// change is a version that this scan found.
type change struct {
	operation Operation
	version   bucket.Version
	mark      mark
	// order is the version's time, but never before that of an older version
	// of the key: within a key the listing's order is the truth.
	order time.Time
}

func (s *scan) visit(v bucket.Version, below *bucket.Version) error {
	if v.Key != s.key {
		s.key, s.superseded = v.Key, false
	}
	if !v.LastModified.After(s.oldest) {
		return nil
	}
	m := markOf(v)
	switch {
	case s.known.has(m.ID):
		s.superseded = true
	case s.superseded:
		s.late = append(s.late, m)
	default:
		s.found = append(s.found, change{operation: operationOf(v, below), version: v, mark: m, order: v.LastModified})
	}
	return nil
}

func operationOf(v bucket.Version, below *bucket.Version) Operation {
	switch {
	case v.DeleteMarker:
		return Delete
	case below == nil || below.DeleteMarker:
		return Create
	default:
		return Update
	}
}

// tasks returns what a scan that began at a server time has found, in the order
// of delivery: changes by time, then key, and within a key from the oldest
// version to the newest.
func (s *scan) tasks(began time.Time) []task {
	slices.Reverse(s.found) // keys descending, oldest version first
	for i := 1; i < len(s.found); i++ {
		older, c := &s.found[i-1], &s.found[i]
		if older.version.Key == c.version.Key && older.order.After(c.order) {
			c.order = older.order
		}
	}
	slices.SortStableFunc(s.found, func(a, b change) int {
		return cmp.Or(a.order.Compare(b.order), cmp.Compare(a.version.Key, b.version.Key))
	})
	tasks := make([]task, 0, 1+len(s.found))
	if len(s.late) > 0 {
		tasks = append(tasks, task{marks: s.late})
	}
	for _, c := range s.found {
		tasks = append(tasks, task{operation: c.operation, version: c.version, marks: []mark{c.mark}, watermark: c.order.Truncate(time.Second)})
	}
	// No watermark passes a change that is still to come.
	left := began
	for i, t := range slices.Backward(tasks) {
		tasks[i].watermark = earlier(left, t.watermark)
		if t.operation != 0 {
			left = earlier(left, t.version.LastModified)
		}
	}
	return tasks
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

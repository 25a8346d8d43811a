// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"cmp"
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// findings is what a scan has found.
type findings struct {
	began   time.Time        // the server's time when the scan began
	visible time.Time        // everything that was modified before is among them
	changes []finding        // keys ascending, and the versions of a key from the newest to the oldest
	late    []mark           // of versions that became visible under a delivered one
	settled []bucket.Version // awaited, and not to be delivered
	rest    bool             // some changes were left to the next scan
}

// collect merges what the ranges of a scan hold.
func collect(parts []*collector) findings {
	began := slices.MinFunc(parts, func(a, b *collector) int { return a.began.Compare(b.began) }).began
	f := findings{began: began, visible: began}
	for _, p := range parts {
		if !p.cutoff.IsZero() {
			f.visible, f.rest = earlier(f.visible, p.cutoff), true
		}
	}
	for _, p := range parts {
		for _, c := range p.found {
			if !f.rest || c.order.Before(f.visible) {
				f.changes = append(f.changes, c)
			}
		}
		f.late = append(f.late, p.late...)
		f.settled = append(f.settled, p.settled...)
	}
	return f
}

// tasks returns the findings in the order of delivery: changes by time, then
// key, and within a key from the oldest version to the newest.
func (f findings) tasks() []task {
	slices.Reverse(f.changes) // keys descending, oldest version first
	slices.SortStableFunc(f.changes, func(a, b finding) int {
		return cmp.Or(a.order.Compare(b.order), cmp.Compare(a.version.Key, b.version.Key))
	})
	tasks := make([]task, 0, 1+len(f.changes))
	if len(f.late) > 0 {
		tasks = append(tasks, task{marks: f.late})
	}
	for _, c := range f.changes {
		tasks = append(tasks, task{operation: c.operation, version: c.version, marks: []mark{c.mark}, watermark: c.order.Truncate(time.Second)})
	}
	// No watermark passes a change that is still to come.
	left := f.visible
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

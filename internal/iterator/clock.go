// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"sync"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// reading tells what one listing says about the store's time when it began. The
// local clock only measures how long something takes. Answered may be called
// concurrently.
//
// A version's LastModified is what the store's clock said when it was written. It
// is the only clock that matters: a Date header may come from a proxy or another
// front end. A version that a page shows was written before the page was sent, so
// the store's clock had reached that time by then, and that time less the duration
// of the listing so far when the listing began. The latest of these is a lower
// bound of the store's time, which a wrong Date does not move. Date bounds it from
// above, for objects that have a time in the future.
type reading struct {
	began time.Time // local

	mu     sync.Mutex
	date   time.Time // of the first answer; zero: it had none
	dateAt time.Time // local, when it came
	newest time.Time // the lower bound that the versions give; zero: there were none
}

func newReading() *reading { return &reading{began: time.Now()} }

// answered takes in a page that has just come.
func (r *reading) answered(page bucket.Page) {
	var newest time.Time
	for i := range page.Versions {
		newest = later(newest, page.Versions[i].LastModified)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if r.date.IsZero() {
		r.date, r.dateAt = page.Time, now
	}
	if !newest.IsZero() {
		r.newest = later(r.newest, newest.Add(-now.Sub(r.began)))
	}
}

// watermark returns a second that the store's clock had reached when the listing
// began, or least if the listing does not tell more.
func (r *reading) watermark(least int64) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.newest.IsZero() {
		return least
	}
	newest := r.newest.Unix()
	if !r.date.IsZero() {
		newest = min(newest, r.date.Unix())
	}
	return max(newest, least)
}

// serverClock notices that the server's clock was set back.
type serverClock struct {
	date time.Time // of an answer; zero: none so far
	at   time.Time // local, when it came
}

// setBack takes in a listing. It returns by how much its Date is earlier than the
// one before lets expect, and the earliest time that the clock may have shown since
// then. It returns 0 if that is less than tolerance.
func (c *serverClock) setBack(r *reading, tolerance time.Duration) (by time.Duration, earliest time.Time) {
	if r.date.IsZero() {
		return 0, time.Time{}
	}
	before := *c
	c.date, c.at = r.date, r.dateAt
	if before.date.IsZero() {
		return 0, time.Time{}
	}
	passed := r.dateAt.Sub(before.at)
	if by = before.date.Add(passed).Sub(r.date); by <= tolerance {
		return 0, time.Time{}
	}
	return by, r.date.Add(-passed)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

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
	} else { // the only use of the local clock: there is no other bound
		newest = min(newest, time.Now().Unix())
	}
	return max(newest, least)
}

// serverClock notices that the server's clock was set back. One front end, or a proxy,
// whose Date is wrong is no such clock, so that several listings in a row must tell.
type serverClock struct {
	date time.Time // what the clock showed; zero: it is unknown
	at   time.Time // at this local time
	// off is how many listings in a row have told another time than that lets
	// expect: a later one if it is negative.
	off    int
	listed bool // a listing was as expected
	// due is what the clock should have shown at the first of several listings that told
	// an earlier time, which came at dueAt, locally. Otherwise a slow series of
	// listings would let the clock catch up.
	due, dueAt time.Time
}

// newServerClock returns what a Date tells that was asked for just now, and the time
// that the store's clock had reached by then. It may be some time until listings
// follow.
func newServerClock(date, reached time.Time, tolerance time.Duration) serverClock {
	c := serverClock{date: date, at: time.Now()}
	if !date.IsZero() && reached.Sub(date) > tolerance {
		c.suspect(reached, c.at)
	}
	return c
}

// suspect counts an answer that told an earlier time than what was due.
func (c *serverClock) suspect(due, at time.Time) {
	if c.off = max(c.off, 0) + 1; c.off == 1 {
		c.due, c.dueAt = due, at
	}
}

// believed is how many listings in a row must tell that the clock was set.
const believed = 5

// take takes in a listing. reached is a time that the store's clock had reached. It
// returns by how much Date is earlier than expected, and 0 if that is less than
// tolerance, or not to be believed yet. Then suspected says that another listing is
// needed to tell.
func (c *serverClock) take(r *reading, reached time.Time, tolerance time.Duration) (by time.Duration, suspected bool) {
	if r.date.IsZero() {
		return 0, false
	}
	// A Date may be as old as its request, and an answer that was long in coming may
	// have been requested several times. It only shows whether the clock is late.
	asOf, isSlow := r.dateAt, r.dateAt.Sub(r.began) > tolerance/2
	if isSlow {
		asOf = r.began
	}
	due := reached
	if !c.date.IsZero() {
		due = later(due, c.date.Add(asOf.Sub(c.at)))
	}
	if c.off > 0 {
		due = later(due, c.due.Add(asOf.Sub(c.dueAt)))
	}
	by = due.Sub(r.date)
	switch {
	case isSlow && by <= tolerance:
		return 0, false
	case by > tolerance:
		c.suspect(due, asOf)
	case -by > tolerance && !c.date.IsZero():
		c.off = min(c.off, 0) - 1
	default:
		c.off = 0
	}
	if c.off != 0 && c.off != believed && c.off != -believed {
		return 0, c.off > 0
	}
	if c.off <= 0 {
		by = 0
	}
	*c = serverClock{date: r.date, at: r.dateAt, listed: true}
	return by, false
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"gotest.tools/v3/assert"
)

// dates are what the Date headers say while the clock of the versions is right.
var dates = map[string]func(page int) time.Time{
	"right":                    func(int) time.Time { return time.Now().Truncate(time.Second) },
	"absent":                   func(int) time.Time { return time.Time{} },
	"90 s ahead":               func(int) time.Time { return time.Now().Add(90 * time.Second) },
	"90 s behind":              func(int) time.Time { return time.Now().Add(-90 * time.Second) },
	"2 h ahead":                func(int) time.Time { return time.Now().Add(2 * time.Hour) },
	"2 h behind":               func(int) time.Time { return time.Now().Add(-2 * time.Hour) },
	"one front end 20 s ahead": func(page int) time.Time { return time.Now().Add(time.Duration(page%2) * 20 * time.Second) },
	"one front end 90 s ahead": func(page int) time.Time { return time.Now().Add(time.Duration(page%2) * 90 * time.Second) },
	"one front end 1 h ahead":  func(page int) time.Time { return time.Now().Add(time.Duration(page%3/2) * time.Hour) },
	"one front end without": func(page int) time.Time {
		if page%2 == 0 {
			return time.Time{}
		}
		return time.Now()
	},
}

// A Date is a hint: it may come from a proxy, or from front ends that differ.
func TestP1_TheDateOfAnAnswerMayBeWrong(t *testing.T) {
	for name, date := range dates {
		for _, each := range []int{13, 1000} { // records between two restarts
			t.Run(fmt.Sprintf("%s, a restart after %d", name, each), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c := newClocked(t, each, 10*time.Second)
					c.store.date = date
					c.writeAndRead(150, func(int) {})
					c.checkAll(1, time.Hour)
				})
			})
		}
	}
}

// clocked is a source of a store whose clocks may be wrong.
type clocked struct {
	*restarting
	store    *memoryStore
	each     int
	off      atomic.Int64 // of the store's clock
	versions []bucket.Version
}

func newClocked(t *testing.T, each int, poll time.Duration) *clocked {
	time.Sleep(365 * 24 * time.Hour)
	c := &clocked{each: each, store: newMemoryStore()}
	c.restarting = newRestarting(t, c.store)
	c.config.PollingPeriod = poll
	c.store.date = func(int) time.Time { return c.now() }
	return c
}

func (c *clocked) now() time.Time {
	return time.Now().Add(time.Duration(c.off.Load())).Truncate(time.Second)
}

func (c *clocked) write(n int) {
	v := bucket.Version{Key: fmt.Sprint("k", n), VersionID: fmt.Sprint("v", n), LastModified: c.now()}
	c.versions = append(c.versions, v)
	c.store.add(v)
}

// writeAndRead writes a change every 7 seconds while the source runs.
func (c *clocked) writeAndRead(n int, before func(n int)) {
	for i := range 8 { // what exists at the start
		c.write(-i)
		time.Sleep(time.Duration(50-10*i) * time.Minute)
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		for i := range n {
			before(i)
			c.write(i + 1)
			time.Sleep(7 * time.Second)
		}
	}()
	for ended := false; ; {
		got := c.run(c.each, time.Duration(n)*7*time.Second+3*c.config.PollingPeriod+2*lookback)
		if c.total > 6*(n+8) {
			<-written
			c.t.Error("it repeats changes without end")
			return
		}
		if ended && got == 0 {
			return
		}
		select {
		case <-written:
			ended = true
		default:
		}
	}
}

// checkAll checks that everything came, not more often than some times, and that
// positions look back no further than the wrongness of a clock demands.
func (c *clocked) checkAll(most int, wrongness time.Duration) {
	c.t.Helper()
	for _, v := range c.versions {
		n := c.count[nameOf(v)]
		assert.Check(c.t, n >= 1 && n <= most, "%s came %d times", nameOf(v), n)
	}
	at, err := position.Parse(c.position)
	assert.NilError(c.t, err)
	back := at.Watermark.Sub(at.Since)
	assert.Check(c.t, back <= (lookback+wrongness)*9/8+time.Minute, "positions look back %s", back)
}

// The clock of a store may be set back, or ahead, by an hour or a day, between two
// scans that are further apart than the look-back.
func TestP1_TheClockOfAStoreMayBeSet(t *testing.T) {
	for _, poll := range []time.Duration{time.Second, 5 * time.Minute} {
		for _, by := range []time.Duration{-90 * time.Second, -time.Hour, -3 * time.Hour, -23 * time.Hour, 90 * time.Second, time.Hour, 24 * time.Hour} {
			t.Run(fmt.Sprintf("by %s with a scan every %s", by, poll), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { setClock(t, poll, by, 1) })
			})
		}
	}
}

// setClock sets a store's clock some times. What was forgotten by then may come
// again after it was set back.
func setClock(t *testing.T, poll, by time.Duration, times int) {
	c := newClocked(t, 1000, poll)
	c.writeAndRead(sized(200, 40+40*times), func(n int) {
		if n%40 == 20 && n/40 < times {
			c.off.Add(int64(by))
		}
	})
	most := 1
	if by < 0 {
		most += 2 * times
	}
	c.checkAll(most, max(0, -by*time.Duration(times)))
}

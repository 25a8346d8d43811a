// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"slices"
	"time"
)

// After the server's clock was set back the source goes back as well, once several
// listings have told, and delivers again what it finds there. What is written while
// the clock shows the same times once more can't be told from what was written
// before.
func isAfterSetBack(j *keyJudge, c claim) bool {
	return slices.ContainsFunc(j.setBacks, func(s setBack) bool {
		again := func(e *entry) bool { return !e.appeared.Before(s.at) && !e.LastModified.After(s.from) }
		switch {
		case s.at.Before(j.opened): // versions ahead of the clock have no order among the others
			return c.wrong != lost && len(j.restarts) > 0 && !c.e.appeared.After(s.at)
		case c.wrong == lost: // another one is taken for the state at the start
			return slices.ContainsFunc(j.line[c.e.indexInLine+1:], again)
		default:
			return !c.e.appeared.After(j.noticed(s)) || again(c.e)
		}
	})
}

// A set-back can't be noticed if the source was stopped meanwhile and the Date that
// it is told then is not before its position's watermark: because it was stopped
// for longer, or because a proxy's Date is ahead. Then there are objects with times
// in the future as well, so that neither of the two bounds the watermark.
func isAfterHiddenSetBack(j *keyJudge, c claim) bool {
	if j.rules.DateOffset > 0 && slices.ContainsFunc(j.setBacks, func(b setBack) bool {
		return !b.at.After(c.e.appeared) && !c.e.LastModified.After(b.from)
	}) {
		return true
	}
	return slices.ContainsFunc(j.restarts, func(s restart) bool {
		hidden := !s.date.Add(j.settings.Lookback / 2).Before(s.from.Watermark)
		return hidden && c.e.LastModified.Before(s.from.Since) &&
			slices.ContainsFunc(j.setBacks, func(b setBack) bool { return b.at.Before(s.at) && !b.at.After(c.e.appeared) })
	})
}

// A set-back can't be noticed if the clock is set forward again, or the source
// stopped, before several listings in a row could tell.
func isOfBriefSetBack(j *keyJudge, c claim) bool {
	return slices.ContainsFunc(j.setBacks, func(b setBack) bool {
		during := func(at time.Time) bool { return !at.Before(b.at) && !at.After(b.to) }
		isOf := during(c.e.appeared) || slices.ContainsFunc(j.began, func(up *pendingUpload) bool { return j.isOf(up, c.e) && during(up.began) })
		return isOf && !b.to.IsZero() && !j.couldTell(b)
	})
}

// noticed is when the source has noticed a set-back, even if it was restarted once.
func (r *observer) noticed(b setBack) time.Time {
	if scans := r.scans(b.at, time.Now()); len(scans) > 2*believed {
		return scans[2*believed]
	}
	return time.Now()
}

// scans returns when the listings of the bucket came to their end, between two times.
func (r *observer) scans(from, to time.Time) (scans []time.Time) {
	for _, at := range r.trouble.scanned {
		if at.After(from) && at.Before(to) {
			scans = append(scans, at)
		}
	}
	return scans
}

// couldTell tells whether a run of the source listed the bucket several times before
// a clock that was set back was set forward again.
func (r *observer) couldTell(b setBack) bool {
	began := b.at
	for _, s := range r.restarts {
		if s.at.Before(b.to) {
			began = later(began, s.at)
		}
	}
	return len(r.scans(began, b.to)) > believed // the first one may be a snapshot's
}

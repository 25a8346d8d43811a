// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/position"
)

// sketchDecodes is the difference that a position's sketch always names. Beyond it
// decoding may fail, and beyond about ten it does.
const sketchDecodes = 3

// isAcross tells whether a version that comes again after so many records had come
// before a restart. Of what only stood for it, or was covered by it, any version of
// the key is enough.
func (s restart) isAcross(j *keyJudge, c claim) bool {
	return s.count <= c.upTo && slices.ContainsFunc(j.changes, func(d delivery) bool {
		return d.number < s.count && (d.isAbout(c.e) || c.wrong != repeated)
	})
}

// A position names what was delivered by a sketch once it is much. If more than a
// few versions have become visible out of order around a restart, or have gone, the
// sketch can't be decoded, and what is in the window is delivered again.
func isInFullSketch(j *keyJudge, c claim) bool {
	return slices.ContainsFunc(j.restarts, func(s restart) bool {
		return s.from.Delivered.IsSketch() && !c.e.LastModified.Before(s.from.SinceMultipart) &&
			s.count <= c.upTo && (c.wrong != repeated || s.isAcross(j, c) || s.isOfItsSnapshot(j, c)) && j.difference(s) > sketchDecodes
	})
}

// isOfItsSnapshot tells whether the snapshot that a restart resumed had delivered a
// version. That the sketch can't be decoded shows only after it.
func (s restart) isOfItsSnapshot(j *keyJudge, c claim) bool {
	return s.from.Mode == position.ModeSnapshot && slices.ContainsFunc(j.changes, func(d delivery) bool {
		return d.isAbout(c.e) && d.Position.Mode == position.ModeSnapshot
	})
}

// difference is how many versions of the window have become visible out of order
// by a restart, or have gone since they were delivered.
func (r *observer) difference(s restart) (n int) {
	if known, ok := r.differences[s.count]; ok {
		return known
	}
	came := map[position.Fingerprint]bool{}
	for _, c := range r.log[:s.count] {
		came[position.OfVersion(c.Version)] = true
	}
	for _, line := range r.lines {
		for _, e := range line {
			known := e.LastModified.Unix() <= s.from.Through.Unix() || s.from.Mode == position.ModeSnapshot && e.LastModified.Before(r.startEnd())
			if !known || e.LastModified.Before(s.from.SinceMultipart) {
				continue
			}
			left := e.gone && e.goneAt.Before(s.at.Add(time.Minute))
			was := came[position.OfVersion(versionOf(e))]
			if e.appeared.Before(r.opened) { // the snapshot covers it
				was = left && e.goneAt.After(r.opened) && (s.from.Mode == position.ModeChanges || e.Key <= s.from.Key)
				left = true
			}
			if was == left {
				n++
			}
		}
	}
	r.differences[s.count] = n
	return n
}

// A position names uploads in progress by a sketch once they are many. If more than
// a few of them end around a restart, the sketch can't tell which, and whatever was
// uploaded in parts since the earliest of them is delivered again.
func isAmongManyUploads(j *keyJudge, c claim) bool {
	return isUploaded(c.e) && slices.ContainsFunc(j.restarts, func(s restart) bool {
		if s.from.Uploads.Sketch == nil || c.e.LastModified.Unix() < s.from.Uploads.Earliest || !s.isAcross(j, c) {
			return false
		}
		ended := 0
		for _, up := range j.began {
			if up.initiated.Before(s.from.SinceMultipart) && !up.ended.IsZero() && up.ended.After(j.opened) {
				ended++
			}
		}
		return ended > sketchDecodes
	})
}

// A position with a sketch names only two of the versions whose time is far ahead
// of the watermark, or that are above one of those in their key.
func isAhead(j *keyJudge, c claim) bool {
	order := c.e.LastModified
	for _, below := range j.line[:c.e.indexInLine] {
		order = later(order, below.LastModified)
	}
	return slices.ContainsFunc(j.restarts, func(s restart) bool {
		return s.from.Delivered.IsSketch() && s.count <= c.upTo && order.After(s.from.Watermark.Add(2*time.Hour))
	})
}

// A position carries no uploads until they were listed for the first time. One that
// was in progress when the source started, and ends before uploads are listed after
// a restart from such a position, is missed in a key that the snapshot had passed.
func isUploadOfAKilledSnapshot(j *keyJudge, c claim) bool {
	return isUploaded(c.e) && slices.ContainsFunc(j.restarts, func(s restart) bool {
		passed := s.from.Mode == position.ModeSnapshot && s.from.Key >= j.key ||
			s.from.Mode == position.ModeChanges && !j.wasListed(j.opened, j.log[s.count-1].at)
		return passed && s.from.Uploads.Equal(position.Uploads{}) &&
			slices.ContainsFunc(j.began, func(up *pendingUpload) bool {
				return j.isOf(up, c.e) && up.began.Before(j.opened) && up.ended.After(j.opened) && !j.wasListed(s.at, up.ended)
			})
	})
}

// isOf tells whether an upload may have become a version.
func (j *keyJudge) isOf(up *pendingUpload, e *entry) bool {
	return up.key == j.key && up.initiated.Unix() == e.LastModified.Unix()
}

// wasListed tells whether a listing of uploads came to its end between two times.
func (r *observer) wasListed(from, to time.Time) bool {
	return slices.ContainsFunc(r.trouble.listed, func(at time.Time) bool { return at.After(from) && at.Before(to) })
}

// An upload that takes longer than the look-back may be missed while the store
// refuses to list uploads in progress. They are asked for again after some minutes.
func isUnlistedUpload(j *keyJudge, c claim) bool {
	if !isUploaded(c.e) {
		return false
	}
	pause := max(j.settings.Lookback, refusedPause) + j.faults.uploadPages
	return slices.ContainsFunc(j.began, func(up *pendingUpload) bool {
		return j.isOf(up, c.e) && c.e.appeared.Sub(up.began) > j.settings.Lookback/2 &&
			slices.ContainsFunc(j.trouble.refused, func(at time.Time) bool {
				return at.After(up.began.Add(-pause)) && at.Before(c.e.appeared.Add(j.settings.Lookback))
			})
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

// claim is a wrong that an exemption may permit.
type claim struct {
	wrong wrong
	e     *entry // that it is about
	upTo  int    // how many records there were before
}

// exemption is something that the promises leave open. It is as narrow as its
// reason: for how many keys it holds, and for how many it was used, is counted.
type exemption struct {
	name           string
	permits        []wrong
	most, mostUsed float64 // percent of the keys for which it holds, and was used
	holds          func(*keyJudge, claim) bool
}

// exemptions are all that there are.
func exemptions() []exemption {
	return []exemption{
		{"covered unseen", []wrong{lost}, 6, 0.5, isCoveredUnseen},
		{"below a purged one", []wrong{misnamed}, 3, 0.05, isBelowPurged},
		{"left out, then gone", []wrong{lost}, 0.5, 0.1, isLeftOutThenGone},
		{"alike", []wrong{lost, repeated, misordered, misnamed, stale}, 0.2, 0.05, isAlike},
		{"shared second", []wrong{repeated, misordered, misnamed, stale}, 3, 0.1, sharesSecond},
		{"null of an upload", []wrong{repeated, misordered, misnamed, stale}, 4, 0.2, isNullOfUpload},
		{"young in a snapshot", []wrong{repeated, misnamed}, 0.2, 0.05, isYoungInSnapshot},
		{"under a replacement", []wrong{lost, repeated, misordered, misnamed, stale}, 0.5, 0.05, isUnderReplacement},
		{"beyond a moved marker", []wrong{lost}, 8, 0.05, isBeyondMovedMarker},
		{"clock set back", []wrong{lost, repeated, misordered, misnamed}, 10, 1.5, isAfterSetBack},
		{"hidden set-back", []wrong{lost, stale}, 1, 0.1, isAfterHiddenSetBack},
		{"sketch too full", []wrong{repeated, misordered, misnamed}, 6, 0.5, isInFullSketch},
		{"uploads too many", []wrong{repeated, misordered, misnamed}, 0.2, 0.05, isAmongManyUploads},
		{"brief set-back", []wrong{lost, stale}, 0.5, 0.05, isOfBriefSetBack},
		{"ahead", []wrong{repeated, misordered, misnamed}, 1, 0.1, isAhead},
		{"killed too early", []wrong{lost, stale}, 1, 0.05, isUploadOfAKilledSnapshot},
		{"upload not listed", []wrong{lost, stale}, 2, 0.1, isUnlistedUpload},
	}
}

// What the snapshot took for the state of a key without a record of it covers what
// is below: a delete marker, or what went away before it was read, of the time
// until the source opened.
func isCoveredUnseen(j *keyJudge, c claim) bool {
	for _, e := range j.line[c.e.indexInLine:] {
		covers := e.LastModified.Before(j.startEnd()) && !e.appeared.After(j.snapshotEnd())
		if covers && (e.DeleteMarker || e.gone && j.got[e.indexInLine] == 0) {
			return true
		}
	}
	return false
}

// snapshotEnd is when the first change came that the snapshot does not cover.
func (r *observer) snapshotEnd() time.Time {
	for _, d := range r.log {
		if d.Position.Mode == position.ModeChanges {
			return d.at
		}
	}
	return time.Now()
}

// A version that a listing continues after may be deleted for good meanwhile. Then a
// snapshot does not meet those below it, which are found later.
func isBelowPurged(j *keyJudge, c claim) bool {
	return (len(j.line) > j.rules.PageSize || j.faults.ragged) && slices.ContainsFunc(j.line[c.e.indexInLine+1:], func(above *entry) bool {
		return above.gone && above.appeared.Before(j.opened) && above.goneAt.After(j.opened)
	})
}

// Where only the latest changes are wanted, one that is left out for another one is
// left out also if that goes away before it is read.
func isLeftOutThenGone(j *keyJudge, c claim) bool {
	return j.settings.LatestOnly && slices.ContainsFunc(j.line[c.e.indexInLine:], func(e *entry) bool { return e.gone })
}

// Null versions with the same bytes and of the same second can't be told apart by
// the answer to a GET or, after a restart, at all. One stands for the others.
func isAlike(j *keyJudge, c claim) bool {
	if c.wrong == lost {
		return slices.ContainsFunc(j.line, func(other *entry) bool { return j.got[other.indexInLine] > 0 && looksLike(other, c.e) })
	}
	if len(j.restarts) == 0 {
		return false
	}
	for i, e := range j.line {
		if slices.ContainsFunc(j.line[:i], func(other *entry) bool { return looksLike(e, other) }) {
			return true
		}
	}
	return false
}

// looksLike tells whether two null versions have the same bytes and the same second,
// which is all that an answer to a GET tells.
func looksLike(a, b *entry) bool {
	null := a.VersionID == bucket.NullVersion && b.VersionID == bucket.NullVersion && !a.DeleteMarker
	return a.is(b.Object) || null && a.ETag == b.ETag && a.LastModified.Unix() == b.LastModified.Unix()
}

// An upload has the name of its key and the second of its initiation, and so has
// the version that it becomes. Two of them, or one and a version of another one,
// can't be told apart after a restart.
func sharesSecond(j *keyJudge, _ claim) bool {
	if len(j.restarts) == 0 {
		return false
	}
	seconds := map[int64]bool{}
	for _, e := range j.line {
		if j.rules.Multipart == s3test.MultipartCompletion && isUploaded(e) {
			seconds[e.LastModified.Unix()] = true
		}
	}
	for _, up := range j.began {
		if up.key == j.key {
			second := up.initiated.Unix() // a store may round it
			if seconds[second-1] || seconds[second] || seconds[second+1] {
				return true
			}
			seconds[up.initiated.Unix()] = true
		}
	}
	return false
}

func isUploaded(e *entry) bool {
	return !e.DeleteMarker && (bucket.Version{ETag: e.ETag}).IsMultipart()
}

// A null version that an upload became may be read in place of the one that it
// replaced. Positions carry the upload until it is found itself.
func isNullOfUpload(j *keyJudge, _ claim) bool {
	return len(j.restarts) > 0 && slices.ContainsFunc(j.line, func(e *entry) bool { return isUploaded(e) && replacesNull(j.line, e) })
}

// A snapshot that reads a null version in place of the one that it replaced may
// deliver what is too young for a snapshot. A sketch then does not tell.
func isYoungInSnapshot(j *keyJudge, c claim) bool {
	return slices.ContainsFunc(j.restarts, func(s restart) bool {
		return s.from.Mode == position.ModeSnapshot && s.from.Delivered.IsSketch() && s.isAcross(j, c)
	}) && replacesNull(j.line, c.e) && !c.e.LastModified.Before(j.startEnd())
}

// A version may appear under a null version that had replaced another one, and had
// been delivered in its place by then.
func isUnderReplacement(j *keyJudge, _ claim) bool {
	for i, e := range j.line {
		for _, above := range j.line[i+1:] {
			if e.VersionID != bucket.NullVersion && above.appeared.Before(e.appeared) && replacesNull(j.line, above) {
				return true
			}
		}
	}
	return false
}

// A version may appear between a null version and the one that replaced it, in a
// key that fills a page: a listing that resumes after the null version then takes
// it for an older one.
func isBeyondMovedMarker(j *keyJudge, c claim) bool {
	return (len(j.line) > j.rules.PageSize || j.faults.ragged) && slices.ContainsFunc(j.line, func(null *entry) bool {
		return null.VersionID == bucket.NullVersion && null.gone && null.appeared.Before(c.e.appeared) && !null.goneAt.Before(c.e.appeared)
	})
}

func (c delivery) isAbout(e *entry) bool {
	return c.Version.VersionID == e.VersionID && c.Version.ETag == e.ETag &&
		(e.VersionID != bucket.NullVersion || c.Version.LastModified.Unix() == e.LastModified.Unix())
}

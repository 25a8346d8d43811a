// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

// judge compares what was delivered with the truth.
func (r *observer) judge() {
	delivered := map[string][]delivery{}
	for _, c := range r.log {
		delivered[c.Version.Key] = append(delivered[c.Version.Key], c)
	}
	for _, key := range slices.Sorted(maps.Keys(r.lines)) {
		r.judgeKey(r.lines[key], delivered[key])
		delete(delivered, key)
	}
	for key := range delivered {
		r.complain("key %s was never there", key)
	}
	r.judgeState()
}

func (r *observer) complain(format string, a ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, a...))
}

// judgeKey checks the deliveries of one key.
func (r *observer) judgeKey(line []*entry, changes []delivery) {
	for i, e := range line {
		e.indexInLine = i
	}
	exempt := r.isExempt(line)
	last := -1
	covered := r.coveredUnseen(line, changes)
	got := map[int]bool{}
	for _, c := range changes {
		e := r.entryOf(line, c.Version, last)
		if e == nil {
			r.complain("%s: no such version was there", said([]Change{c.Change}))
			return
		}
		i := e.indexInLine
		switch {
		case exempt:
		case got[i]:
			r.complain("%s comes twice", said([]Change{c.Change}))
		case slices.ContainsFunc(line[i+1:], func(e *entry) bool { return got[e.indexInLine] && (!e.gone || e.goneAt.After(c.at)) }):
			r.complain("%s comes behind a newer version", said([]Change{c.Change}))
		}
		if string(c.Object.Body) != string(e.Body) {
			r.complain("%s: its bytes are %q", said([]Change{c.Change}), e.Body)
		}
		if !exempt {
			r.judgeOperation(line, last, e, c)
		}
		if c.Position.Mode == position.ModeSnapshot {
			covered = i
		}
		got[i], last = true, max(last, i)
	}
	if exempt {
		return
	}
	for i, e := range line {
		if r.settings.LatestOnly && slices.ContainsFunc(line[i:], func(e *entry) bool { return e.gone }) {
			continue // it was left out for one that went away before it was read
		}
		missing := r.isDue(e) && !got[i] && !isSameAs(line, e, got) && !r.isBehindMovedMarker(line, e)
		if missing && i > covered && (!r.settings.LatestOnly || i > last) {
			r.complain("%s=%s (%s, of %s) was not delivered", e.Key, e.Body, e.VersionID, e.LastModified)
		}
	}
}

// coveredUnseen returns the index of what the snapshot may have taken for the
// state of a key without a record of it, -1 if there is none: a delete marker, or
// what went away before it was read, of the second in which the source opened.
func (r *observer) coveredUnseen(line []*entry, changes []delivery) int {
	to := len(line)
	if len(changes) > 0 {
		to = slices.Index(line, r.entryOf(line, changes[0].Version, -1))
	}
	for i := to - 1; i >= 0; i-- {
		if e := line[i]; (e.DeleteMarker || e.gone) && e.LastModified.Before(r.openedEnd()) {
			return i
		}
	}
	return -1
}

// openedEnd is the end of the second in which the source opened.
func (r *observer) openedEnd() time.Time { return r.opened.Truncate(time.Second).Add(time.Second) }

// entryOf returns what a change is about. Null versions may look alike; then it
// is the next one.
func (r *observer) entryOf(line []*entry, v bucket.Version, last int) (found *entry) {
	for i, e := range line {
		sameTime := e.LastModified.Equal(v.LastModified) || v.VersionID == bucket.NullVersion && !v.DeleteMarker && e.LastModified.Unix() == v.LastModified.Unix()
		if e.VersionID == v.VersionID && e.ETag == v.ETag && sameTime && e.DeleteMarker == v.DeleteMarker {
			if found = e; i > last {
				break
			}
		}
	}
	return found
}

// judgeOperation checks what a change is said to be, given the index of the one
// before it.
func (r *observer) judgeOperation(line []*entry, last int, e *entry, c delivery) {
	since := []*entry{e}
	if r.settings.LatestOnly {
		if slices.ContainsFunc(line, func(e *entry) bool { return e.gone }) {
			return // what went away may have stood above those that were left out
		}
		since = line[min(last, e.indexInLine-1)+1 : e.indexInLine+1]
	}
	fits := false
	switch c.Operation {
	case Snapshot:
		fits = !e.DeleteMarker && e.LastModified.Before(r.openedEnd())
	case Create:
		fits = !e.DeleteMarker && (slices.ContainsFunc(since, func(e *entry) bool { return e.onNothing }) || replacesNull(line, e))
	case Update:
		fits = !e.DeleteMarker && (slices.ContainsFunc(since, func(e *entry) bool { return e.onObject }) || replacesNull(line, e))
	case Delete:
		fits = e.DeleteMarker
	}
	if !fits {
		r.complain("%s is not what happened", said([]Change{c.Change}))
	}
	if e.appeared.Before(r.opened) && !e.stateAtOpen && e.LastModified.Before(r.opened.Truncate(time.Second)) && c.Operation != Snapshot {
		r.complain("%s was there before", said([]Change{c.Change}))
	}
}

// replacesNull tells whether e replaced another null version. It may have been read
// in place of that one, whose neighbours were others.
func replacesNull(line []*entry, e *entry) bool {
	return e.VersionID == bucket.NullVersion && slices.ContainsFunc(line, func(other *entry) bool {
		return other != e && other.VersionID == e.VersionID && other.gone && !other.goneAt.Before(e.appeared)
	})
}

// isDue tells whether a source must deliver e: the state of its key when it
// opened, or a state later on, unless it went away for good.
func (r *observer) isDue(e *entry) bool {
	switch {
	case e.gone || !e.wasState:
		return false
	case e.appeared.After(r.opened):
		return true
	default:
		return e.stateAtOpen && !e.DeleteMarker
	}
}

// isBehindMovedMarker tells whether e appeared between a null version and the one
// that replaced it, in a key that fills a page: a listing that goes on behind the
// null version then takes e for an older one.
func (r *observer) isBehindMovedMarker(line []*entry, e *entry) bool {
	return len(line) > r.rules.PageSize && slices.ContainsFunc(line, func(null *entry) bool {
		return null.VersionID == bucket.NullVersion && null.gone && null.appeared.Before(e.appeared) && !null.goneAt.Before(e.appeared)
	})
}

// looksLike tells whether two null versions have the same bytes and the same second,
// which is all that an answer to a GET tells.
func looksLike(a, b *entry) bool {
	null := a.VersionID == bucket.NullVersion && b.VersionID == bucket.NullVersion && !a.DeleteMarker
	return a.is(b.Object) || null && a.ETag == b.ETag && a.LastModified.Unix() == b.LastModified.Unix()
}

// isSameAs tells whether a null version that can't be told from e was delivered.
func isSameAs(line []*entry, e *entry, got map[int]bool) bool {
	for i, other := range line {
		if got[i] && looksLike(other, e) {
			return true
		}
	}
	return false
}

// isExempt tells whether a key meets what the documentation leaves open: an
// upload that was initiated in the second that a version of another one bears, or
// null versions that come back to the same bytes within a second, and a restart
// between them.
func (r *observer) isExempt(line []*entry) bool {
	if r.isUnderReplacement(line) {
		return true
	}
	if r.restarts == 0 || len(line) == 0 {
		return false
	}
	for i, e := range line {
		for _, other := range line[:i] {
			if looksLike(e, other) {
				return true
			}
		}
	}
	seconds := map[int64]bool{}
	for _, e := range line {
		if r.rules.Multipart == s3test.MultipartCompletion && (bucket.Version{ETag: e.ETag}).IsMultipart() {
			seconds[e.LastModified.Unix()] = true
		}
	}
	for _, up := range r.began {
		if up.key == line[0].Key {
			if seconds[up.initiated.Unix()] {
				return true
			}
			seconds[up.initiated.Unix()] = true
		}
	}
	// A null version that an upload became may be read in place of the one that it
	// replaced. Positions carry the upload until it is found itself.
	return slices.ContainsFunc(r.log, func(c delivery) bool {
		return c.Version.Key == line[0].Key && c.Version.VersionID == bucket.NullVersion && c.Version.IsMultipart()
	})
}

// isUnderReplacement tells whether a version appeared under a null version that had
// replaced another one. That may have been delivered in its place by then.
func (r *observer) isUnderReplacement(line []*entry) bool {
	for i, e := range line {
		for _, above := range line[i+1:] {
			if e.VersionID != bucket.NullVersion && above.appeared.Before(e.appeared) && replacesNull(line, above) {
				return true
			}
		}
	}
	return false
}

// judgeState replays the changes, which must give the bucket's state. Where a
// version is deleted for good, and in a bucket without versions, a delete can't
// be seen.
func (r *observer) judgeState() {
	state := map[string]string{}
	for _, c := range r.log {
		if c.Operation == Delete {
			delete(state, c.Version.Key)
		} else {
			state[c.Version.Key] = string(c.Object.Body)
		}
	}
	unseen := r.purged || r.versioning == ""
	for _, o := range r.server.Objects(bucketName) {
		if r.isExempt(r.lines[o.Key]) {
			delete(state, o.Key)
			continue
		}
		if body, ok := state[o.Key]; body != string(o.Body) && (ok || !unseen) && !r.purged {
			r.complain("%s is %q in the records and %q in the bucket", o.Key, body, o.Body)
		}
		delete(state, o.Key)
	}
	if !unseen {
		for key := range state {
			if r.isExempt(r.lines[key]) {
				continue
			}
			r.complain("%s is not in the bucket any more", key)
		}
	}
}

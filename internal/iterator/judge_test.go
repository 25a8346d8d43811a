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
)

// wrong is a way to break a promise.
type wrong int

const (
	lost       wrong = iota // P1: a version that was due did not come
	repeated                // P2: a version came again
	misordered              // P3: it came after a newer one of its key
	misnamed                // its operation is not what happened
	stale                   // P3: the last record of a key is not its state
)

// keyJudge compares what came of a key with the truth.
type keyJudge struct {
	*observer
	key     string
	line    []*entry   // all that the key ever held, oldest first
	changes []delivery // of the key
	got     map[int]int
	covered int // the index up to which the snapshot has covered the key
	excused map[string]bool
}

// judge compares what was delivered with the truth.
func (r *observer) judge() {
	delivered := map[string][]delivery{}
	for _, c := range r.log {
		delivered[c.Version.Key] = append(delivered[c.Version.Key], c)
	}
	state := map[string]string{}
	for _, o := range r.server.Objects(bucketName) {
		state[o.Key] = string(o.Body)
	}
	for _, key := range slices.Sorted(maps.Keys(r.lines)) {
		body, exists := state[key]
		j := &keyJudge{
			observer: r, key: key, line: r.lines[key], changes: delivered[key],
			got: map[int]int{}, covered: -1, excused: map[string]bool{},
		}
		for i, e := range j.line {
			e.indexInLine = i
		}
		j.countExempt()
		j.judgeDeliveries()
		j.judgeLosses()
		j.judgeState(body, exists)
		for name := range j.excused {
			r.excuses[name]++
		}
		delete(delivered, key)
	}
	for key := range delivered {
		r.complain("key %s was never there", key)
	}
}

func (r *observer) complain(format string, a ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, a...))
}

// accuse complains, unless an exemption permits what is wrong.
func (j *keyJudge) accuse(c claim, format string, a ...any) {
	for _, e := range exemptions() {
		if slices.Contains(e.permits, c.wrong) && e.holds(j, c) {
			j.excused[e.name] = true
			return
		}
	}
	j.complain(format, a...)
}

// countExempt counts for which exemptions something could be wrong with the key.
func (j *keyJudge) countExempt() {
	for _, e := range exemptions() {
		for _, about := range j.line {
			if slices.ContainsFunc(e.permits, func(w wrong) bool {
				return (w != lost || j.isDue(about)) && e.holds(j, claim{w, about, len(j.log)})
			}) {
				j.exempt[e.name]++
				break
			}
		}
	}
}

// judgeDeliveries checks what came of the key.
func (j *keyJudge) judgeDeliveries() {
	last := -1
	for _, c := range j.changes {
		e := j.entryOf(c.Version, last)
		if e == nil {
			j.complain("%s: no such version was there", said([]Change{c.Change}))
			return
		}
		i := e.indexInLine
		about := claim{repeated, e, c.number}
		if j.got[i]++; j.got[i] > 1 {
			j.repeats++
			j.accuse(about, "%s comes %d times", said([]Change{c.Change}), j.got[i])
		} else if slices.ContainsFunc(j.line[i+1:], func(e *entry) bool { return j.got[e.indexInLine] > 0 && (!e.gone || e.goneAt.After(c.at)) }) {
			about.wrong = misordered
			j.accuse(about, "%s comes after a newer version", said([]Change{c.Change}))
		}
		if string(c.Object.Body) != string(e.Body) {
			j.complain("%s: its bytes are %q", said([]Change{c.Change}), e.Body)
		}
		about.wrong = misnamed
		j.judgeOperation(last, about, c)
		if c.Position.Mode == position.ModeSnapshot {
			j.covered = i
		}
		last = max(last, i)
	}
}

// judgeLosses checks that everything came that was due. Where only the latest of
// several changes are wanted, a newer one stands for those before it.
func (j *keyJudge) judgeLosses() {
	last := -1
	for i := range j.got {
		last = max(last, i)
	}
	for i, e := range j.line {
		if !j.isDue(e) || j.got[i] > 0 || i <= j.covered || j.settings.LatestOnly && i <= last {
			continue
		}
		j.accuse(claim{lost, e, len(j.log)}, "%s=%s (%s, of %s) was not delivered", e.Key, e.Body, e.VersionID, e.LastModified)
	}
}

// judgeState replays the changes of the key, which must give its state. Where a
// version is deleted for good, and in a bucket without versions, a delete can't be
// seen.
func (j *keyJudge) judgeState(body string, exists bool) {
	if j.purged || len(j.line) == 0 {
		return
	}
	about := claim{stale, j.line[len(j.line)-1], len(j.log)}
	var said string
	there := false
	if n := len(j.changes); n > 0 {
		said, there = string(j.changes[n-1].Object.Body), j.changes[n-1].Operation != Delete
	}
	switch unseen := j.versioning == ""; {
	case exists && there && said != body:
		j.accuse(about, "%s is %q in the records and %q in the bucket", j.key, said, body)
	case exists && !there:
		j.accuse(about, "%s is not in the records and %q in the bucket", j.key, body)
	case there && !exists && !unseen:
		j.accuse(about, "%s is not in the bucket any more", j.key)
	}
}

// startEnd is the end of the second in which the source started, by the Date that
// it was told. A source without one takes all that it meets first for what was
// there.
func (r *observer) startEnd() time.Time {
	if r.start.IsZero() {
		return time.Unix(1<<40, 0)
	}
	return r.start.Truncate(time.Second).Add(time.Second)
}

// entryOf returns what a change is about. Null versions may look alike; then it
// is the next one.
func (j *keyJudge) entryOf(v bucket.Version, last int) (found *entry) {
	for i, e := range j.line {
		sameTime := v.VersionID != bucket.NullVersion || e.LastModified.Equal(v.LastModified) || !v.DeleteMarker && e.LastModified.Unix() == v.LastModified.Unix()
		if e.VersionID == v.VersionID && e.ETag == v.ETag && sameTime && e.DeleteMarker == v.DeleteMarker {
			if found = e; i > last {
				break
			}
		}
	}
	return found
}

// judgeOperation checks what a change is said to be, given the index of the newest
// one before it.
func (j *keyJudge) judgeOperation(last int, about claim, c delivery) {
	e := about.e
	since := []*entry{e}
	if j.settings.LatestOnly {
		if slices.ContainsFunc(j.line, func(e *entry) bool { return e.gone }) {
			return // what went away may have been above those that were left out
		}
		since = j.line[min(last, e.indexInLine-1)+1 : e.indexInLine+1]
	}
	fits := false
	switch c.Operation {
	case Snapshot:
		fits = !e.DeleteMarker && e.LastModified.Before(j.startEnd())
	case Create:
		fits = !e.DeleteMarker && (slices.ContainsFunc(since, func(e *entry) bool { return e.onNothing }) || replacesNull(j.line, e))
	case Update:
		fits = !e.DeleteMarker && (slices.ContainsFunc(since, func(e *entry) bool { return e.onObject }) || replacesNull(j.line, e))
	case Delete:
		fits = e.DeleteMarker
	}
	if !fits {
		j.accuse(about, "%s is not what happened", said([]Change{c.Change}))
	}
	before := e.appeared.Before(j.opened) && !e.stateAtOpen && e.LastModified.Before(j.startEnd().Add(-time.Second))
	if before && c.Operation != Snapshot && c.Position.Mode != position.ModeSnapshot {
		j.accuse(about, "%s was there before", said([]Change{c.Change}))
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

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
)

// collector collects the changes of a range of keys. It visits the versions of a
// key from the newest to the oldest, and what they are depends on what is above:
//
//	state of the key                    the next version is
//	                                    old          | seen         | awaited   | young
//	fresh       nothing above matters   → covered    | → superseded | a finding | a finding
//	covered     a version above is      stays        | → superseded | too late  | a finding
//	            older than the window                |              |           |
//	superseded  a version above was     stays        | stays        | too late  | too late
//	            delivered                            |              |           |
//	collapsing  a version above is all  → superseded | → superseded | collapsed | collapsed
//	            that is wanted                       |              |           |
//
// old: before the window; seen: it needs no delivery any more; awaited: before the
// window of ordinary versions, but it was a multipart upload that may have become
// visible since; young: none of these.
// With LatestOnly, a finding makes the key collapsing. What is too late became
// visible under a version that was delivered, so it was never the object's state:
// it is only marked. What is collapsed becomes a silent finding: it is marked where
// it would be delivered, so that positions know it by the order of delivery.
type collector struct {
	reading    *reading
	window     position.Window
	seen       *position.Seen
	silent     map[position.Fingerprint]bool // delivered, and yet to be marked
	pending    *pending
	latestOnly bool
	matches    func(key string) bool
	findings   *findings

	// Of the key that the last visited version belongs to:
	key   string
	state keyState
	line  []candidate // what is not old, from the newest to the oldest
	count int         // of line, how many are findings that are not silent
	// newest is, while collapsing, the finding that stands for those below.
	newest *finding
}

type keyState int

const (
	fresh keyState = iota
	covered
	superseded
	collapsing
)

// candidate is a version of a key that is not old.
type candidate struct {
	version  bucket.Version
	finding  *finding // nil: it is none
	marked   bool     // it is to be marked
	modified time.Time
}

// Answered takes in the time that a page tells.
func (c *collector) Answered(page bucket.Page) { c.reading.answered(page) }

// Visit collects v if it is a change.
func (c *collector) Visit(v bucket.Version, below *bucket.Version) error {
	if v.Key != c.key {
		c.endKey()
		c.key, c.state = v.Key, fresh
		if !c.matches(v.Key) {
			c.state = superseded
		}
	}
	inside, young := c.window.HasVersion(&v), v.LastModified.Unix() >= c.window.Since
	if !inside && !c.pending.awaits(v) {
		if c.pending.wasBefore(v) {
			c.passOver(v)
		}
		switch c.state {
		case fresh:
			c.state = covered
		case collapsing:
			c.state = superseded
		case covered, superseded:
		}
		return nil
	}
	e := candidate{modified: v.LastModified}
	switch {
	case inside && c.seen.Meet(position.OfVersion(v)):
		c.state = superseded
		c.passOver(v)
	case len(c.silent) > 0 && c.silent[position.OfVersion(v)]:
		c.state = superseded
		c.passOver(v)
		e.finding = &finding{version: v, awaited: !inside, silent: true}
	case c.state == collapsing:
		c.newest.operation = operationOf(c.newest.version, below)
		c.passOver(v)
		e.finding = &finding{version: v, awaited: !inside, silent: true}
	case c.state == superseded, c.state == covered && !young:
		e.version, e.marked = v, inside
		c.passOver(v)
	default:
		e.finding = &finding{operation: operationOf(v, below), version: v, awaited: !inside, alone: below == nil && c.state == fresh && len(c.line) == 0}
		c.count++
		if c.latestOnly {
			c.state, c.newest = collapsing, e.finding
		}
	}
	c.line = append(c.line, e)
	if c.count > 2*c.findings.limit {
		c.leave()
	}
	return nil
}

// passOver notes that a version may be what an upload in progress became and needs
// no delivery.
func (c *collector) passOver(v bucket.Version) {
	if c.pending.concerns(v) {
		c.findings.passOver(v)
	}
}

// leave leaves the newer half of the findings of a key with very many of them to
// the next scan. They are the first of the line.
func (c *collector) leave() {
	for i := range c.findings.limit {
		c.findings.leave(c.line[i].finding)
	}
	c.line = append(c.line[:0], c.line[c.findings.limit:]...)
	c.count -= c.findings.limit
	c.line[0].finding.cut = true
}

// endKey orders the versions of the key: by time, but none before an older version
// of the key, since within a key the order of the listing is the truth.
func (c *collector) endKey() {
	if len(c.line) == 0 {
		return
	}
	var order time.Time
	var findings []*finding
	var late []position.Mark
	for i := len(c.line) - 1; i >= 0; i-- {
		e := &c.line[i]
		order = later(order, e.modified)
		if e.finding != nil {
			e.finding.order, e.finding.rank = order, len(findings)
			findings = append(findings, e.finding)
		} else if e.marked {
			late = append(late, position.MarkOf(e.version, order.Unix()))
		}
	}
	c.findings.add(findings, late)
	clear(c.line)
	c.line, c.count = c.line[:0], 0
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

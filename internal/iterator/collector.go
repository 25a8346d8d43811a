// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// collector collects the changes of a range of keys.
type collector struct {
	began      time.Time // the server's time when the listing of the range began
	oldest     time.Time // nothing up to here is a change, unless it is awaited
	known      *window
	awaited    *uploads
	latestOnly bool
	limit      int // of found, about

	// Of the key that the last visited version belongs to:
	key        string
	covered    bool // a version above was the state before this scan
	superseded bool // a version above was delivered before
	collapsing bool // a version above is all that is wanted, and what it changes is not known yet
	passed     bool // nothing of it is wanted now

	found   []finding
	late    []mark           // of versions that are not to be delivered
	settled []bucket.Version // awaited, and not to be delivered
	cutoff  time.Time        // found holds nothing from here on; zero: it holds all
}

// finding is a version that a scan found to be a change.
type finding struct {
	operation Operation
	version   bucket.Version
	mark      mark
	// order is the version's time, but never before that of an older version
	// of the key: within a key the listing's order is the truth.
	order time.Time
}

func (p *collector) Visit(v bucket.Version, below *bucket.Version) error {
	if v.Key != p.key {
		p.bound()
		p.key, p.covered, p.superseded, p.collapsing, p.passed = v.Key, false, false, false, false
	}
	young := v.LastModified.After(p.oldest)
	awaited := p.awaited.has(v)
	if !young && !awaited {
		p.covered, p.collapsing = true, false
		return nil
	}
	m := markOf(v)
	switch {
	case p.passed:
	case p.known.has(m.ID):
		p.superseded, p.collapsing = true, false
		p.settle(v, awaited)
	case p.collapsing:
		p.collapse(v, m, below)
		p.settle(v, awaited)
	case p.superseded, !young && p.covered:
		p.late = append(p.late, m)
		p.settle(v, awaited)
	default:
		p.find(finding{operation: operationOf(v, below), version: v, mark: m, order: v.LastModified})
	}
	return nil
}

func (p *collector) settle(v bucket.Version, awaited bool) {
	if awaited {
		p.settled = append(p.settled, v)
	}
}

// find adds a change, unless it is as young as what is left to the next scan.
// Then the versions above it are left, too.
func (p *collector) find(c finding) {
	p.found = append(p.found, c)
	for i := len(p.found) - 2; i >= 0 && p.found[i].version.Key == c.version.Key; i-- {
		p.found[i].order = later(p.found[i].order, c.order)
	}
	for p.isCutOff(c.order) && len(p.found) > 0 && p.found[len(p.found)-1].version.Key == c.version.Key {
		p.found = p.found[:len(p.found)-1]
		p.passed = p.latestOnly
	}
	p.collapsing = p.latestOnly && !p.passed
}

func (p *collector) isCutOff(t time.Time) bool { return !p.cutoff.IsZero() && !t.Before(p.cutoff) }

// collapse leaves out v, for whose key a newer version was found, and lets that
// one say what became of what stands below v.
func (p *collector) collapse(v bucket.Version, m mark, below *bucket.Version) {
	newest := &p.found[len(p.found)-1]
	newest.operation = operationOf(newest.version, below)
	// What is older than the newest one is forgotten no later.
	if v.LastModified.After(newest.version.LastModified) {
		p.late = append(p.late, m)
	}
}

// bound leaves the youngest changes to the next scan if there are too many. At
// least those of one second stay.
func (p *collector) bound() {
	if len(p.found) < 2*p.limit {
		return
	}
	orders := make([]time.Time, len(p.found))
	for i, c := range p.found {
		orders[i] = c.order
	}
	slices.SortFunc(orders, time.Time.Compare)
	p.cutoff = later(orders[p.limit], orders[0].Add(time.Second)).Truncate(time.Second)
	p.found = slices.DeleteFunc(p.found, func(c finding) bool { return p.isCutOff(c.order) })
	p.limit = max(p.limit, len(p.found))
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

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

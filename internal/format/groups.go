// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"iter"
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
)

// kindOfBoth returns what both kinds are, if they can be one: what is absent can be
// anything.
func kindOfBoth(k, other kind) (kind, bool) {
	if k == absent {
		return other, true
	}
	return k, other == absent || k == other
}

// traits are what the records of one object have in common.
type traits struct {
	collection          string
	key, payload        schemaID
	keys, before, after kind
}

// shape returns the kinds of what of a record has columns.
type shape func(opencdc.Record) (keys, before, after kind)

// presence is the shape of records as lines, which may hold anything.
func presence(rec opencdc.Record) (keys, before, after kind) {
	keys, before, after = wholeShape(rec)
	return min(keys, raw), min(before, raw), min(after, raw)
}

// wholeShape is the shape of records that have columns for all they are.
func wholeShape(rec opencdc.Record) (keys, before, after kind) {
	return kindOf(rec.Key), kindOf(rec.Payload.Before), kindOf(rec.Payload.After)
}

func traitsOf(rec opencdc.Record, shape shape) traits {
	t := traits{collection: rec.Metadata[opencdc.MetadataCollection]}
	t.keys, t.before, t.after = shape(rec)
	if t.keys != absent {
		t.key = keySchemaOf(rec.Metadata)
	}
	if t.before != absent || t.after != absent {
		t.payload = payloadSchemaOf(rec.Metadata)
	}
	return t
}

// with returns the traits of both, which have one collection, if they can share an
// object.
func (t traits) with(other traits) (traits, bool) {
	both := t
	if t.keys == absent {
		both.key = other.key
	}
	if t.before == absent && t.after == absent {
		both.payload = other.payload
	}
	var keysFit, beforeFits, afterFits bool
	both.keys, keysFit = kindOfBoth(t.keys, other.keys)
	both.before, beforeFits = kindOfBoth(t.before, other.before)
	both.after, afterFits = kindOfBoth(t.after, other.after)
	fits := keysFit && beforeFits && afterFits &&
		(other.keys == absent || both.key == other.key) &&
		(other.before == absent && other.after == absent || both.payload == other.payload)
	return both, fits
}

// group is the records that go into one object.
type group struct {
	traits  traits
	records []int
}

// groupsOf returns the records' indexes, object by object: see Encoder.Groups.
//
// A record joins the first group that it fits into. A batch has few of them in a
// collection, so each record looks at all.
func groupsOf(recs []opencdc.Record, shape shape) [][]int {
	var groups []*group
	byCollection := make(map[string][]*group, 1)
	next := 0
	for r := range runsOf(recs, shape) {
		g := groupFor(byCollection[r.collection], r.traits)
		if g == nil {
			g = &group{traits: r.traits}
			groups = append(groups, g)
			byCollection[r.collection] = append(byCollection[r.collection], g)
		}
		for range r.length {
			g.records = append(g.records, next)
			next++
		}
	}
	indexes := make([][]int, len(groups))
	for i, g := range groups {
		indexes[i] = g.records
	}
	return indexes
}

// groupFor returns the first of groups that records with these traits fit into,
// with their traits added to its own, or nil.
func groupFor(groups []*group, t traits) *group {
	for _, g := range groups {
		if both, fits := g.traits.with(t); fits {
			g.traits = both
			return g
		}
	}
	return nil
}

// run is records that follow each other and have the same traits.
type run struct {
	traits
	length int
}

// runWindow is how many records have their runs found at a time, on all
// processors.
const runWindow = 64 * blockSize

// runsOf returns the runs of recs in their order, none across blocks.
func runsOf(recs []opencdc.Record, shape shape) iter.Seq[run] {
	return func(yield func(run) bool) {
		for window := range slices.Chunk(recs, runWindow) {
			runs := make([][]run, blocks(window))
			_ = inBlocks(window, func() struct{} { return struct{}{} }, func(_ struct{}, block int, recs []opencdc.Record) error {
				runs[block] = runsOfBlock(recs, shape)
				return nil
			})
			for _, r := range slices.Concat(runs...) {
				if !yield(r) {
					return
				}
			}
		}
	}
}

func runsOfBlock(recs []opencdc.Record, shape shape) []run {
	var runs []run
	for _, rec := range recs {
		t := traitsOf(rec, shape)
		if last := len(runs) - 1; last >= 0 && runs[last].traits == t {
			runs[last].length++
		} else {
			runs = append(runs, run{t, 1})
		}
	}
	return runs
}

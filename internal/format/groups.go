// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"iter"
	"runtime"
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"golang.org/x/sync/errgroup"
)

// mergeKinds returns the kind of a field that has both kinds, and whether there is
// one. Absent fits any kind.
func mergeKinds(k, other value.Kind) (value.Kind, bool) {
	if k == value.Absent {
		return other, true
	}
	return k, other == value.Absent || k == other
}

// traits is what the records of an object have in common.
type traits struct {
	collection          string
	key, payload        value.SchemaID
	keys, before, after value.Kind
}

// shapeFunc returns the kinds of data in a record that its format distinguishes.
type shapeFunc func(opencdc.Record) (key, before, after value.Kind)

func traitsOf(rec opencdc.Record, shape shapeFunc) traits {
	t := traits{collection: rec.Metadata[opencdc.MetadataCollection]}
	t.keys, t.before, t.after = shape(rec)
	if t.keys != value.Absent {
		t.key = value.KeySchemaOf(rec.Metadata)
	}
	if t.before != value.Absent || t.after != value.Absent {
		t.payload = value.PayloadSchemaOf(rec.Metadata)
	}
	return t
}

// merge returns the common traits, which have the same collection, and whether their
// records can share an object.
func (t traits) merge(other traits) (traits, bool) {
	both := t
	if t.keys == value.Absent {
		both.key = other.key
	}
	if t.before == value.Absent && t.after == value.Absent {
		both.payload = other.payload
	}
	var keysFit, beforeFits, afterFits bool
	both.keys, keysFit = mergeKinds(t.keys, other.keys)
	both.before, beforeFits = mergeKinds(t.before, other.before)
	both.after, afterFits = mergeKinds(t.after, other.after)
	fits := keysFit && beforeFits && afterFits &&
		(other.keys == value.Absent || both.key == other.key) &&
		(other.before == value.Absent && other.after == value.Absent || both.payload == other.payload)
	return both, fits
}

// group is the records of an object.
type group struct {
	traits  traits
	records []int
}

// groupsOf returns the indexes of the records of each object, see Encoder.Groups.
//
// A record joins the first group that it fits. A batch has few groups in a
// collection, so all of them are compared.
func groupsOf(recs []opencdc.Record, shape shapeFunc) [][]int {
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

// groupFor returns the first group that fits traits, and merges them into it, or nil.
func groupFor(groups []*group, t traits) *group {
	for _, g := range groups {
		if both, fits := g.traits.merge(t); fits {
			g.traits = both
			return g
		}
	}
	return nil
}

// run is consecutive records with the same traits.
type run struct {
	traits
	length int
}

// groupChunk is the number of records that a goroutine takes at a time. groupWindow
// is the number of records whose runs are in memory.
const (
	groupChunk  = 256
	groupWindow = 16 * groupChunk
)

// runsOf returns the runs of recs, in order. A run does not continue in another chunk.
func runsOf(recs []opencdc.Record, shape shapeFunc) iter.Seq[run] {
	return func(yield func(run) bool) {
		for window := range slices.Chunk(recs, groupWindow) {
			for _, r := range slices.Concat(runsOfChunks(window, shape)...) {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// runsOfChunks returns the runs of each chunk, using all processors.
func runsOfChunks(recs []opencdc.Record, shape shapeFunc) [][]run {
	chunks := slices.Collect(slices.Chunk(recs, groupChunk))
	runs := make([][]run, len(chunks))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, chunk := range chunks {
		group.Go(func() error {
			runs[i] = runsOfChunk(chunk, shape)
			return nil
		})
	}
	_ = group.Wait() // no goroutine returns an error
	return runs
}

func runsOfChunk(recs []opencdc.Record, shape shapeFunc) []run {
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

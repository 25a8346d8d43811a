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

// traits is what the records of an object have in common.
type traits struct {
	collection         string
	key, payload       value.SchemaID
	hasKey, hasPayload bool
}

func traitsOf(rec opencdc.Record) traits {
	t := traits{
		collection: rec.Metadata[opencdc.MetadataCollection],
		hasKey:     value.KindOf(rec.Key) != value.Absent,
		hasPayload: value.KindOf(rec.Payload.Before) != value.Absent || value.KindOf(rec.Payload.After) != value.Absent,
	}
	if t.hasKey {
		t.key = value.KeySchemaOf(rec.Metadata)
	}
	if t.hasPayload {
		t.payload = value.PayloadSchemaOf(rec.Metadata)
	}
	return t
}

// merge returns the common traits, which have the same collection, and whether their
// records can share an object. The schema of absent data does not matter.
func (t traits) merge(other traits) (both traits, fits bool) {
	both = t
	if !t.hasKey {
		both.key, both.hasKey = other.key, other.hasKey
	}
	if !t.hasPayload {
		both.payload, both.hasPayload = other.payload, other.hasPayload
	}
	fits = (!other.hasKey || both.key == other.key) && (!other.hasPayload || both.payload == other.payload)
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
func groupsOf(recs []opencdc.Record) [][]int {
	var groups []*group
	byCollection := make(map[string][]*group, 1)
	next := 0
	for r := range runsOf(recs) {
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
func runsOf(recs []opencdc.Record) iter.Seq[run] {
	return func(yield func(run) bool) {
		for window := range slices.Chunk(recs, groupWindow) {
			for _, r := range slices.Concat(runsOfChunks(window)...) {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// runsOfChunks returns the runs of each chunk, using all processors.
func runsOfChunks(recs []opencdc.Record) [][]run {
	chunks := slices.Collect(slices.Chunk(recs, groupChunk))
	runs := make([][]run, len(chunks))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, chunk := range chunks {
		group.Go(func() error {
			runs[i] = runsOfChunk(chunk)
			return nil
		})
	}
	_ = group.Wait() // no goroutine returns an error
	return runs
}

func runsOfChunk(recs []opencdc.Record) []run {
	var runs []run
	for _, rec := range recs {
		t := traitsOf(rec)
		if last := len(runs) - 1; last >= 0 && runs[last].traits == t {
			runs[last].length++
		} else {
			runs = append(runs, run{t, 1})
		}
	}
	return runs
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
)

var (
	tables    = flag.Int("tables", 2, "how many random tables to read with all engines, of each kind of drift and of several")
	tableSeed = flag.Uint64("tables.seed", 1, "the first of their seeds")
)

// Whatever the records of many small objects hold, engines read the objects as one
// table that has all of it.
func TestTable_ObjectsOfADriftingPopulation(t *testing.T) {
	j := newJudge(t)
	for i := range *tables {
		seed := *tableSeed + uint64(i)
		p, on := anyKinds(seed)
		batches := p.batches()
		for _, opts := range tableOptions {
			if err := j.check(t.Context(), opts, batches); err != nil {
				t.Errorf("seed %d: %s: %s: %v\n%s", seed, strings.Join(on, ", "), opts.Layout, err, j.smallest(t.Context(), opts, batches))
			}
		}
	}
}

func TestTable_ObjectsThatDriftInOneWay(t *testing.T) {
	j := newJudge(t)
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			for i := range *tables {
				seed := *tableSeed + uint64(i)
				batches := newPopulation(seed, kind).batches()
				for _, opts := range tableOptions {
					if err := j.check(t.Context(), opts, batches); err != nil {
						t.Fatalf("seed %d: %s: %v\n%s", seed, opts.Layout, err, j.smallest(t.Context(), opts, batches))
					}
				}
			}
		})
	}
}

var tableOptions = []format.Options{
	{Format: format.Parquet, Layout: format.Envelope, Schemas: versions},
	{Format: format.Parquet, Layout: format.Flat, Schemas: versions},
}

// maxShrinking is how long a table is made smaller.
const maxShrinking = 15 * time.Second

// smallest returns the least of batches with which check still finds something, in
// words.
func (j *judge) smallest(ctx context.Context, opts format.Options, batches []batch) string {
	where := func(err error) string { // the order, the engine and what is wrong
		parts := strings.SplitN(fmt.Sprint(err), ":", 4)
		return strings.Join(parts[:len(parts)-1], ":")
	}
	first := where(j.check(ctx, opts, batches))
	start := time.Now()
	fails := func(b []batch) bool {
		if time.Since(start) > maxShrinking {
			return false
		}
		err := j.check(ctx, opts, b)
		return err != nil && where(err) == first
	}
	batches = fewer(batches, fails)
	for i := range batches {
		batches[i].records = fewer(batches[i].records, func(recs []opencdc.Record) bool {
			less := slices.Clone(batches)
			less[i].records = recs
			return fails(less)
		})
		j.smallestRecords(batches, i, fails)
	}
	text := fmt.Sprintf("the least with which something is wrong: %v", j.check(ctx, opts, batches))
	for i, b := range batches {
		text += fmt.Sprintf("\nbatch %d", i)
		if b.restart {
			text += ", after a restart"
		}
		for _, rec := range b.records {
			text += brief(fmt.Sprintf("\n  %s %s key %v before %v after %v", rec.Position, rec.Operation, rec.Key, rec.Payload.Before, rec.Payload.After))
		}
	}
	return text
}

// smallestRecords takes fields from the payloads of a batch.
func (j *judge) smallestRecords(batches []batch, at int, fails func([]batch) bool) {
	recs := slices.Clone(batches[at].records)
	batches[at].records = recs
	for i := range recs {
		for _, payload := range []*opencdc.Data{&recs[i].Payload.Before, &recs[i].Payload.After} {
			fields, ok := (*payload).(opencdc.StructuredData)
			if !ok {
				continue
			}
			with := func(names []string) opencdc.Data {
				some := opencdc.StructuredData{}
				for _, name := range names {
					some[name] = fields[name]
				}
				return some
			}
			*payload = with(fewer(sortedKeys(fields), func(names []string) bool {
				*payload = with(names)
				return fails(batches)
			}))
		}
	}
}

// fewer removes the items without which it still fails.
func fewer[T any](all []T, fails func([]T) bool) []T {
	for size := (len(all) + 1) / 2; size > 0; size /= 2 {
		for from := 0; from < len(all); {
			to := min(from+size, len(all))
			if less := slices.Concat(all[:from], all[to:]); len(less) > 0 && fails(less) {
				all = less
			} else {
				from = to
			}
		}
	}
	return all
}

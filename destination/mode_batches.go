// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"io"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/crash"
	"github.com/conduitio/conduit-connector-s3/internal/format"
)

// batchesMode is the mode in which an object has many records.
type batchesMode struct {
	storer
	planner planner
	namer   namer
}

func newBatchesMode(objects storer, p planner, layout string) *batchesMode {
	objects.options.ContentType = p.encoder.ContentType()
	objects.options.ContentEncoding = p.encoder.ContentEncoding()
	return &batchesMode{storer: objects, planner: p, namer: namer{p.prefix, p.encoder.Extension(), layout}}
}

// write stores the records up to the first that can't be encoded, several objects
// in parallel.
func (b *batchesMode) write(ctx context.Context, recs []opencdc.Record) (int, error) {
	plan := b.planner.plan(recs)
	twins := plan.twins(recs)
	stored, err := b.run(ctx, len(plan.folders), plan.objects, func(ctx context.Context, object job) (int, error) {
		up := b.upload(len(plan.objects))
		records := pick(recs, object)
		content := format.NewObject(b.planner.encoder, records, plan.tables[object[0]])
		up.Write = func(w io.Writer) error { return crash.Catch(func() error { return content.Encode(w) }) }
		up.Key = func() string {
			first := object[0]
			return b.namer.name(plan.folders[first], records, content.Hash(), twins[first])
		}
		return 0, b.store.Store(ctx, up)
	})
	if err != nil {
		return stored, err
	}
	return stored, plan.refused
}

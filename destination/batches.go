// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"io"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
)

// batches is the mode in which an object holds many records.
type batches struct {
	uploads
	encoder format.Encoder
	planner planner
	names   namer
}

func newBatches(up uploads, encoder format.Encoder, p planner) *batches {
	up.options.ContentType = encoder.ContentType()
	up.options.ContentEncoding = encoder.ContentEncoding()
	return &batches{uploads: up, encoder: encoder, planner: p, names: namer{p.prefix, encoder.Extension()}}
}

// write stores the records up to the first that can't be encoded, several
// objects at a time. Nothing behind a record that can't be encoded is stored.
func (b *batches) write(ctx context.Context, recs []opencdc.Record) (int, error) {
	plan := b.planner.plan(recs)
	stored, err := b.run(ctx, len(plan.folders), plan.objects, func(ctx context.Context, object job) (int, error) {
		up := b.upload(len(plan.objects))
		records := pick(recs, object)
		identity := format.NewIdentity(records)
		up.Write = func(w io.Writer) error { return b.encoder.Encode(w, records, identity) }
		up.Key = func() string { return b.names.name(plan.folders[object[0]], records, identity.Sum()) }
		return 0, b.store.Store(ctx, up)
	})
	if err != nil {
		return stored, err
	}
	return stored, plan.refused
}

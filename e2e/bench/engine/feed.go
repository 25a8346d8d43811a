// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/records"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// feed is a source that hands out prepared records in batches, as quickly as
// they are taken, and ends the engine when all are acknowledged.
type feed struct {
	sdk.UnimplementedSource
	config feedConfig
	batch  int
	left   []opencdc.Record
	total  int
	result job.Result
	end    context.CancelCauseFunc
}

type feedConfig struct {
	sdk.UnimplementedSourceConfig
}

func newFeed(j job.Job, end context.CancelCauseFunc) *feed {
	recs := records.New(j.Records)
	return &feed{batch: j.Batch, left: recs, total: len(recs), end: end}
}

func (f *feed) Config() sdk.SourceConfig { return &f.config }

func (*feed) Open(context.Context, opencdc.Position) error { return nil }

// ReadN returns batches of the job's size: the engine, which asks for one record
// at a time, takes what it is given.
func (f *feed) ReadN(ctx context.Context, _ int) ([]opencdc.Record, error) {
	if len(f.left) == 0 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if f.result.Began.IsZero() {
		f.result.Began = time.Now()
	}
	n := min(f.batch, len(f.left))
	recs := f.left[:n]
	f.left = f.left[n:]
	return recs, nil
}

func (f *feed) Ack(context.Context, opencdc.Position) error {
	f.result.Records++
	if f.result.Records == f.total {
		f.result.Ended = time.Now()
		f.end(errDone)
	}
	return nil
}

func (*feed) Teardown(context.Context) error { return nil }

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"runtime"
	"time"

	"github.com/conduitio/conduit-connector-s3/destination"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/records"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// writeDestination drives the destination in this process.
func writeDestination(ctx context.Context, j job.Job) (job.Result, error) {
	d := destination.NewDestination()
	if err := sdk.Util.ParseConfig(ctx, j.Settings, d.Config(), destination.Config{}.Parameters()); err != nil {
		return job.Result{}, err
	}
	if err := d.Open(ctx); err != nil {
		return job.Result{}, err
	}
	defer d.Teardown(context.WithoutCancel(ctx)) //nolint:errcheck // the process ends with it
	recs := records.New(j.Records)
	result := begin()
	for result.Records < len(recs) {
		n, err := d.Write(ctx, recs[result.Records:min(result.Records+j.Write, len(recs))])
		if err != nil {
			return job.Result{}, err
		}
		result.Records += n
	}
	end(&result)
	return result, nil
}

// begin begins what is measured. Until end, it holds the allocations of before.
func begin() job.Result { return job.Result{Allocations: allocations(), Began: time.Now()} }

func end(r *job.Result) {
	r.Ended = time.Now()
	r.Allocations = allocations() - r.Allocations
}

// allocations returns how many allocations the process has made so far.
func allocations() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.Mallocs
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/source"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// readLimit is how many records a read asks for.
const readLimit = 1000

// readSource drives the source in this process.
func readSource(ctx context.Context, j job.Job) (job.Result, error) {
	s := source.NewSource()
	if err := sdk.Util.ParseConfig(ctx, j.Settings, s.Config(), source.Config{}.Parameters()); err != nil {
		return job.Result{}, err
	}
	if err := s.Open(ctx, opencdc.Position(j.Position)); err != nil {
		return job.Result{}, err
	}
	defer s.Teardown(context.WithoutCancel(ctx)) //nolint:errcheck // the process ends with it
	counter, err := job.NewCounter(j)
	if err != nil {
		return job.Result{}, err
	}
	for !counter.Done() {
		recs, err := s.ReadN(ctx, readLimit)
		if errors.Is(err, context.Canceled) {
			break
		}
		if err != nil {
			return job.Result{}, err
		}
		for _, rec := range recs {
			if err := count(counter, rec); err != nil {
				return job.Result{}, err
			}
			if err := s.Ack(ctx, rec.Position); err != nil {
				return job.Result{}, err
			}
		}
	}
	return counter.Result(), nil
}

func count(c *job.Counter, rec opencdc.Record) error {
	size := 0
	if rec.Payload.After != nil {
		size = len(rec.Payload.After.Bytes())
	}
	return c.Add(string(rec.Key.Bytes()), size)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// ends are what the benchmark puts at the other end of a pipeline; one of them
// is nil.
type ends struct {
	sink *sink
	feed *feed
}

func (e ends) result() job.Result {
	if e.sink != nil {
		return e.sink.counter.Result()
	}
	return e.feed.result
}

func (e ends) sinkConnector() sdk.Connector {
	return sdk.Connector{
		NewSpecification: func() sdk.Specification {
			return sdk.Specification{Name: "sink", Version: "v0.1.0", Author: "benchmark"}
		},
		NewDestination: func() sdk.Destination { return e.sink },
	}
}

func (e ends) feedConnector() sdk.Connector {
	return sdk.Connector{
		NewSpecification: func() sdk.Specification {
			return sdk.Specification{Name: "feed", Version: "v0.1.0", Author: "benchmark"}
		},
		NewSource: func() sdk.Source { return e.feed },
	}
}

// sink is a destination that counts records.
type sink struct {
	sdk.UnimplementedDestination
	config struct {
		sdk.UnimplementedDestinationConfig
	}
	counter *job.Counter
	end     context.CancelCauseFunc
}

func (s *sink) Config() sdk.DestinationConfig { return &s.config }

func (*sink) Open(context.Context) error { return nil }

func (s *sink) Write(_ context.Context, recs []opencdc.Record) (int, error) {
	for i, rec := range recs {
		if s.counter.Done() {
			break
		}
		size := 0
		if rec.Payload.After != nil {
			size = len(rec.Payload.After.Bytes())
		}
		if err := s.counter.Add(string(rec.Key.Bytes()), size); err != nil {
			return i, err
		}
	}
	if s.counter.Done() {
		s.end(errDone)
	}
	return len(recs), nil
}

func (*sink) Teardown(context.Context) error { return nil }

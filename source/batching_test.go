// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// script is a reader of records: each comes some time after the one before, then
// err, or nothing any more.
type script struct {
	next    int // of all
	all     int
	apart   time.Duration
	payload opencdc.RawData
	err     error
}

func (s *script) read(ctx context.Context) (opencdc.Record, error) {
	if s.next == s.all && s.err != nil {
		return opencdc.Record{}, s.err
	}
	wait := s.apart
	if s.next == s.all {
		wait = time.Hour
	}
	if s.next > 0 && wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return opencdc.Record{}, ctx.Err()
		}
	}
	s.next++
	return opencdc.Record{Payload: opencdc.Change{After: s.payload}}, nil
}

func TestCollect_SizeDelayAndBytesEndABatch(t *testing.T) {
	byDefault := batching{size: 1000, delay: 10 * time.Millisecond}
	for name, test := range map[string]struct {
		batching batching
		script   script
		want     []int // the sizes of the first batches
		took     time.Duration
	}{
		"ready records fill batches":         {byDefault, script{all: 2500}, []int{1000, 1000, 500}, 10 * time.Millisecond},
		"few records wait for the delay":     {byDefault, script{all: 3}, []int{3}, 10 * time.Millisecond},
		"records that drip in come soon":     {byDefault, script{all: 5, apart: 4 * time.Millisecond}, []int{3}, 10 * time.Millisecond},
		"size 1":                             {batching{size: 1}, script{all: 3}, []int{1, 1, 1}, 0},
		"size 1 with a delay":                {batching{size: 1, delay: time.Minute}, script{all: 3}, []int{1, 1, 1}, 0},
		"a size without a delay":             {batching{size: 1000}, script{all: 3}, []int{3}, minDelay},
		"records of a third of the limit":    {byDefault, script{all: 9, payload: make([]byte, maxBatchBytes/3)}, []int{3, 3, 3}, 0},
		"a record larger than the limit":     {byDefault, script{all: 2, payload: make([]byte, 2*maxBatchBytes)}, []int{1, 1}, 0},
		"just below the limit, one is added": {byDefault, script{all: 4, payload: make([]byte, maxBatchBytes-2*recordOverhead)}, []int{2, 2}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				for _, want := range test.want {
					batch, err := test.batching.collect(t.Context(), test.script.read)
					assert.NilError(t, err)
					assert.Check(t, is.Len(batch, want))
				}
				assert.Check(t, is.Equal(time.Since(began), test.took))
			})
		})
	}
}

func TestCollect_AnErrorBehindRecordsComesNext(t *testing.T) {
	failure := errors.New("no more")
	b, s := batching{size: 1000, delay: time.Minute}, script{all: 3, err: failure}
	batch, err := b.collect(t.Context(), s.read)
	assert.NilError(t, err)
	assert.Check(t, is.Len(batch, 3))
	for range 2 {
		batch, err = b.collect(t.Context(), s.read)
		assert.Check(t, is.ErrorIs(err, failure))
		assert.Check(t, is.Len(batch, 0))
	}
}

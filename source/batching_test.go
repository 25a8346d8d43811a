// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// script is a reader of records. Each comes some time after the one before it.
// The last one is followed by err or, without one, by nothing more.
type script struct {
	next  int // of all
	all   int
	apart time.Duration
	sizes []int // of the payloads; the last one holds for all that follow
	err   error
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
	rec := opencdc.Record{Position: fmt.Append(nil, s.next)}
	if len(s.sizes) > 0 {
		rec.Payload.After = make(opencdc.RawData, s.sizes[min(s.next, len(s.sizes)-1)])
	}
	s.next++
	return rec, nil
}

// sizes returns n payload sizes and one more.
func sizes(n, size, then int) []int { return append(slices.Repeat([]int{size}, n), then) }

func TestCollect_SizeDelayAndBytesEndABatch(t *testing.T) {
	byDefault := batching{size: 1000, delay: 10 * time.Millisecond}
	for name, test := range map[string]struct {
		batching batching
		script   script
		want     []int // the sizes of the first batches
		took     time.Duration
	}{
		"ready records fill batches":        {byDefault, script{all: 2500}, []int{1000, 1000, 500}, 10 * time.Millisecond},
		"few records wait for the delay":    {byDefault, script{all: 3}, []int{3}, 10 * time.Millisecond},
		"records that drip in come soon":    {byDefault, script{all: 5, apart: 4 * time.Millisecond}, []int{3}, 10 * time.Millisecond},
		"no size":                           {batching{size: math.MaxInt, delay: time.Second}, script{all: 3}, []int{3}, time.Second},
		"size 1":                            {batching{size: 1}, script{all: 3}, []int{1, 1, 1}, 0},
		"size 1 with a delay":               {batching{size: 1, delay: time.Minute}, script{all: 3}, []int{1, 1, 1}, 0},
		"a size without a delay":            {batching{size: 1000}, script{all: 3}, []int{3}, minDelay},
		"records of a third of the limit":   {byDefault, script{all: 7, sizes: []int{maxBatchBytes / 3}}, []int{2, 2, 2, 1}, 10 * time.Millisecond},
		"a record larger than the limit":    {byDefault, script{all: 2, sizes: []int{2 * maxBatchBytes}}, []int{1, 1}, 0},
		"a large record after small ones":   {byDefault, script{all: 601, sizes: sizes(599, 1000, 3_900_000)}, []int{599, 1, 1}, 0},
		"small ones after a large record":   {byDefault, script{all: 4, sizes: []int{3_900_000, 1}}, []int{1, 3}, 10 * time.Millisecond},
		"exactly the limit":                 {batching{size: 9, bytes: 3 * sizeOf(record(100)), delay: time.Minute}, script{all: 6, sizes: []int{100}}, []int{3, 3}, 0},
		"one byte less than three":          {batching{size: 9, bytes: 3*sizeOf(record(100)) - 1, delay: time.Minute}, script{all: 7, sizes: []int{100}}, []int{2, 2, 2}, 0},
		"a limit that no record keeps":      {batching{size: 9, bytes: 1, delay: time.Minute}, script{all: 3}, []int{1, 1, 1}, 0},
		"a kept record and the size":        {batching{size: 2, bytes: 2*sizeOf(record(300)) - 101, delay: time.Minute}, script{all: 5, sizes: []int{200, 300, 1, 1, 1}}, []int{1, 2, 2}, 0},
		"a kept record waits for the delay": {byDefault, script{all: 2, sizes: []int{1, maxBatchBytes - 1000}}, []int{1, 1}, 10 * time.Millisecond},
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

// record returns a record as a script has it, with a position of one byte.
func record(size int) opencdc.Record {
	return opencdc.Record{Position: opencdc.Position("0"), Payload: opencdc.Change{After: make(opencdc.RawData, size)}}
}

func positions(batch []opencdc.Record) string {
	var all []string
	for _, rec := range batch {
		all = append(all, string(rec.Position))
	}
	return strings.Join(all, " ")
}

func TestCollect_AnErrorAfterRecordsComesNext(t *testing.T) {
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

// A reader need not repeat its error, and the error may follow a record that did
// not fit.
func TestCollect_AnErrorThatIsReadOnceIsNotLost(t *testing.T) {
	failure := errors.New("once")
	for name, test := range map[string]struct {
		sizes []int
		want  []string
	}{
		"after a batch":       {[]int{1, 1}, []string{"0 1"}},
		"after a kept record": {[]int{1, maxBatchBytes}, []string{"0", "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, failed := script{all: 2, sizes: test.sizes}, false
			read := func(ctx context.Context) (opencdc.Record, error) {
				if s.next == s.all && !failed {
					failed = true
					return opencdc.Record{}, failure
				}
				return s.read(ctx)
			}
			b := batching{size: 1000, delay: time.Minute}
			for _, want := range test.want {
				batch, err := b.collect(t.Context(), read)
				assert.NilError(t, err)
				assert.Check(t, is.Equal(positions(batch), want))
			}
			_, err := b.collect(t.Context(), read)
			assert.Check(t, is.ErrorIs(err, failure))
		})
	}
}

func TestCollect_AKeptRecordSurvivesTheEndOfAContext(t *testing.T) {
	b, s := batching{size: 1000, delay: time.Minute}, script{all: 3, sizes: []int{1, maxBatchBytes, 1}}
	ctx, cancel := context.WithCancel(t.Context())
	batch, err := b.collect(ctx, s.read)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(positions(batch), "0"))
	cancel()
	for range 2 {
		_, err = b.collect(ctx, s.read)
		assert.Check(t, is.ErrorIs(err, context.Canceled))
	}
	rec, err := b.one(t.Context(), s.read)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(rec.Position), "1"))
	rec, err = b.one(t.Context(), s.read)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(rec.Position), "2"))
}

// A context that ends while a batch is collected ends only the batch.
func TestCollect_ReturnsWhatItHasWhenTheContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, s := batching{size: 1000, delay: time.Hour}, script{all: 5, apart: time.Minute}
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		batch, err := b.collect(ctx, s.read)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(positions(batch), "0 1"))
		_, err = b.collect(ctx, s.read)
		assert.Check(t, is.ErrorIs(err, context.DeadlineExceeded))
		batch, err = b.collect(t.Context(), s.read)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(positions(batch), "2 3 4"))
	})
}

func TestTakeOver_AdoptsTheSDKsSizeAndDelayAndTurnsItsBatchingOff(t *testing.T) {
	for _, test := range []struct {
		size  int
		delay time.Duration
		want  int
	}{
		{10, time.Second, 10},
		{10, 0, 10},
		{0, time.Second, math.MaxInt},
		{0, 0, 1},
	} {
		size, delay := test.size, test.delay
		settings := sdk.SourceWithBatch{BatchSize: &size, BatchDelay: &delay}
		var b batching
		for range 2 { // a second Open adopts nothing else
			b.takeOver(&settings)
			assert.Check(t, is.Equal(b.size, test.want))
			assert.Check(t, is.Equal(b.delay, test.delay))
			assert.Check(t, is.Equal(*settings.BatchSize, 0))
			assert.Check(t, is.Equal(*settings.BatchDelay, time.Duration(0)))
		}
	}
}

func TestTakeOver_BoundsBatchesByTheMessagesOfConduit(t *testing.T) {
	for value, want := range map[string]int{"": maxBatchBytes, "4194304": maxBatchBytes, "100000": 100_000, "0": maxBatchBytes, "x": maxBatchBytes} {
		t.Setenv(pconnector.EnvConduitConnectorMaxReceiveRecordSize, value)
		size, delay := 10, time.Second
		var b batching
		b.takeOver(&sdk.SourceWithBatch{BatchSize: &size, BatchDelay: &delay})
		assert.Check(t, is.Equal(b.maxBytes(), want), value)
	}
}

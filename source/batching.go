// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"math"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

const (
	// maxBatchBytes ends a batch that is large in bytes: Conduit passes a batch
	// on as one message, and a standalone connector takes no message of more than
	// 4 MB unless it is told to. A larger record is a batch of its own.
	maxBatchBytes = 1 << 20
	// minDelay is how long a batch is collected at least, so that what is ready
	// gets into it.
	minDelay = time.Millisecond
	// recordOverhead is about what a record takes beside its data.
	recordOverhead = 512
)

// batching collects records into batches.
type batching struct {
	size  int           // of records
	delay time.Duration // how long a batch waits to become full
}

// takeOver takes over what the SDK's batching is told, and tells it to do
// nothing. It must be called before the SDK reads the configuration, that is,
// while the source opens.
//
// The SDK would count records and not bytes, hold further batches beside the
// source's own buffer, wait for ever for a batch that has a size and no delay to
// become full, and drop the records that it had collected when an error follows
// them.
func (b *batching) takeOver(config *sdk.SourceWithBatch) {
	if b.size == 0 { // else an earlier Open has taken over
		b.size, b.delay = *config.BatchSize, *config.BatchDelay
		if b.size == 0 {
			b.size = math.MaxInt
			if b.delay == 0 {
				b.size = 1
			}
		}
	}
	config.BatchSize, config.BatchDelay = new(int), new(time.Duration)
}

// collect returns the records that read returns until the batch is full, or
// until the delay after the first one has passed. An error behind a record is
// left to the next call.
func (b *batching) collect(ctx context.Context, read func(context.Context) (opencdc.Record, error)) ([]opencdc.Record, error) {
	first, err := read(ctx)
	if err != nil {
		return nil, err
	}
	batch, bytes := []opencdc.Record{first}, sizeOf(first)
	bounded, cancel := context.WithTimeout(ctx, max(b.delay, minDelay))
	defer cancel()
	for len(batch) < b.size && bytes < maxBatchBytes {
		rec, err := read(bounded)
		if err != nil {
			break // it comes again if it is not only the end of the delay
		}
		batch, bytes = append(batch, rec), bytes+sizeOf(rec)
	}
	return batch, nil
}

// sizeOf returns about how many bytes a record takes in a message.
func sizeOf(rec opencdc.Record) int {
	size := recordOverhead + len(rec.Position)
	for _, data := range []opencdc.Data{rec.Key, rec.Payload.After} {
		if raw, ok := data.(opencdc.RawData); ok {
			size += len(raw)
		}
	}
	return size
}

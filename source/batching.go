// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

const (
	// maxBatchBytes is the largest size of a batch of several records. Conduit
	// passes a batch on as one message, and a standalone destination receives
	// messages of 4 MiB at most unless Conduit's option is raised.
	maxBatchBytes = 1 << 20
	// minDelay is the shortest time for which a batch is collected, so that the
	// records that are ready get into it.
	minDelay = time.Millisecond
)

// reader reads a record. It blocks until there is one or ctx ends.
type reader func(ctx context.Context) (opencdc.Record, error)

// batching collects records into batches. Its zero value collects one record at
// a time. Its methods must not be called concurrently.
type batching struct {
	size  int           // the largest number of records in a batch
	delay time.Duration // how long a batch waits to become full
	bytes int           // the largest size of a batch of several records; 0: maxBatchBytes

	// What was read after the end of a batch. It comes first in the next one.
	next *opencdc.Record
	err  error
}

// takeOver adopts the settings of the SDK's batching and turns the SDK's batching
// off. It must be called before the SDK reads the configuration, which is while
// the source opens.
//
// The SDK counts records and not bytes, and holds further batches in addition to
// the source's own buffer. It waits forever for a batch to become full that has a
// size and no delay, and it drops the records that it has collected when an error
// follows them.
func (b *batching) takeOver(config *sdk.SourceWithBatch) {
	if b.size == 0 { // otherwise an earlier Open has done it
		b.size, b.delay = *config.BatchSize, *config.BatchDelay
		if b.size == 0 {
			b.size = math.MaxInt
			if b.delay == 0 {
				b.size = 1
			}
		}
	}
	limit, _ := messageLimit()
	b.bytes = min(maxBatchBytes, limit)
	config.BatchSize, config.BatchDelay = new(int), new(time.Duration)
}

// collect returns the next batch: the records that read returns until the batch
// is full or until the delay after the first one has passed. It blocks until
// there is a record or ctx ends.
//
// A batch has at most size records, and its message at most the allowed number of
// bytes unless it holds a single record. A record that would exceed it, or an
// error that follows a record, is kept for the next call, also if ctx ends.
func (b *batching) collect(ctx context.Context, read reader) ([]opencdc.Record, error) {
	first, err := b.one(ctx, read)
	if err != nil {
		return nil, err
	}
	batch, bytes := []opencdc.Record{first}, sizeOf(first)
	bounded, cancel := context.WithTimeout(ctx, max(b.delay, minDelay))
	defer cancel()
	for len(batch) < b.size && bytes < b.maxBytes() {
		rec, err := read(bounded)
		if err != nil {
			if bounded.Err() == nil || !errors.Is(err, bounded.Err()) {
				b.err = err
			}
			break
		}
		if bytes += sizeOf(rec); bytes > b.maxBytes() {
			b.next = &rec
			break
		}
		batch = append(batch, rec)
	}
	return batch, nil
}

// one returns the next record: the one that was kept, or the one that read
// returns. An error that was kept is returned once.
func (b *batching) one(ctx context.Context, read reader) (opencdc.Record, error) {
	switch {
	case ctx.Err() != nil:
		return opencdc.Record{}, ctx.Err()
	case b.next != nil:
		rec := *b.next
		b.next = nil
		return rec, nil
	case b.err != nil:
		err := b.err
		b.err = nil
		return opencdc.Record{}, err
	default:
		return read(ctx)
	}
}

func (b *batching) maxBytes() int {
	if b.bytes == 0 {
		return maxBatchBytes
	}
	return b.bytes
}

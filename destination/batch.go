// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"math"
	"time"
)

// shortDelay is the longest sdk.batch.delay with which only time ends a batch
// that has a size.
const shortDelay = 2 * time.Second

// neverFull is a size that no batch reaches.
const neverFull = math.MaxInt

// takeOverBatching changes what the SDK's batching is told, and notes how many
// records an object may hold at most. It must be called before the SDK reads
// the configuration, that is, while the destination opens.
//
// It matters for the connector that is built into Conduit. The standalone plugin
// collects batches itself, with internal/collect, and tells the SDK of none.
//
// The SDK collects records into batches and hands each to Write when it is full
// or when its delay has passed. When a pipeline stops, the SDK waits for the
// result of the last batch. For a batch that was written because it was full the
// result is gone by then, so it waits a minute, fails, and the engine starts the
// pipeline again. Also, a batch that is filled at once while the timer writes the
// one before it blocks the SDK for good. Neither happens with a batch that the
// timer ended, or that is still being collected when the pipeline stops.
//
// So with a short delay, or without a size, the SDK is told that no batch is ever
// full: batches end by time, and Write cuts them into objects of at most
// sdk.batch.size records. What is held in memory is then what arrives within the
// delay: while a batch is being written the SDK takes in nothing. With a size and
// a long delay that could be too much, and the SDK keeps its way.
//
// One stop remains: without a record since the start, no batch has a result. It
// could only be avoided without any batches, and then Conduit's engine hands over
// one record at a time, each of which becomes an object. See docs/upstream.md.
func (d *Destination) takeOverBatching() {
	batch := &d.config.DestinationWithBatch
	if batch.BatchSize != neverFull { // else an earlier Open has noted it
		d.limit = batch.BatchSize
	}
	if d.limit <= 0 {
		d.limit = neverFull
	}
	if batch.BatchDelay > 0 && (batch.BatchDelay <= shortDelay || d.limit == neverFull) {
		batch.BatchSize = neverFull
	}
}

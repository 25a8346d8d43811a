// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"math"
	"time"
)

// shortDelay is the longest sdk.batch.delay with which only time ends batches that
// have a size.
const shortDelay = 2 * time.Second

// neverFull is a size that no batch reaches.
const neverFull = math.MaxInt

// takeOverBatching changes the configuration of the SDK's batching, and remembers
// the largest number of records in an object. It must be called before the SDK
// reads the configuration, which is while the destination opens.
//
// It matters for the connector that is built into Conduit. The standalone plugin
// collects batches itself, with internal/collect, and tells the SDK of none.
//
// Connector SDK v0.14.2 (internal/batcher.go, destination.go): the SDK collects
// records into batches and passes each to Write when it is full or its delay has
// passed. When a pipeline stops, the SDK waits for the result of the last batch.
// If that batch was written because it was full, its result is gone by then, so the
// SDK waits a minute and fails, and the engine restarts the pipeline. In addition, a
// batch that becomes full while the timer writes the one before can block the SDK
// forever. Neither happens with a batch that ended by time, or that is still being
// collected when the pipeline stops. Remove when
// TestSDK_StopWaitsInVain fails.
//
// So with a short delay, or without a size, the SDK is configured with batches that
// are never full. They end by time, and Write splits them into objects of at most
// sdk.batch.size records. Memory then has the records that arrive within the delay,
// because the SDK accepts none while a batch is written. With a size and a long
// delay these could be too many, and the SDK's batching is unchanged.
//
// One stop remains: without a record since the start, no batch has a result. It
// could only be avoided without any batches, and then Conduit's engine hands over
// one record at a time, each of which becomes an object. See docs/upstream.md.
func (d *Destination) takeOverBatching() {
	batch := &d.config.DestinationWithBatch
	if batch.BatchSize != neverFull { // otherwise an earlier Open has set it
		d.limit = batch.BatchSize
	}
	if d.limit <= 0 {
		d.limit = neverFull
	}
	if batch.BatchDelay > 0 && (batch.BatchDelay <= shortDelay || d.limit == neverFull) {
		batch.BatchSize = neverFull
	}
}

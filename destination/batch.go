// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"math"
	"time"

	sdk "github.com/conduitio/conduit-connector-sdk"
)

// shortDelay is the longest sdk.batch.delay with which time alone ends a batch.
const shortDelay = 5 * time.Second

// takeOverBatching changes what the SDK's batching is told, and returns how many
// records an object may hold at most. It must be called before the SDK reads
// the configuration, that is, while the destination opens.
//
// The SDK collects records into batches and hands each to Write when it is full
// or when its delay has passed. When a pipeline stops, the SDK waits for the
// result of the last batch; of a batch that was written because it was full the
// result is gone by then, so it waits a minute, fails, and the engine starts the
// pipeline again. (Also, a batch that is filled while the one before it is being
// written by the timer can block the SDK for good.) Neither happens with a batch
// that the timer ended, or that is still being collected when the pipeline stops.
//
// So with a short delay the SDK is told that no batch is ever full: batches end
// by time, and Write cuts them into objects of at most sdk.batch.size records.
// What is held in memory is then what arrives within the delay and while the
// batch before it is being written. With a long delay that could be too much,
// and the SDK keeps its way.
func takeOverBatching(batch *sdk.DestinationWithBatch) (limit int) {
	limit = batch.BatchSize
	if limit <= 0 {
		limit = math.MaxInt
	}
	if batch.BatchDelay > 0 && batch.BatchDelay <= shortDelay {
		batch.BatchSize = math.MaxInt
	}
	return limit
}

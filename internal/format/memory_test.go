// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

//go:build !race

package format_test

import (
	"io"
	"runtime"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
)

// A compressor of its own for each object takes megabytes. (Not with the race
// detector, under which a sync.Pool forgets at random.)
func TestParquet_SmallObjectsTakeLittleMemory(t *testing.T) {
	encoder := newEncoder(t, format.Parquet)
	const objects = 50
	encode := func() {
		err := encoder.Encode(io.Discard, everyOperation(), nil)
		assert.NilError(t, err)
	}
	encode()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range objects {
		encode()
	}
	runtime.ReadMemStats(&after)
	each := (after.TotalAlloc - before.TotalAlloc) / objects
	assert.Check(t, each < 1<<20, "%d bytes an object", each)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"io"
	"net/http"
	"runtime"
	"sync"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
)

// inUse returns how many bytes of the heap are in use.
func inUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// However large an object is, no more than Concurrency+2 parts of it are in
// memory, also while an earlier object's buffers are kept.
func TestStore_MemoryIsThatOfAFewParts(t *testing.T) {
	const parts, mib = 24, 1 << 20
	for _, concurrency := range []int{1, 2, 5} {
		var mu sync.Mutex
		var peak uint64
		b, err := bucket.New(configOf(s3test.New(s3test.Config{})), clientFunc(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			peak = max(peak, inUse())
			mu.Unlock()
			return takesAll(r)
		}))
		assert.NilError(t, err)
		in, piece := uploadOf(nil), content(64<<10)
		in.Concurrency = concurrency
		in.Write = func(w io.Writer) error {
			for range parts * partSize / len(piece) {
				if _, err := w.Write(piece); err != nil {
					return err
				}
			}
			return nil
		}
		before := inUse()
		for range 3 {
			assert.NilError(t, b.Store(t.Context(), in))
		}
		limit := uint64((concurrency+2)*partSize + 2*mib)
		assert.Check(t, peak < before+limit, "%d: %d MiB of %d MiB", concurrency, (peak-before)/mib, limit/mib)
	}
}

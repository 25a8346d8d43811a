// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
)

// sink is a store that keeps nothing: it reads what it is sent, and before it
// answers it looks how much memory is in use.
type sink struct {
	mu    sync.Mutex
	bytes int64
	parts int
	peak  uint64
}

func (s *sink) Do(r *http.Request) (*http.Response, error) {
	sum, n, etag := crc32.NewIEEE(), int64(0), "none"
	if r.Body != nil {
		var err error
		if n, err = io.Copy(sum, r.Body); err != nil {
			return nil, err
		}
		etag = fmt.Sprintf(`"%08x"`, sum.Sum32())
	}
	query, body := r.URL.Query(), ""
	switch {
	case r.Method == http.MethodPost && query.Has("uploads"):
		body = "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
	case r.Method == http.MethodPost:
		body = "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
	case r.Method == http.MethodPut:
		s.measure(n, query.Has("partNumber"))
	}
	header := http.Header{"Etag": {etag}, "Date": {"Fri, 02 Jan 2026 03:04:05 GMT"}}
	header.Set("X-Amz-Checksum-Crc32", base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum.Sum32())))
	return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func (s *sink) measure(n int64, part bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += n
	if part {
		s.parts++
	}
	s.peak = max(s.peak, inUse())
}

// inUse returns how many bytes of the heap are in use, garbage included.
func inUse() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// writeThroughSink writes recs and returns what the store was sent, and how much
// memory was in use at most beyond what recs take. Garbage is collected early, so
// that it is not that of the batch that counts.
func writeThroughSink(tb testing.TB, changes config.Config, recs []opencdc.Record) (*sink, uint64) {
	tb.Helper()
	s := &sink{}
	d := &Destination{connect: func(_ context.Context, c *Config) (store, error) { return bucket.New(c.Config, s) }}
	server := newServer(s3test.Config{})
	assert.NilError(tb, settings(server, changes).ApplyDefaults(Config{}.Parameters()).DecodeInto(&d.config))
	assert.NilError(tb, d.Open(tb.Context()))
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	runtime.GC()
	runtime.GC() // the first one leaves what is pooled
	before := inUse()
	n, err := d.Write(tb.Context(), recs)
	assert.NilError(tb, err)
	assert.Equal(tb, n, len(recs))
	return s, max(s.peak, before) - before
}

// heavy returns n raw records of size bytes, which don't compress.
func heavy(n, size int) []opencdc.Record {
	recs, random := numbered(0, n), rand.NewChaCha8([32]byte{})
	for i := range recs {
		body := make([]byte, size)
		_, _ = random.Read(body) // never fails
		recs[i].Payload.After = opencdc.RawData(body)
	}
	return recs
}

// However large a batch is, what is taken beyond it is a few parts and what the
// encoder holds of an object.
func TestD5_BoundedMemory(t *testing.T) {
	const mib = 1 << 20
	for name, changes := range map[string]config.Config{
		"json":    {ConfigFormat: "json", ConfigSdkBatchSize: "0"},
		"parquet": {ConfigFormat: "parquet", ConfigSdkBatchSize: "0"},
		"json into partitions": {
			ConfigFormat: "json", ConfigSdkBatchSize: "0", ConfigPartition: `{{ mod .Position 4 }}`,
		},
		"json of 24 MiB":    {ConfigFormat: "json", ConfigSdkBatchSize: "0", ConfigObjectMaxBytes: fmt.Sprint(24 * mib)},
		"parquet of 24 MiB": {ConfigFormat: "parquet", ConfigSdkBatchSize: "0", ConfigObjectMaxBytes: fmt.Sprint(24 * mib)},
	} {
		t.Run(name, func(t *testing.T) {
			changes[ConfigUploadPartSize], changes[ConfigUploadConcurrency] = fmt.Sprint(bucket.MinPartSize), "2"
			s, beyond := writeThroughSink(t, changes, heavy(3072, 64<<10))
			assert.Check(t, s.bytes >= 192*mib)
			assert.Check(t, s.parts >= 36)
			assert.Check(t, beyond < 144*mib, "%d MiB", beyond/mib)
		})
	}
}

// BenchmarkWrite_AGibibyte writes a batch of one GiB and reports how much memory
// is in use at most beyond the batch.
func BenchmarkWrite_AGibibyte(b *testing.B) {
	recs := heavy(1<<20, 1<<10)
	for _, format := range []string{"json", "parquet"} {
		b.Run(format, func(b *testing.B) {
			var peak uint64
			for b.Loop() {
				s, beyond := writeThroughSink(b, config.Config{ConfigFormat: format, ConfigSdkBatchSize: "0"}, recs)
				peak = max(peak, beyond)
				b.SetBytes(s.bytes)
			}
			b.ReportMetric(float64(peak)/(1<<20), "MiB-beyond")
		})
	}
}

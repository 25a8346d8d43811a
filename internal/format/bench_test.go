// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
)

// orders returns structured records that are about 300 bytes each as JSON.
func orders(n int) []opencdc.Record {
	recs := make([]opencdc.Record, n)
	for i := range recs {
		recs[i] = opencdc.Record{
			Position:  opencdc.Position(fmt.Sprintf("position-%d", i)),
			Operation: opencdc.OperationCreate,
			Metadata:  opencdc.Metadata{"opencdc.collection": "orders", "opencdc.createdAt": fmt.Sprint(1767323045000000000 + i)},
			Key:       opencdc.StructuredData{"id": i},
			Payload: opencdc.Change{After: opencdc.StructuredData{
				"id": i, "customer": fmt.Sprintf("customer-%d", i%997), "total": float64(i) / 100, "paid": i%3 == 0,
				"address": "1 Example Street, 12345 Example",
			}},
		}
	}
	return recs
}

// BenchmarkEncode measures the encoders with structured records of about 300
// bytes.
func BenchmarkEncode(b *testing.B) {
	recs := orders(20_000)
	for _, name := range []string{format.JSON, format.Parquet} {
		b.Run(name, func(b *testing.B) {
			encoder := newEncoder(b, name)
			b.ReportAllocs()
			for b.Loop() {
				var out bytes.Buffer
				assert.NilError(b, encoder.Encode(&out, recs, nil))
				b.SetBytes(int64(out.Len()))
			}
			b.ReportMetric(float64(len(recs)*b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkCheckAndGroup measures what comes before the encoders.
func BenchmarkCheckAndGroup(b *testing.B) {
	recs := orders(20_000)
	for _, name := range []string{format.JSON, format.Parquet} {
		b.Run(name, func(b *testing.B) {
			encoder := newEncoder(b, name)
			b.ReportAllocs()
			for b.Loop() {
				for _, rec := range recs {
					if err := encoder.Check(rec); err != nil {
						b.Fatal(err)
					}
				}
				assert.Equal(b, len(encoder.Groups(recs)), 1)
			}
			b.ReportMetric(float64(len(recs)*b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

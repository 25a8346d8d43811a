// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"bytes"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
)

// BenchmarkName measures what it takes to name an object of 1,000 records.
func BenchmarkName(b *testing.B) {
	for name, payload := range map[string]func(i int) opencdc.Data{
		"raw/300B":   func(int) opencdc.Data { return opencdc.RawData(bytes.Repeat([]byte("x"), 300)) },
		"raw/10KiB":  func(int) opencdc.Data { return opencdc.RawData(bytes.Repeat([]byte("x"), 10<<10)) },
		"structured": func(i int) opencdc.Data { return order(i) },
	} {
		b.Run(name, func(b *testing.B) {
			recs := numbered(0, 1000)
			for i := range recs {
				recs[i].Payload.After = payload(i)
			}
			b.ReportAllocs()
			for b.Loop() {
				nameOf(recs)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*len(recs))*1e9, "ns/record")
		})
	}
}

func order(i int) opencdc.StructuredData {
	return opencdc.StructuredData{"id": i, "customer": "customer", "total": float64(i) / 100, "paid": i%3 == 0}
}

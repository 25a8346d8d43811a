// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package records makes the records that the benchmark writes.
package records

import (
	"fmt"

	"github.com/conduitio/conduit-commons/opencdc"
)

// distinct is how many records differ in more than their position. A process that
// holds more of them measures its garbage collector.
const distinct = 20_000

// New returns n structured records of about 300 bytes, the same each time.
func New(n int) []opencdc.Record {
	recs := make([]opencdc.Record, n)
	for i := range recs {
		if i < distinct {
			recs[i] = order(i)
		} else {
			recs[i] = recs[i-distinct]
		}
		recs[i].Position = opencdc.Position(fmt.Sprintf("position-%08d", i))
	}
	return recs
}

func order(i int) opencdc.Record {
	return opencdc.Record{
		Operation: opencdc.OperationCreate,
		Metadata: opencdc.Metadata{
			opencdc.MetadataCollection: "orders",
			opencdc.MetadataCreatedAt:  fmt.Sprint(1767323045000000000 + i),
		},
		Key: opencdc.StructuredData{"id": i},
		Payload: opencdc.Change{After: opencdc.StructuredData{
			"id": i, "customer": fmt.Sprintf("customer-%d", i%997), "total": float64(i) / 100, "paid": i%3 == 0,
			"note": fmt.Sprintf("delivered to door %d of house %d", i%13, i%101),
		}},
	}
}

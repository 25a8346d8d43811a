// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
	"github.com/conduitio/conduit-connector-protocol/pconnector/v2/toproto"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/iterator"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"google.golang.org/protobuf/proto"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// messageSize returns the real size of the message that holds records.
func messageSize(t *testing.T, records ...opencdc.Record) int {
	t.Helper()
	message, err := toproto.SourceRunResponse(pconnector.SourceRunResponse{Records: records})
	assert.NilError(t, err)
	return proto.Size(message)
}

// recordOf returns the record of an object with a body of size bytes.
func recordOf(key string, size int, metadata map[string]string) opencdc.Record {
	now := time.Unix(1_800_000_000, 123)
	return newRecord("orders", iterator.Change{
		Operation: iterator.Update,
		Version:   bucket.Version{Key: key, VersionID: strings.Repeat("v", 32), ETag: `"d41d8cd98f00b204e9800998ecf8427e"`, LastModified: now},
		Object:    bucket.Object{Body: make([]byte, size), ContentType: "application/json", ContentEncoding: "gzip", Metadata: metadata},
		Position:  position.Position{Mode: position.ModeChanges, Key: key, Start: now, Watermark: now, Modified: now, VersionID: strings.Repeat("v", 32)},
	})
}

// many returns n entries of metadata.
func many(n, size int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprintf("field%05d", i)] = strings.Repeat("x", size)
	}
	return m
}

func TestSizeOf_IsTheSizeInAMessageAndWhatConduitAdds(t *testing.T) {
	records := map[string]opencdc.Record{
		"empty":         {},
		"delete":        newRecord("orders", iterator.Change{Operation: iterator.Delete, Version: bucket.Version{Key: "a"}}),
		"long key":      recordOf(strings.Repeat("ü", 512), 0, nil),
		"both payloads": {Payload: opencdc.Change{Before: opencdc.RawData("b"), After: make(opencdc.RawData, 1000)}},
	}
	for _, size := range []int{0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152} {
		records[fmt.Sprint(size, " bytes")] = recordOf("a", size, nil)
		records[fmt.Sprint(size, " bytes of metadata")] = recordOf("a", 0, many(1, size))
	}
	for _, n := range []int{1, 100, 10_000} {
		records[fmt.Sprint(n, " entries of metadata")] = recordOf("a", 10, many(n, 10))
	}
	for name, rec := range records {
		more := sizeOf(rec) - addedByConduit - messageSize(t, rec)
		assert.Check(t, more >= 0 && more <= 4, "%s: %d bytes too many", name, more) // empty fields are not sent
	}
}

func TestBatches_NeverExceedAMessage(t *testing.T) {
	large := map[int]int{600: 3_900_000, 601: 1_000_000, 1200: 1_048_576, 1300: 4_000_000}
	for name, metadata := range map[string]map[string]string{
		"no metadata":                nil,
		"one value of 2,000 bytes":   many(1, 2000),
		"100 values of 10 bytes":     many(100, 10),
		"10,000 values of 100 bytes": many(10_000, 100),
	} {
		t.Run(name, func(t *testing.T) {
			b, read := batching{size: 5000, delay: time.Hour}, 0
			next := func(context.Context) (opencdc.Record, error) {
				read++
				size := 1000
				if s := large[read]; s > 0 {
					size = s
				}
				return recordOf(fmt.Sprintf("tenants/0123456789abcdef/%08d", read), size, metadata), nil
			}
			for want := 1; want < 1500; {
				batch, err := b.collect(t.Context(), next)
				assert.NilError(t, err)
				got := messageSize(t, batch...)
				assert.Check(t, got <= maxBatchBytes || len(batch) == 1, "%d records have %d bytes", len(batch), got)
				for _, rec := range batch {
					assert.Check(t, is.Equal(string(rec.Key.Bytes()), fmt.Sprintf("tenants/0123456789abcdef/%08d", want)))
					want++
				}
				if len(metadata) == 10_000 && want > 20 {
					break // each is a batch of its own
				}
			}
		})
	}
}

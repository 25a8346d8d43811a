// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/parquet-go/parquet-go"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// everyOption returns an encoder for each format, layout, codec and compression.
func everyOption(t *testing.T) map[string]format.Encoder {
	t.Helper()
	encoders := map[string]format.Encoder{}
	add := func(name string, opts format.Options) {
		e, err := format.New(opts)
		assert.NilError(t, err)
		encoders[name] = e
	}
	for _, compression := range []string{"none", "gzip", "zstd"} {
		add("json "+compression, format.Options{Format: format.JSON, Compression: compression})
	}
	for _, codec := range []string{"zstd", "snappy", "gzip", "brotli", "lz4_raw", "none"} {
		for _, layout := range []string{format.Envelope, format.Flat} {
			add(layout+" "+codec, format.Options{Format: format.Parquet, Layout: layout, Codec: codec})
		}
	}
	return encoders
}

func TestEncode_ExtremeRecords(t *testing.T) {
	size := 10 << 20
	if testing.Short() { // with the race detector, under which this takes a minute
		size = 1 << 20
	}
	long := strings.Repeat("x", size)
	for name, rec := range map[string]opencdc.Record{
		"scalar":               record("1", opencdc.OperationCreate, nil, opencdc.RawData("42")),
		"empty structure":      structured("1", opencdc.StructuredData{}),
		"null":                 structured("1", nil),
		"nil structure":        record("1", opencdc.OperationCreate, opencdc.StructuredData(nil), opencdc.RawData(nil)),
		"null field":           structured("1", opencdc.StructuredData{"a": nil}),
		"a long string":        structured("1", opencdc.StructuredData{"a": long}),
		"a long name":          structured("1", opencdc.StructuredData{long: 1}),
		"a long payload":       record("1", opencdc.OperationCreate, opencdc.RawData(long), opencdc.RawData(long)),
		"a key of 1,024 bytes": record(strings.Repeat("k", 1024), opencdc.OperationDelete, nil, nil),
		"long metadata":        {Operation: opencdc.OperationCreate, Metadata: opencdc.Metadata{long: long}},
		"nothing":              {Operation: opencdc.OperationCreate},
	} {
		for option, e := range everyOption(t) {
			t.Run(name+" as "+option, func(t *testing.T) {
				var out bytes.Buffer
				n, err := encode(e, &out, []opencdc.Record{rec})
				assert.NilError(t, err)
				assert.Check(t, cmp.Equal(n, 1))
				if e.Extension() == ".parquet" {
					_, rows := readRows(t, out.Bytes())
					assert.Check(t, cmp.Len(rows, 1))
				}
			})
		}
	}
}

// A row group is written when it is whole, so that no more than one is held.
func TestParquet_RowGroupsAreBounded(t *testing.T) {
	random := rand.NewChaCha8([32]byte{})
	recs := make([]opencdc.Record, 1_000)
	for i := range recs {
		payload := make(opencdc.RawData, 100_000)
		_, err := random.Read(payload)
		assert.NilError(t, err)
		recs[i] = record(fmt.Sprint(i), opencdc.OperationCreate, nil, payload)
	}
	file := encodeParquet(t, recs...)
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	assert.NilError(t, err)
	groups := f.Metadata().RowGroups
	assert.Check(t, len(groups) > 1)
	for _, g := range groups {
		assert.Check(t, g.TotalByteSize < 40<<20, "%d bytes", g.TotalByteSize)
	}
	assert.Check(t, cmp.Equal(f.NumRows(), int64(len(recs))))
}

func TestParquet_FixedBytesCountInRowGroups(t *testing.T) {
	text := `{"type":"record","name":"r","fields":[{"name":"v","type":{"type":"fixed","name":"f","size":30000}}]}`
	e, err := format.New(format.Options{Format: format.Parquet, Schemas: &registry{texts: map[string]string{"s1": text}}})
	assert.NilError(t, err)
	recs := make([]opencdc.Record, 2_000)
	for i := range recs {
		recs[i] = described("s", "1", opencdc.StructuredData{"v": make([]byte, 30_000)})
	}
	var out bytes.Buffer
	assert.NilError(t, e.Encode(&out, recs, nil))
	f, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(len(f.RowGroups()), 2))
}

func TestParquet_ShortKeysHaveBounds(t *testing.T) {
	bounds := func(key string) bool {
		file := encodeParquet(t, record(key, opencdc.OperationCreate, nil, nil))
		f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
		assert.NilError(t, err)
		return f.Metadata().RowGroups[0].Columns[3].MetaData.Statistics.MaxValue != nil
	}
	assert.Check(t, bounds("short"))
	assert.Check(t, !bounds(strings.Repeat("k", 1024)))
}

func TestEncode_AtOnce(t *testing.T) {
	recs := everyOperation()
	for option, e := range everyOption(t) {
		t.Run(option, func(t *testing.T) {
			var want bytes.Buffer
			assert.NilError(t, e.Encode(&want, recs, nil))
			results := make(chan []byte)
			for range 4 {
				go func() {
					var got bytes.Buffer
					_ = e.Encode(&got, recs, nil)
					results <- got.Bytes()
				}()
			}
			for range 4 {
				assert.Check(t, bytes.Equal(<-results, want.Bytes()))
			}
		})
	}
}

func TestJSON_NamesOfCompressedObjects(t *testing.T) {
	for compression, want := range map[string][2]string{"": {".json", ""}, "none": {".json", ""}, "gzip": {".json.gz", "gzip"}, "zstd": {".json.zst", "zstd"}} {
		e, err := format.New(format.Options{Format: format.JSON, Compression: compression})
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(e.Extension(), want[0]))
		assert.Check(t, cmp.Equal(e.ContentEncoding(), want[1]))
		assert.Check(t, cmp.Equal(e.ContentType(), "application/x-ndjson"))
	}
}

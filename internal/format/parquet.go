// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// rowsAtATime is how many rows are handed to the Parquet writer at a time.
const rowsAtATime = 64

// parquetEncoder writes one record a row, with the columns of schema.
//
// The records of one object have one shape, so that each of its columns says
// in its type what it holds: see shape.
type parquetEncoder struct {
	codec compress.Codec // has large buffers, which the next object can use again
}

func newParquetEncoder(opts Options) (Encoder, error) {
	codec, codecErr := codecOf(cmp.Or(opts.Codec, zstandard))
	return &parquetEncoder{codec: codec}, errors.Join(checkLayout(cmp.Or(opts.Layout, Envelope)), codecErr)
}

func checkLayout(layout string) error {
	if layout != Envelope {
		return fmt.Errorf("layout: %q is not %q", layout, Envelope)
	}
	return nil
}

func codecOf(name string) (compress.Codec, error) {
	switch name {
	case zstandard:
		return &zstd.Codec{Level: zstd.SpeedDefault}, nil
	case "snappy":
		return &parquet.Snappy, nil
	case gzipped:
		return &parquet.Gzip, nil
	case "brotli":
		return &parquet.Brotli, nil
	case "lz4_raw":
		return &parquet.Lz4Raw, nil
	case none:
		return &parquet.Uncompressed, nil
	default:
		return nil, fmt.Errorf("codec: %q is none of zstd, snappy, gzip, brotli, lz4_raw and none", name)
	}
}

func (*parquetEncoder) Extension() string { return ".parquet" }

func (*parquetEncoder) ContentType() string { return "application/vnd.apache.parquet" }

func (*parquetEncoder) ContentEncoding() string { return "" }

func (*parquetEncoder) Check(rec opencdc.Record) error {
	if _, err := rowOf(rec); err != nil {
		return refuse(rec, err)
	}
	return nil
}

func (*parquetEncoder) Groups(recs []opencdc.Record) [][]int { return groupsOf(recs, true) }

func (e *parquetEncoder) Encode(w io.Writer, recs []opencdc.Record) error {
	out := e.newWriter(w, shapeOf(recs).schema())
	rows := make([]parquet.Row, 0, rowsAtATime)
	for chunk := range slices.Chunk(recs, rowsAtATime) {
		rows = rows[:0]
		for _, rec := range chunk {
			row, err := rowOf(rec)
			if err != nil {
				return refuse(rec, err)
			}
			rows = append(rows, row)
		}
		if _, err := out.WriteRows(rows); err != nil {
			return fmt.Errorf("write rows: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write footer: %w", err)
	}
	return nil
}

func (e *parquetEncoder) newWriter(w io.Writer, schema *parquet.Schema) *parquet.GenericWriter[any] {
	return parquet.NewGenericWriter[any](w, schema,
		parquet.Compression(e.codec),
		// The bounds of blobs help no reader and would repeat the largest
		// payload in the footer.
		parquet.SkipPageBounds(fieldPosition),
		parquet.SkipPageBounds(fieldKey),
		parquet.SkipPageBounds(fieldPayload, columnBefore),
		parquet.SkipPageBounds(fieldPayload, columnAfter),
		parquet.SkipPageStatistics(fieldPosition),
		parquet.SkipPageStatistics(fieldKey),
		parquet.SkipPageStatistics(fieldPayload, columnBefore),
		parquet.SkipPageStatistics(fieldPayload, columnAfter),
	)
}

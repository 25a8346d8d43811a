// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"fmt"
	"io"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// rowsAtATime is how many rows are handed to the Parquet writer at a time.
const rowsAtATime = 64

// parquetEncoder writes one record a row, with the columns of schema.
//
// The records of one object have one shape, so that each of its columns says
// in its type what it holds: see shape.
type parquetEncoder struct {
	codec *zstd.Codec // has large buffers, which the next object can use again
	last  shape       // of each column that has had data
}

func newParquetEncoder() *parquetEncoder {
	return &parquetEncoder{codec: &zstd.Codec{Level: zstd.SpeedDefault}}
}

func (*parquetEncoder) Extension() string { return ".parquet" }

func (*parquetEncoder) ContentType() string { return "application/vnd.apache.parquet" }

func (e *parquetEncoder) Encode(w io.Writer, recs []opencdc.Record) (int, error) {
	shape, n := shapeOf(recs)
	e.last = shape.or(e.last)
	out := e.newWriter(w, e.last.schema())
	rows := make([]parquet.Row, 0, rowsAtATime)

	var refused error
	for i, rec := range recs[:n] {
		row, err := rowOf(rec)
		if err != nil {
			n, refused = i, refuse(rec, err)
			break
		}
		rows = append(rows, row)
		if len(rows) == cap(rows) {
			if _, err := out.WriteRows(rows); err != nil {
				return 0, fmt.Errorf("write rows: %w", err)
			}
			rows = rows[:0]
		}
	}
	if _, err := out.WriteRows(rows); err != nil {
		return 0, fmt.Errorf("write rows: %w", err)
	}
	if err := out.Close(); err != nil {
		return 0, fmt.Errorf("write footer: %w", err)
	}
	return n, refused
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

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

const (
	// rowGroupSize is about how many bytes of values a row group holds. It bounds
	// the memory that Encode takes, for a row group is written when it is whole.
	rowGroupSize = 32 << 20
	// chunkRows and chunkSize end a chunk of rows, which is handed to the columns
	// at once. A page can be no smaller.
	chunkRows = 256
	chunkSize = 256 << 10
)

// parquetEncoder writes one record a row.
type parquetEncoder struct {
	codec     compress.Codec // has large buffers, which the next object can use again
	shape     shape
	layout    func(*schemaCache) layout
	schemas   *schemaCache
	shredders sync.Pool // of *shredder, for the same reason
	checkers  checkers
}

func newParquetEncoder(opts Options) (Encoder, error) {
	codec, codecErr := codecOf(cmp.Or(opts.Codec, zstandard))
	layout, shape, layoutErr := layoutOf(cmp.Or(opts.Layout, Envelope))
	portable, typesErr := portableOf(cmp.Or(opts.Types, Exact))
	if err := errors.Join(layoutErr, typesErr, codecErr); err != nil {
		return nil, err
	}
	schemas := &schemaCache{source: opts.Schemas, portable: portable}
	return &parquetEncoder{codec: codec, shape: shape, layout: layout, schemas: schemas}, nil
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

func (e *parquetEncoder) Check(rec opencdc.Record) error { return e.checkers.check(rec) }

func (e *parquetEncoder) Groups(recs []opencdc.Record) [][]int { return groupsOf(recs, e.shape) }

func (e *parquetEncoder) Encode(w io.Writer, recs []opencdc.Record) error {
	layout := e.layout(e.schemas)
	for _, rec := range recs {
		layout.see(rec)
	}
	root := &column{typ: record, required: true, fields: layout.columns()}
	slots := slotOf(root, 0, 0, 0, nil)
	out := rowWriter{
		Writer:   parquet.NewWriter(w, e.options(root, slots)...),
		shredder: e.shredder(slots.leaves),
	}
	defer func() {
		out.reset()
		e.shredders.Put(out.shredder)
	}()
	for _, rec := range recs {
		if err := layout.write(out.shredder, slots.inner, rec); err != nil {
			return refuse(rec, err)
		}
		if err := out.endRow(); err != nil {
			return fmt.Errorf("write rows: %w", err)
		}
	}
	if err := out.close(); err != nil {
		return fmt.Errorf("write the last rows and the footer: %w", err)
	}
	return nil
}

// shredder returns a shredder for so many leaves.
func (e *parquetEncoder) shredder(leaves int) *shredder {
	s, ok := e.shredders.Get().(*shredder)
	if !ok {
		return newShredder(leaves)
	}
	all := s.leaves[:cap(s.leaves)] // those that the last objects did not have are kept
	if more := leaves - len(all); more > 0 {
		all = append(all, make([][]parquet.Value, more)...)
	}
	s.leaves = all[:leaves]
	return s
}

func (e *parquetEncoder) options(root *column, slots *slot) []parquet.WriterOption {
	options := []parquet.WriterOption{
		parquet.NewSchema("record", root.node()),
		parquet.Compression(e.codec),
		parquet.DataPageStatistics(false), // the column index has them, where readers find them all at once
	}
	for _, path := range slots.unbounded(nil) {
		options = append(options, parquet.SkipPageBounds(path...))
	}
	return options
}

// rowWriter collects rows, hands them to the columns chunk by chunk, and ends row
// groups.
type rowWriter struct {
	*parquet.Writer
	*shredder
	rows    int // in the chunk
	grouped int // bytes in the row group
}

func (w *rowWriter) endRow() error {
	w.rows++
	if w.rows < chunkRows && w.size < chunkSize {
		return nil
	}
	if err := w.endChunk(); err != nil || w.grouped < rowGroupSize {
		return err
	}
	w.grouped = 0
	return w.Flush()
}

func (w *rowWriter) endChunk() error {
	if w.rows == 0 {
		return nil
	}
	for i, column := range w.ColumnWriters() {
		if _, err := column.WriteRowValues(w.leaves[i]); err != nil {
			return err
		}
	}
	w.grouped += w.size
	w.rows = 0
	w.reset()
	return nil
}

func (w *rowWriter) close() error {
	if err := w.endChunk(); err != nil {
		return err
	}
	return w.Close()
}

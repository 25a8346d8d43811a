// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

const (
	// rowGroupSize is the approximate size in bytes of a row group. It limits the
	// memory of Encode, because a row group is written when it is complete.
	rowGroupSize = 32 << 20
	// chunkRows and chunkSize limit a chunk of rows, which is passed to the columns
	// at once. It is the minimum size of a page.
	chunkRows = 256
	chunkSize = 256 << 10
)

// The names of the codecs, the default first.
const (
	zstdCodec    = "zstd"
	snappyCodec  = "snappy"
	gzipCodec    = "gzip"
	brotliCodec  = "brotli"
	lz4RawCodec  = "lz4_raw"
	withoutCodec = "none"
)

// Codecs returns the names of the codecs, the default first.
func Codecs() []string {
	return []string{zstdCodec, snappyCodec, gzipCodec, brotliCodec, lz4RawCodec, withoutCodec}
}

// Encoder writes one record per row. It is safe for concurrent use.
type Encoder struct {
	codec     compress.Codec // has large buffers, which the next object reuses
	layout    layout
	schemas   *schemaCache
	catalogue catalogue
	shredders sync.Pool // of *shredder, for the same reason
	checker   value.Checker
}

// Options select the layout and the types. Empty options have their defaults.
type Options struct {
	Layout  string  // one of Layouts
	Types   string  // one of Types
	Codec   string  // one of Codecs
	Schemas Schemas // the source of the types; if nil, they are inferred
}

// New returns an encoder, or an error that names all invalid options.
func New(opts Options) (*Encoder, error) {
	codec, codecErr := codecOf(cmp.Or(opts.Codec, zstdCodec))
	layout, layoutErr := layoutOf(cmp.Or(opts.Layout, Envelope))
	portable, typesErr := portableOf(cmp.Or(opts.Types, Portable))
	if err := errors.Join(layoutErr, typesErr, codecErr); err != nil {
		return nil, err
	}
	schemas := &schemaCache{source: opts.Schemas, portable: portable}
	return &Encoder{codec: codec, layout: layout, schemas: schemas}, nil
}

func codecOf(name string) (compress.Codec, error) {
	switch name {
	case zstdCodec:
		return &zstd.Codec{Level: zstd.SpeedDefault}, nil
	case snappyCodec:
		return &parquet.Snappy, nil
	case gzipCodec:
		return &parquet.Gzip, nil
	case brotliCodec:
		return &parquet.Brotli, nil
	case lz4RawCodec:
		return &parquet.Lz4Raw, nil
	case withoutCodec:
		return &parquet.Uncompressed, nil
	default:
		return nil, fmt.Errorf("codec: %q is not one of %q", name, Codecs())
	}
}

// Extension returns the end of the objects' names, with its dot.
func (*Encoder) Extension() string { return ".parquet" }

// ContentType returns the media type of the objects.
func (*Encoder) ContentType() string { return "application/vnd.apache.parquet" }

// ContentEncoding returns an empty string, because Parquet compresses its pages.
func (*Encoder) ContentEncoding() string { return "" }

// Check returns a *value.RecordError if rec can't be written.
func (e *Encoder) Check(rec opencdc.Record) error { return e.checker.Check(rec) }

// Encode writes an object with recs, which passed Check and are those of a table, or
// some of them. If table is nil, it decides the columns for recs alone. It keeps one
// row group in memory.
func (e *Encoder) Encode(w io.Writer, recs []opencdc.Record, table *Table) error {
	if table == nil {
		table = e.tableOf(recs)
	}
	all := levelsOf(table.root, 0, 0, 0, nil)
	row := e.layout.row(table.view, all)
	out := rowWriter{
		Writer:   parquet.NewWriter(w, e.options(table.root, all)...),
		shredder: e.shredder(all.leaves),
	}
	defer func() {
		out.reset()
		e.shredders.Put(out.shredder)
	}()
	for _, rec := range recs {
		key, before, after := e.layout.data(rec)
		if err := out.record(row, rec, key, before, after); err != nil {
			return value.Refuse(rec, err)
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

// shredder returns a shredder with a number of leaves.
func (e *Encoder) shredder(leaves int) *shredder {
	s, ok := e.shredders.Get().(*shredder)
	if !ok {
		return newShredder(leaves)
	}
	all := s.leaves[:cap(s.leaves)] // including those that the previous object did not need
	if more := leaves - len(all); more > 0 {
		all = append(all, make([][]parquet.Value, more)...)
	}
	s.leaves = all[:leaves]
	return s
}

func (e *Encoder) options(root *column, all *levels) []parquet.WriterOption {
	options := []parquet.WriterOption{
		parquet.NewSchema("record", root.node()),
		parquet.Compression(e.codec),
		parquet.DataPageStatistics(false), // the column index has them, in one place
	}
	for _, path := range all.unboundedPaths(nil) {
		options = append(options, parquet.SkipPageBounds(path...))
	}
	return options
}

// rowWriter collects rows, passes them to the columns in chunks, and ends row groups.
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

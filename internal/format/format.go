// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package format turns records into the bytes of objects: the packages jsonlines
// and columns write them, and this one chooses between the two. It decides which
// records can share an object and what identifies them. It must not know S3 or
// how objects are named.
package format

import (
	"fmt"
	"io"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/columns"
	"github.com/conduitio/conduit-connector-s3/internal/jsonlines"
)

// The names of the formats.
const (
	JSON    = "json"
	Parquet = "parquet"
)

// Formats returns the names of the formats.
func Formats() []string { return []string{JSON, Parquet} }

// Options select a format. Empty options have their defaults.
type Options struct {
	Format      string                   // one of Formats; it has no default
	Serializer  opencdc.RecordSerializer // of JSON: the layout of a line; nil is OpenCDC's JSON
	Compression string                   // of JSON: one of Compressions
	Layout      string                   // of Parquet: one of Layouts
	Types       string                   // of Parquet: one of Types
	Codec       string                   // of Parquet: one of Codecs
	Schemas     Schemas                  // of Parquet: the source of the types; if nil, they are inferred
}

// Encoder writes records as objects of one format. Each object is complete and can be
// read without the others. It is safe for concurrent use.
type Encoder interface {
	// Check returns a *value.RecordError if rec can't be written. If it returns nil,
	// Encode fails only if its writer does.
	Check(rec opencdc.Record) error
	// Groups returns which of recs can share an object: for each object, the indexes
	// of its records, ascending. The objects are in the order of their first record.
	// The records of an object have the same collection and the same schemas of keys
	// and payloads.
	Groups(recs []opencdc.Record) [][]int
	// Tables returns the columns of each of groups, which are indexes of recs. Those
	// of a field that has none yet are decided by all of recs together, and keep their
	// types. A table is nil for a format that has no columns.
	Tables(recs []opencdc.Record, groups [][]int) []*Table
	// Encode writes one object with recs, in order. They passed Check, and table is
	// that of their group; if it is nil, it is made for recs alone. Its memory does not depend on their number. It calls w from
	// several goroutines, but one at a time. It does not keep or change recs.
	Encode(w io.Writer, recs []opencdc.Record, table *Table) error
	// Extension is the end of the objects' names, with its dot.
	Extension() string
	// ContentType is the media type of the objects.
	ContentType() string
	// ContentEncoding is the compression of the objects as HTTP names it, or empty.
	// It is empty for a format that compresses parts of its objects.
	ContentEncoding() string
}

// New returns the encoder that opts select, or an error that names all invalid
// options.
func New(opts Options) (Encoder, error) {
	switch opts.Format {
	case JSON:
		e, err := jsonlines.New(opts.Serializer, opts.Compression)
		if err != nil {
			return nil, err
		}
		return lines{e}, nil
	case Parquet:
		e, err := columns.New(columns.Options{
			Layout: opts.Layout, Types: opts.Types, Codec: opts.Codec, Schemas: opts.Schemas,
		})
		if err != nil {
			return nil, err
		}
		return rows{e}, nil
	default:
		return nil, fmt.Errorf("format: %q is not one of %q", opts.Format, Formats())
	}
}

// lines is the format JSON.
type lines struct{ *jsonlines.Encoder }

func (lines) Groups(recs []opencdc.Record) [][]int { return groupsOf(recs) }

func (lines) Tables(_ []opencdc.Record, groups [][]int) []*Table { return make([]*Table, len(groups)) }

func (l lines) Encode(w io.Writer, recs []opencdc.Record, _ *Table) error {
	return l.Encoder.Encode(w, recs)
}

// rows is the format Parquet.
type rows struct{ *columns.Encoder }

func (rows) Groups(recs []opencdc.Record) [][]int { return groupsOf(recs) }

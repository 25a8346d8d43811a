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
	"github.com/conduitio/conduit-connector-s3/internal/value"
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
	// The records of an object have the same collection, the same schemas of keys
	// and payloads, and as Parquet the same shape: each of key, payload.before and
	// payload.after is either raw or structured in all of them. Absent data fits
	// both.
	Groups(recs []opencdc.Record) [][]int
	// Encode writes one object with recs, in order. They are a group and passed
	// Check. Its memory does not depend on their number. It calls w from several
	// goroutines, but one at a time. It does not keep or change recs.
	Encode(w io.Writer, recs []opencdc.Record) error
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
	var w writer
	var err error
	switch opts.Format {
	case JSON:
		w, err = jsonlines.New(opts.Serializer, opts.Compression)
	case Parquet:
		w, err = columns.New(columns.Options{
			Layout: opts.Layout, Types: opts.Types, Codec: opts.Codec, Schemas: opts.Schemas,
		})
	default:
		err = fmt.Errorf("format: %q is not one of %q", opts.Format, Formats())
	}
	if err != nil {
		return nil, err
	}
	return encoder{w}, nil
}

// writer is an Encoder without Groups, which follows from the shapes of records.
type writer interface {
	Check(rec opencdc.Record) error
	Encode(w io.Writer, recs []opencdc.Record) error
	Extension() string
	ContentType() string
	ContentEncoding() string
	Shape(rec opencdc.Record) (key, before, after value.Kind)
}

type encoder struct{ writer }

func (e encoder) Groups(recs []opencdc.Record) [][]int { return groupsOf(recs, e.Shape) }

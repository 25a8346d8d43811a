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

// Options choose a format and tune it. What is empty has its default.
type Options struct {
	Format      string                   // JSON or Parquet; it has no default
	Serializer  opencdc.RecordSerializer // the layout of a line of JSON; Parquet does not use it
	Compression string                   // of JSON: one of Compressions
	Layout      string                   // of Parquet: one of Layouts
	Types       string                   // of Parquet: one of Types
	Codec       string                   // of Parquet: one of Codecs
	Schemas     Schemas                  // of Parquet: where the types are from; nil infers them
}

// Encoder writes records as objects of one format. Each object is whole and
// can be read without the others. It is safe for concurrent use.
type Encoder interface {
	// Check returns a *RecordError if rec can't be encoded. After a nil, Encode
	// can fail only because its writer does.
	Check(rec opencdc.Record) error
	// Groups tells which of recs belong in one object: their indexes, object by
	// object, ascending in each, the objects in the order of their first record.
	// The records of an object have one collection, one schema of keys and one of
	// payloads, and as Parquet one shape: each of key, payload.before and
	// payload.after is raw in all or structured in all. What a record has not
	// fits any.
	Groups(recs []opencdc.Record) [][]int
	// Encode writes one object that holds recs, in order. They are a group and
	// passed Check. The memory it takes does not grow with their number. It calls w
	// from several goroutines, one at a time. It keeps none of recs and does not
	// change them.
	Encode(w io.Writer, recs []opencdc.Record) error
	// Extension is the end of the objects' names, with its dot.
	Extension() string
	// ContentType is the media type of the objects.
	ContentType() string
	// ContentEncoding is the compression of the objects as HTTP names it, or
	// empty. What a format compresses inside itself is none.
	ContentEncoding() string
}

// New returns the encoder that opts ask for, or an error that names all options
// that are wrong.
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

// writer is an Encoder but for its groups, which follow from the shapes of
// records.
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

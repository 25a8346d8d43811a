// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package format turns records into the bytes of objects. It owns the layouts
// of JSON and Parquet; it knows neither S3 nor how objects are named.
//
// # Columns
//
// An object of Parquet is made in two passes over its records. The first finds
// the columns: it begins with what the schema in the registry describes, or with
// nothing, and makes each column wide enough for the values that it sees. The
// second takes the records apart into the values of the columns.
//
//	Avro                       Go, without a schema      Parquet
//	boolean                    bool                      BOOLEAN
//	int                                                  INT32
//	long                       integers                  INT64
//	                           uint64 beyond int64       DECIMAL(20,0)
//	float                      float32                   FLOAT
//	double                     float64                   DOUBLE
//	decimal                    *big.Rat with an end      DECIMAL, of up to 38 digits
//	string, enum               string                    STRING
//	bytes                      []byte, opencdc.RawData   BYTE_ARRAY
//	fixed                                                FIXED_LEN_BYTE_ARRAY
//	uuid                                                 UUID
//	date                                                 DATE
//	time-millis, time-micros                             TIME(MICROS), not adjusted to UTC
//	timestamp-millis, -micros  time.Time                 TIMESTAMP(MICROS), adjusted to UTC
//	local-timestamp-…                                    TIMESTAMP(MICROS), not adjusted to UTC
//	                           time.Duration             INT64, nanoseconds
//	duration                                             group of months, days, milliseconds
//	record                     map[string]any            group
//	array                      []any                     LIST
//	map                                                  MAP
//	union of null and a type   nil and a type            that type; all columns are optional
//	any other union            values of several types   JSON
//
// json.Number is an integer or a double where one of them is the same number. A
// value of any other type is what its JSON says.
//
// Integers and doubles make a column of doubles, if a double holds each of the
// integers. Whatever else does not agree becomes JSON, and so does what Parquet
// or its readers have no column for: a record without fields, or with fields
// whose names are empty or differ in nothing but case; what is nested more than
// maxNesting deep; a structure with more than maxFields fields; a record inside
// of itself; a field of a schema with more than maxDeclared columns. With the
// types Portable, a uuid and a time of day are STRING and a fixed is BYTE_ARRAY.
// A field that is null in all records of an object has no column, unless a schema
// describes it. Times are cut to microseconds: engines that can't read nanoseconds
// refuse the file.
package format

import (
	"fmt"
	"io"

	"github.com/conduitio/conduit-commons/opencdc"
)

// The names of the formats.
const (
	JSON    = "json"
	Parquet = "parquet"
)

// Options choose a format and tune it. What is empty has its default.
type Options struct {
	Format      string                   // JSON or Parquet; it has no default
	Serializer  opencdc.RecordSerializer // the layout of a line of JSON; Parquet does not use it
	Compression string                   // of JSON: none (the default), gzip or zstd
	Layout      string                   // of Parquet: envelope (the default) or flat
	Types       string                   // of Parquet: exact (the default) or portable
	Codec       string                   // of Parquet: zstd (the default), snappy, gzip, brotli, lz4_raw or none
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
	switch opts.Format {
	case JSON:
		return newJSONEncoder(opts)
	case Parquet:
		return newParquetEncoder(opts)
	default:
		return nil, fmt.Errorf("format: %q is neither %q nor %q", opts.Format, JSON, Parquet)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package format turns records into the bytes of objects. It owns the layouts
// of JSON and Parquet; it knows neither S3 nor how objects are named.
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

// Encoder writes records as objects of one format. Each object is whole and
// can be read without the others.
type Encoder interface {
	// Encode writes one object that holds the first n of recs, in order, and
	// returns n. n may be less than len(recs) without an error: what follows
	// has another shape and belongs in an object of its own. An encoder takes
	// at least one record, if there is one.
	//
	// A record that can't be encoded ends the object in front of it: the error
	// is then a *RecordError about recs[n]. As long as n > 0, the object is
	// whole; if n is 0, what was written is of no use. Any other error comes
	// from w.
	//
	// Encode keeps none of recs and does not change them. It may give a column
	// without data the type that the column had in the object before. It is not safe for
	// concurrent use.
	Encode(w io.Writer, recs []opencdc.Record) (n int, err error)
	// Extension is the end of the objects' names, with its dot.
	Extension() string
	// ContentType is the media type of the objects.
	ContentType() string
}

// New returns the encoder of a format. The serializer gives the layout of a
// line of JSON.
func New(format string, serializer opencdc.RecordSerializer) (Encoder, error) {
	switch format {
	case JSON:
		return &jsonEncoder{serializer: serializer}, nil
	case Parquet:
		return newParquetEncoder(), nil
	default:
		return nil, fmt.Errorf("format: %q is neither %q nor %q", format, JSON, Parquet)
	}
}

// RecordError says which record can't be encoded, and why.
type RecordError struct {
	Position opencdc.Position
	Field    string // of the record, as OpenCDC names it; empty if it is the whole record
	Err      error
}

func (e *RecordError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("record at position %q: %v", e.Position, e.Err)
	}
	return fmt.Sprintf("record at position %q: %s: %v", e.Position, e.Field, e.Err)
}

func (e *RecordError) Unwrap() error { return e.Err }

// refuse returns the RecordError of rec. An err that names a field passes it on.
func refuse(rec opencdc.Record, err error) *RecordError {
	refused := &RecordError{Position: rec.Position, Err: err}
	if f, ok := err.(*fieldError); ok { //nolint:errorlint // made here, never wrapped
		refused.Field, refused.Err = f.field, f.err
	}
	return refused
}

// fieldError is the reason why a field can't be encoded.
type fieldError struct {
	field string
	err   error
}

func (e *fieldError) Error() string { return e.field + ": " + e.err.Error() }

func (e *fieldError) Unwrap() error { return e.err }

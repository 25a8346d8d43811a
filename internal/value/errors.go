// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import (
	"fmt"

	"github.com/conduitio/conduit-commons/opencdc"
)

// The fields of a record, as OpenCDC names them.
const (
	fieldOperation = "operation"
	fieldPosition  = "position"
	FieldKey       = "key"
	fieldMetadata  = "metadata"
	FieldBefore    = "payload.before"
	FieldAfter     = "payload.after"
)

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

// Refuse returns the RecordError of rec. An err that names a field passes it on.
func Refuse(rec opencdc.Record, err error) *RecordError {
	refused := &RecordError{Position: rec.Position, Err: err}
	if f, ok := err.(*FieldError); ok { //nolint:errorlint // made here, never wrapped
		refused.Field, refused.Err = f.Field, f.Err
	}
	return refused
}

// FieldError is the reason why a field can't be encoded.
type FieldError struct {
	Field string
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }

func (e *FieldError) Unwrap() error { return e.Err }

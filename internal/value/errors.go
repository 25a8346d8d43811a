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
	FieldKey       = "key"
	fieldMetadata  = "metadata"
	FieldBefore    = "payload.before"
	FieldAfter     = "payload.after"
)

// RecordError is the error of a record that can't be written.
type RecordError struct {
	Position opencdc.Position
	Field    string // as OpenCDC names it; empty if the error is about the whole record
	Err      error
}

func (e *RecordError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("record at position %q: %v", e.Position, e.Err)
	}
	return fmt.Sprintf("record at position %q: %s: %v", e.Position, e.Field, e.Err)
}

func (e *RecordError) Unwrap() error { return e.Err }

// Refuse returns the RecordError of rec. It has the field of a *FieldError.
func Refuse(rec opencdc.Record, err error) *RecordError {
	refused := &RecordError{Position: rec.Position, Err: err}
	if f, ok := err.(*FieldError); ok { //nolint:errorlint // it is never wrapped
		refused.Field, refused.Err = f.Field, f.Err
	}
	return refused
}

// FieldError is the error of a field of a record that can't be written.
type FieldError struct {
	Field string
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }

func (e *FieldError) Unwrap() error { return e.Err }

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package datum decodes Avro's binary encoding without trusting it. A datum is
// Avro's word for a value of a schema. The package knows schemas, bytes and Go
// values; it knows neither records of a pipeline nor where schemas are kept.
//
// Both the schema and the bytes may come from anybody. Whatever they claim, a
// call returns a value or an error, and what it allocates is bounded: an array
// that claims 2^40 items is read item by item until the bytes end, a type may
// hold itself, and a fixed type of any size takes no memory until its bytes are
// there. That is why the decoder of hamba/avro, which allocates what the bytes
// claim, is not used for this.
//
// The values are those that conduit-commons decodes, with four differences.
// What is empty is empty and not nil. The value of a union is bare, never a map
// with the name of its type. Fixed types are []byte. Local timestamps show their
// clock in UTC, whatever the time zone of the machine.
package datum

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Memory that a call of Decode may allocate: memoryBase and memoryPerByte for
// each byte of the data. A decoded value is that much larger than its bytes only
// if it is an array of hundreds of thousands of tiny records.
const (
	memoryBase    = 24 << 20
	memoryPerByte = 32
)

// maxDepth is how deep values may be nested. Types that hold themselves have no
// other limit.
const maxDepth = 1000

// Errors of Decode are one of these, with the path of the field.
var (
	// ErrShort says that the bytes end in the middle of a value. A count or a
	// length that claims more than there is comes to this.
	ErrShort = errors.New("the data end in the middle of a value")
	// ErrLong says that bytes are left when the value is complete.
	ErrLong = errors.New("the data do not end with the value")
	// ErrInvalid says that the bytes are not an encoding of the type.
	ErrInvalid = errors.New("not a valid encoding")
	// ErrTooLarge says that the value would need too much memory or is nested too
	// deep.
	ErrTooLarge = errors.New("the decoded value is too large for its data")
)

// Decode returns the fields of the record or map that data encode. It returns an
// error if data are not exactly one such value. It keeps nothing of data. It is
// safe for concurrent use.
func (s *Schema) Decode(data []byte) (map[string]any, error) {
	d := decoder{rest: data, memory: memoryBase + memoryPerByte*len(data)}
	value, err := d.value(s.root, 0)
	if err != nil {
		return nil, err
	}
	if len(d.rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes are left", ErrLong, len(d.rest))
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%w: the schema describes no fields", ErrInvalid)
	}
	return fields, nil
}

// fault is an error at a path of fields, innermost first.
type fault struct {
	path []string
	err  error
}

// maxPath is how many names of a path an error shows.
const maxPath = 8

func (f *fault) Error() string {
	path := slices.Clone(f.path)
	slices.Reverse(path)
	if len(path) > maxPath {
		path = append(path[:maxPath], "…")
	}
	return fmt.Sprintf("field %q: %v", strings.Join(path, "."), f.err)
}

func (f *fault) Unwrap() error { return f.err }

// under returns err as that of a field.
func under(name string, err error) error {
	f, ok := err.(*fault) //nolint:errorlint // made here, never wrapped
	if !ok {
		f = &fault{err: err}
	}
	f.path = append(f.path, name)
	return f
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"fmt"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// The names of the layouts of Parquet.
const (
	Envelope = "envelope"
	Flat     = "flat"
)

// Layouts returns the names of the layouts, the default first.
func Layouts() []string { return []string{Envelope, Flat} }

// layout is which columns a record has, and how they are named.
type layout interface {
	// data returns the data of a record that has columns.
	data(rec opencdc.Record) (key, before, after opencdc.Data)
	// columns returns the columns of an object.
	columns(v *view) []*column
	// row returns the levels of those columns.
	row(v *view, all *levels) row
}

// layoutOf returns a layout.
func layoutOf(name string) (layout, error) {
	switch name {
	case Envelope:
		return envelope{}, nil
	case Flat:
		return flat{}, nil
	default:
		return nil, fmt.Errorf("layout: %q is not one of %q", name, Layouts())
	}
}

// row is the levels of the columns of an object. Those that it does not have are nil.
type row struct {
	operation, position, metadata      *levels
	key, keyRaw                        *levels
	before, beforeRaw, after, afterRaw *levels
}

// The columns of all layouts.

func operationColumn(name string) *column {
	return &column{name: name, typ: text, required: true, lowCardinality: true}
}

func positionColumn(name string) *column {
	return &column{name: name, typ: binary, required: true, marks: marks{long: true}}
}

func metadataColumn(name string, found marks) *column {
	value := &column{name: "value", typ: text, required: true, marks: marks{long: true}}
	return &column{name: name, typ: mapping, required: true, fields: []*column{value}, marks: marks{longNames: found.longNames}}
}

// record appends the row of a record, given its data that has columns. An error is a
// *value.FieldError.
func (s *shredder) record(to row, rec opencdc.Record, key, before, after opencdc.Data) error {
	s.put(to.operation, s.stringValue(rec.Operation.String()), 0)
	s.put(to.position, s.bytesValue(rec.Position), 0)
	s.stringMap(to.metadata, rec.Metadata, 0)
	if err := s.data(value.FieldKey, to.key, to.keyRaw, key); err != nil {
		return err
	}
	if to.before != nil {
		if err := s.data(value.FieldBefore, to.before, to.beforeRaw, before); err != nil {
			return err
		}
	}
	return s.data(value.FieldAfter, to.after, to.afterRaw, after)
}

// named returns a column under another name, or nothing if it is not used.
func (c *column) named(name string) []*column {
	if c.typ == binary && !c.used {
		return nil
	}
	named := *c
	named.name, named.label = name, ""
	return []*column{&named}
}

// data appends the data of a field of a record to its columns for fields and for
// bytes, which may be nil.
func (s *shredder) data(field string, fields, raw *levels, d opencdc.Data) error {
	kind := value.KindOf(d)
	if raw != nil {
		if kind == value.Raw {
			b, _ := bytesOf(d)
			s.put(raw, s.bytesValue(b), 0)
		} else {
			s.null(raw, 0, 0)
		}
	}
	if kind != value.Structured {
		s.null(fields, 0, 0)
		return nil
	}
	structured, _ := fieldsOf(d)
	if err := s.fields(fields, structured, 0); err != nil {
		return &value.FieldError{Field: field, Err: err}
	}
	return nil
}

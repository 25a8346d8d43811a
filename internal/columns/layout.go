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

// layout makes the columns of one object, and then the rows of its records.
type layout interface {
	// infer widens the columns until they fit a record.
	infer(rec opencdc.Record)
	// columns returns the object's columns. It is called after infer was called for
	// all records.
	columns() []*column
	// write appends a record's row. to has the levels of the columns. An error is a
	// *value.FieldError.
	write(s *shredder, to []*levels, rec opencdc.Record) error
}

// shape returns the kinds of the data that have columns.
type shape func(opencdc.Record) (key, before, after value.Kind)

// layoutOf returns the constructor of a layout, and the shape of its records.
func layoutOf(name string) (func(*schemaCache) layout, shape, error) {
	switch name {
	case Envelope:
		return newEnvelope, envelopeShape, nil
	case Flat:
		return newFlat, flatShape, nil
	default:
		return nil, nil, fmt.Errorf("layout: %q is not one of %q", name, Layouts())
	}
}

// dataColumn infers the column of keys, or that of payloads.
type dataColumn struct {
	inferrer
	schemas *schemaCache
	id      value.SchemaID
	column  *column // nil as long as no record has data
}

// infer widens the column until it fits d, which may be absent, of a record with a
// schema id for it.
func (h *dataColumn) infer(d opencdc.Data, id value.SchemaID) {
	if value.KindOf(d) == value.Absent {
		if h.column == nil && h.id == (value.SchemaID{}) {
			h.id = id
		}
		return
	}
	switch {
	case h.column != nil:
	case value.KindOf(d) == value.Raw: // the schema may describe their encoding, but they are bytes
		h.column = &column{}
	default:
		h.id, h.column = id, h.schemas.column(id)
	}
	h.inferrer.infer(h.column, d, 0)
}

// resolved returns the final column, with a name. If no record has data or a schema,
// it is a STRING, whose nulls engines convert to the type in other objects.
func (h *dataColumn) resolved(name string) *column {
	if h.column == nil {
		h.column = h.schemas.column(h.id)
	}
	c := h.column.clone()
	c.name = name
	c.resolve()
	if c.typ == unknown {
		c.typ = text
	}
	return c
}

// The columns of all layouts.

func operationColumn(name string) *column {
	return &column{name: name, typ: text, required: true, lowCardinality: true}
}

func positionColumn(name string) *column {
	return &column{name: name, typ: binary, required: true, long: true}
}

// metadataNames infers the column of metadata.
type metadataNames struct {
	long bool // whether some name is longer than maxBound
}

func (n *metadataNames) infer(m opencdc.Metadata) {
	for name := range m {
		n.long = n.long || len(name) > maxBound
	}
}

func (n *metadataNames) column(name string) *column {
	value := &column{name: "value", typ: text, required: true, long: true}
	return &column{name: name, typ: mapping, required: true, longNames: n.long, fields: []*column{value}}
}

// writeField writes the data of a field of a record.
func writeField(s *shredder, to *levels, field string, d opencdc.Data) error {
	if err := s.write(to, d, 0, to.definition-1); err != nil {
		return &value.FieldError{Field: field, Err: err}
	}
	return nil
}

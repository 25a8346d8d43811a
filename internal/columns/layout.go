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

// layout makes the columns of one object and the rows of its records. It first
// sees all of them.
type layout interface {
	// see makes the columns wide enough for a record.
	infer(rec opencdc.Record)
	// columns returns the object's columns. Nothing is seen afterwards.
	columns() []*column
	// write appends a record's row. to are the slots of the columns. An error is
	// a *fieldError.
	write(s *shredder, to []*levels, rec opencdc.Record) error
}

// shape returns the kinds of what of a record has columns.
type shape func(opencdc.Record) (key, before, after value.Kind)

// layoutOf returns what makes layouts of a name, and the shape of their objects.
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

// dataColumn is what finds the column of keys, or that of payloads.
type dataColumn struct {
	inferrer
	schemas *schemaCache
	id      value.SchemaID
	column  *column // nil until there is data
}

// infer sees data, or that there is none, in a record that names a schema for it.
func (h *dataColumn) infer(d opencdc.Data, id value.SchemaID) {
	if value.KindOf(d) == value.Absent {
		if h.column == nil && h.id == (value.SchemaID{}) {
			h.id = id
		}
		return
	}
	switch {
	case h.column != nil:
	case value.KindOf(d) == value.Raw: // perhaps of the schema's encoding, but bytes
		h.column = &column{}
	default:
		h.id, h.column = id, h.schemas.column(id)
	}
	h.inferrer.infer(h.column, d, 0)
}

// resolved returns the column under a name, once everything was seen. If no
// record had data and none named a schema, it is a text: nulls that engines turn
// into any type that other objects have there.
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

// The columns that all layouts have.

func operationColumn(name string) *column {
	return &column{name: name, typ: text, required: true, lowCardinality: true}
}

func positionColumn(name string) *column {
	return &column{name: name, typ: binary, required: true, long: true}
}

func metadataColumn(name string) *column {
	value := &column{name: "value", typ: text, required: true, long: true}
	return &column{name: name, typ: mapping, required: true, fields: []*column{value}}
}

// writeField writes the data of a field of a record.
func writeField(s *shredder, to *levels, field string, d opencdc.Data) error {
	if err := s.write(to, d, 0, to.definition-1); err != nil {
		return &value.FieldError{Field: field, Err: err}
	}
	return nil
}

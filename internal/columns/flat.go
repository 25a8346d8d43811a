// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"strings"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// The columns of the layout flat apart from the fields of payloads.
const (
	flatOperation = "_operation"
	flatPosition  = "_position"
	flatKey       = "_key"
	flatMetadata  = "_metadata"
	flatPayload   = "_payload"
)

// flat is the layout with the fields of a payload as columns, followed by:
//
//	_operation   create, update, delete or snapshot
//	_position
//	_key
//	_metadata    a map of strings
//
// The payload is payload.before of a delete, and payload.after of any other record.
// A payload without fields is the column _payload. It is raw, or its fields can't
// be columns. A field with the name of one of these columns gets one more
// underscore.
type flat struct {
	key, payload dataColumn
	metadata     metadataNames
	fields       bool // whether the fields of payloads are columns
}

func newFlat(schemas *schemaCache) layout {
	return &flat{key: dataColumn{schemas: schemas}, payload: dataColumn{schemas: schemas}}
}

// flatShape is the shape of records of which only the state has columns.
func flatShape(rec opencdc.Record) (keys, before, after value.Kind) {
	state, _ := stateOf(rec)
	return value.KindOf(rec.Key), value.Absent, value.KindOf(state)
}

// stateOf returns the data that becomes columns, and its field in the record.
func stateOf(rec opencdc.Record) (opencdc.Data, string) {
	if rec.Operation == opencdc.OperationDelete {
		return rec.Payload.Before, value.FieldBefore
	}
	return rec.Payload.After, value.FieldAfter
}

func (f *flat) infer(rec opencdc.Record) {
	f.metadata.infer(rec.Metadata)
	f.key.infer(rec.Key, value.KeySchemaOf(rec.Metadata))
	state, _ := stateOf(rec)
	f.payload.infer(state, value.PayloadSchemaOf(rec.Metadata))
}

func (f *flat) columns() []*column {
	payload := f.payload.resolved(flatPayload)
	columns := []*column{payload}
	if f.fields = payload.typ == record; f.fields {
		columns = payload.fields
		for _, c := range columns {
			c.label = unreserved(c.name)
		}
	}
	return append(columns,
		operationColumn(flatOperation),
		positionColumn(flatPosition),
		f.key.resolved(flatKey),
		f.metadata.column(flatMetadata),
	)
}

// unreserved returns the name of a field's column, with one more underscore if
// another column has it. Different fields have different columns.
func unreserved(name string) string {
	switch "_" + fold(strings.TrimLeft(name, "_")) {
	case flatOperation, flatPosition, flatKey, flatMetadata, flatPayload:
		if strings.HasPrefix(name, "_") {
			return "_" + name
		}
	}
	return name
}

func (f *flat) write(s *shredder, to []*levels, rec opencdc.Record) error {
	own := len(to) - 4
	s.put(to[own], s.stringValue(rec.Operation.String()), 0)
	s.put(to[own+1], s.bytesValue(rec.Position), 0)
	s.stringMap(to[own+3], rec.Metadata, 0)
	if err := writeField(s, to[own+2], value.FieldKey, rec.Key); err != nil {
		return err
	}
	state, field := stateOf(rec)
	if !f.fields {
		return writeField(s, to[0], field, state)
	}
	fields, _ := fieldsOf(state)
	for _, c := range to[:own] {
		if err := s.write(c, fields[c.name], 0, 0); err != nil {
			return &value.FieldError{Field: field, Err: err}
		}
	}
	return nil
}

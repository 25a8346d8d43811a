// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"cmp"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// envelope is the layout with the whole record:
//
//	operation       create, update, delete or snapshot
//	position
//	key
//	metadata        a map of strings
//	payload.before
//	payload.after
//
// payload.before and payload.after have the same type, unless only one of them is
// raw. Absent data is null, and empty data is an empty value.
type envelope struct {
	key, raw, structured dataColumn
	metadata             metadataNames
	before, after        value.Kind
}

func newEnvelope(schemas *schemaCache) layout {
	return &envelope{key: dataColumn{schemas: schemas}, raw: dataColumn{schemas: schemas}, structured: dataColumn{schemas: schemas}}
}

// envelopeShape is the shape of whole records.
func envelopeShape(rec opencdc.Record) (key, before, after value.Kind) {
	return value.KindOf(rec.Key), value.KindOf(rec.Payload.Before), value.KindOf(rec.Payload.After)
}

func (e *envelope) payload(k value.Kind) *dataColumn {
	if k == value.Raw {
		return &e.raw
	}
	return &e.structured
}

func (e *envelope) infer(rec opencdc.Record) {
	e.metadata.infer(rec.Metadata)
	e.key.infer(rec.Key, value.KeySchemaOf(rec.Metadata))
	before, after := value.KindOf(rec.Payload.Before), value.KindOf(rec.Payload.After)
	e.before, e.after = cmp.Or(e.before, before), cmp.Or(e.after, after)
	id := value.PayloadSchemaOf(rec.Metadata)
	e.payload(before).infer(rec.Payload.Before, id)
	e.payload(after).infer(rec.Payload.After, id)
}

func (e *envelope) columns() []*column {
	before := e.payload(cmp.Or(e.before, e.after)).resolved("before")
	after := e.payload(cmp.Or(e.after, e.before)).resolved("after")
	return []*column{
		operationColumn("operation"),
		positionColumn("position"),
		e.key.resolved("key"),
		e.metadata.column("metadata"),
		{name: "payload", typ: record, required: true, fields: []*column{before, after}},
	}
}

func (e *envelope) write(s *shredder, to []*levels, rec opencdc.Record) error {
	s.put(to[0], s.stringValue(rec.Operation.String()), 0)
	s.put(to[1], s.bytesValue(rec.Position), 0)
	s.stringMap(to[3], rec.Metadata, 0)
	if err := writeField(s, to[2], value.FieldKey, rec.Key); err != nil {
		return err
	}
	payload := to[4].inner
	if err := writeField(s, payload[0], value.FieldBefore, rec.Payload.Before); err != nil {
		return err
	}
	return writeField(s, payload[1], value.FieldAfter, rec.Payload.After)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
)

// The columns of the layout flat apart from the fields of payloads.
const (
	flatOperation = "_operation"
	flatPosition  = "_position"
	flatKey       = "_key"
	flatKeyRaw    = "_key_raw"
	flatMetadata  = "_metadata"
	flatPayload   = "_payload"
)

// flat is the layout with the fields of a payload as columns, followed by:
//
//	_operation   create, update, delete or snapshot
//	_position
//	_key         its fields
//	_key_raw     its bytes, if it has no fields
//	_metadata    a map of strings
//	_payload     its bytes, if it has no fields
//
// The payload is payload.before of a delete, and payload.after of any other record.
// The columns of bytes are only in objects that need them. A field with the name of
// one of these columns, or of the column of other fields, gets one more underscore.
type flat struct{}

func (flat) data(rec opencdc.Record) (key, before, after opencdc.Data) {
	if rec.Operation == opencdc.OperationDelete {
		return rec.Key, nil, rec.Payload.Before
	}
	return rec.Key, nil, rec.Payload.After
}

func (flat) columns(v *view) []*column {
	for _, c := range v.payload.fields {
		if c.typ != restText {
			c.label = unreserved(c.name, restName, flatOperation, flatPosition, flatKey, flatKeyRaw, flatMetadata, flatPayload)
		}
	}
	return slices.Concat(
		v.payload.fields,
		[]*column{operationColumn(flatOperation), positionColumn(flatPosition)},
		v.key.named(flatKey), v.keyRaw.named(flatKeyRaw),
		[]*column{metadataColumn(flatMetadata, v.metadata.marks)},
		v.afterRaw.named(flatPayload),
	)
}

func (flat) row(v *view, all *levels) row {
	fields := len(v.payload.fields)
	state := &levels{column: v.payload, inner: all.inner[:fields]}
	for _, inner := range state.inner {
		state.leaves += inner.leaves
	}
	return row{
		operation: all.named(flatOperation), position: all.named(flatPosition), metadata: all.named(flatMetadata),
		key: all.named(flatKey), keyRaw: all.named(flatKeyRaw), after: state, afterRaw: all.named(flatPayload),
	}
}

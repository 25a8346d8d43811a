// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
)

// envelope is the layout with the whole record:
//
//	operation           create, update, delete or snapshot
//	position
//	key                 its fields
//	key_raw             its bytes, if it has no fields
//	metadata            a map of strings
//	payload.before      its fields
//	payload.before_raw  its bytes, if it has no fields
//	payload.after
//	payload.after_raw
//
// payload.before and payload.after have the same type, but without a schema one of
// which an object has none has no fields in it. Absent data is null, and empty
// data is an empty value. The columns of bytes are only in objects that need them.
type envelope struct{}

func (envelope) data(rec opencdc.Record) (key, before, after opencdc.Data) {
	return rec.Key, rec.Payload.Before, rec.Payload.After
}

func (envelope) columns(v *view) []*column {
	payload := &column{name: "payload", typ: record, required: true, fields: slices.Concat(
		v.half("before", v.before), v.beforeRaw.named("before_raw"), v.half("after", v.after), v.afterRaw.named("after_raw"),
	)}
	return slices.Concat(
		[]*column{operationColumn("operation"), positionColumn("position")},
		v.key.named("key"), v.keyRaw.named("key_raw"),
		[]*column{metadataColumn("metadata", v.metadata.marks), payload},
	)
}

func (envelope) row(_ *view, all *levels) row {
	payload := all.named("payload")
	return row{
		operation: all.named("operation"), position: all.named("position"), metadata: all.named("metadata"),
		key: all.named("key"), keyRaw: all.named("key_raw"),
		before: payload.named("before"), beforeRaw: payload.named("before_raw"),
		after: payload.named("after"), afterRaw: payload.named("after_raw"),
	}
}

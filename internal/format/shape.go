// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"cmp"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/parquet-go/parquet-go"
)

// shape says of what kind key, payload.before and payload.after are in the
// records of one object.
type shape [3]kind

func shapeOf(recs []opencdc.Record) shape {
	var s shape
	for _, rec := range recs {
		for i, f := range dataFields(rec) {
			s[i] = cmp.Or(s[i], kindOf(f.data))
		}
	}
	return s
}

// schema returns the columns of an object:
//
//	required binary operation (STRING)   create, update, delete or snapshot
//	required binary position
//	optional binary key                  (JSON) if keys are structured
//	required group metadata (MAP)        of STRING to STRING
//	required group payload
//	  optional binary before             (JSON) if payloads are structured
//	  optional binary after              (JSON) if payloads are structured
//
// Null says that a record has no such data; empty data is an empty value.
func (s shape) schema() *parquet.Schema {
	s = s.complete()
	return parquet.NewSchema("record", columns{
		{fieldOperation, parquet.Encoded(parquet.String(), &parquet.RLEDictionary)},
		{fieldPosition, parquet.Encoded(parquet.Leaf(parquet.ByteArrayType), &parquet.Plain)},
		{fieldKey, s[0].column()},
		{fieldMetadata, parquet.Map(
			parquet.Encoded(parquet.String(), &parquet.RLEDictionary),
			parquet.Encoded(parquet.String(), &parquet.Plain),
		)},
		{fieldPayload, columns{
			{columnBefore, s[1].column()},
			{columnAfter, s[2].column()},
		}.node()},
	}.node())
}

// complete says of what kind an absent field is taken to be, so that objects
// with and without, say, payload.before have the same columns: that of the
// other half of the payload, or else the other of key and payload.
func (s shape) complete() shape {
	key, before, after := s[0], s[1], s[2]
	return shape{
		cmp.Or(key, after, before, raw),
		cmp.Or(before, after, key, raw),
		cmp.Or(after, before, key, raw),
	}
}

func (k kind) column() parquet.Node {
	node := parquet.Leaf(parquet.ByteArrayType)
	if k == structured {
		node = parquet.JSON()
	}
	return parquet.Optional(parquet.Encoded(node, &parquet.Plain))
}

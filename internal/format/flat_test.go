// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

func TestFlat_StateOfEachOperation(t *testing.T) {
	state := func(op opencdc.Operation, before, after opencdc.Data) opencdc.Record {
		return opencdc.Record{Operation: op, Payload: opencdc.Change{Before: before, After: after}}
	}
	old, current := opencdc.StructuredData{"n": 1}, opencdc.StructuredData{"n": 2}
	_, rows := flatRows(t, nil,
		state(opencdc.OperationCreate, nil, current),
		state(opencdc.OperationUpdate, old, current),
		state(opencdc.OperationDelete, old, nil),
		state(opencdc.OperationDelete, nil, nil),
		state(opencdc.OperationDelete, old, current),
	)
	assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{"n": int64(2)}, {"n": int64(2)}, {"n": int64(1)}, {"n": nil}, {"n": int64(1)}}))
}

func TestFlat_PayloadsWithoutFields(t *testing.T) {
	create := func(after opencdc.Data) opencdc.Record {
		return opencdc.Record{Operation: opencdc.OperationCreate, Payload: opencdc.Change{After: after}}
	}
	for name, test := range map[string]struct {
		payload opencdc.Data
		columns string
		want    any
	}{
		"raw":                 {opencdc.RawData("\xff"), "\toptional binary _payload;\n", []byte("\xff")},
		"none":                {nil, "\toptional binary _payload (STRING);\n", nil},
		"no fields":           {opencdc.StructuredData{}, "\toptional binary _payload (JSON);\n", jsonValue("{}")},
		"fields of one name":  {opencdc.StructuredData{"a": 1, "A": 2}, "\toptional binary _payload (JSON);\n", jsonValue(`{"A":2,"a":1}`)},
		"fields without name": {opencdc.StructuredData{"": 1}, "\toptional binary _payload (JSON);\n", jsonValue(`{"":1}`)},
	} {
		t.Run(name, func(t *testing.T) {
			columns, rows := flatRows(t, nil, create(test.payload))
			assert.Check(t, cmp.Equal(columns, test.columns))
			assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{"_payload": test.want}}))
		})
	}
}

func TestFlat_FieldsNamedLikeOtherColumns(t *testing.T) {
	_, rows := flatRows(t, nil, structured("1", opencdc.StructuredData{
		"_operation": 1, "__operation": 2, "operation": 3, "_KEY": 4, "_payload": 5, "_other": 6, "__metadata": 7,
	}))
	assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{
		"__operation": int64(1), "___operation": int64(2), "operation": int64(3), "__KEY": int64(4), "__payload": int64(5),
		"_other": int64(6), "___metadata": int64(7),
	}}))
}

func TestFlat_GroupsByTheStateAlone(t *testing.T) {
	fields, bytes := opencdc.StructuredData{"n": 1}, opencdc.RawData("b")
	recs := []opencdc.Record{
		{Operation: opencdc.OperationUpdate, Payload: opencdc.Change{Before: bytes, After: fields}},
		{Operation: opencdc.OperationDelete, Payload: opencdc.Change{Before: fields}},
		{Operation: opencdc.OperationDelete, Payload: opencdc.Change{Before: bytes}},
	}
	e, err := format.New(format.Options{Format: format.Parquet, Layout: format.Flat})
	assert.NilError(t, err)
	assert.Check(t, cmp.DeepEqual(e.Groups(recs), [][]int{{0, 1}, {2}}))
	assert.Check(t, cmp.DeepEqual(newEncoder(t, format.Parquet).Groups(recs), [][]int{{0, 2}, {1}}))
}

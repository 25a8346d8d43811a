// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
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

func TestFlat_PayloadsWithoutColumns(t *testing.T) {
	create := func(after opencdc.Data) opencdc.Record {
		return opencdc.Record{Operation: opencdc.OperationCreate, Payload: opencdc.Change{After: after}}
	}
	for name, test := range map[string]struct {
		payload opencdc.Data
		want    map[string]any
	}{
		"raw":                 {opencdc.RawData("\xff"), map[string]any{"_payload": []byte("\xff")}},
		"none":                {nil, map[string]any{}},
		"no fields":           {opencdc.StructuredData{}, map[string]any{}},
		"fields of one name":  {opencdc.StructuredData{"a": 1, "A": 2}, map[string]any{"A": int64(2), "a": jsonValue("1")}},
		"fields without name": {opencdc.StructuredData{"": 1}, map[string]any{"": jsonValue("1")}},
	} {
		t.Run(name, func(t *testing.T) {
			_, rows := flatRows(t, nil, create(test.payload))
			assert.Check(t, cmp.DeepEqual(rows, []map[string]any{test.want}))
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

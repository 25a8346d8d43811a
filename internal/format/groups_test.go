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

func TestGroups_WhatSharesAnObject(t *testing.T) {
	in := func(collection, version string, key, before, after opencdc.Data) opencdc.Record {
		return opencdc.Record{
			Metadata: opencdc.Metadata{
				opencdc.MetadataCollection:           collection,
				opencdc.MetadataPayloadSchemaSubject: "s", opencdc.MetadataPayloadSchemaVersion: version,
			},
			Key: key, Payload: opencdc.Change{Before: before, After: after},
		}
	}
	fields, text := opencdc.StructuredData{}, opencdc.RawData{}
	for name, test := range map[string]struct {
		recs          []opencdc.Record
		json, parquet [][]int
	}{
		"nothing":     {nil, [][]int{}, [][]int{}},
		"collections": {[]opencdc.Record{in("a", "", text, nil, text), in("b", "", text, nil, text), in("a", "", text, nil, text)}, [][]int{{0, 2}, {1}}, [][]int{{0, 2}, {1}}},
		"schemas":     {[]opencdc.Record{in("a", "1", text, nil, fields), in("a", "2", text, nil, fields), in("a", "1", text, nil, fields)}, [][]int{{0, 2}, {1}}, [][]int{{0, 2}, {1}}},
		"schema of nothing": {
			[]opencdc.Record{in("a", "1", text, nil, nil), in("a", "2", text, nil, fields), in("a", "1", text, nil, nil), in("a", "1", text, fields, nil)},
			[][]int{{0, 1, 2}, {3}},
			[][]int{{0, 1, 2}, {3}},
		},
		"shapes": {[]opencdc.Record{in("a", "", text, nil, fields), in("a", "", text, nil, text), in("a", "", fields, nil, nil), in("a", "", nil, text, nil)}, [][]int{{0, 1, 2, 3}}, [][]int{{0, 3}, {1}, {2}}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Check(t, cmp.DeepEqual(newEncoder(t, format.JSON).Groups(test.recs), test.json))
			assert.Check(t, cmp.DeepEqual(newEncoder(t, format.Parquet).Groups(test.recs), test.parquet))
		})
	}
}

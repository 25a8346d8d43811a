// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

func TestColumns_AreThoseOfObjects(t *testing.T) {
	rec := opencdc.Record{
		Position: opencdc.Position("1"), Operation: opencdc.OperationCreate, Metadata: opencdc.Metadata{"a": "b"},
		Key: opencdc.RawData("k"), Payload: opencdc.Change{After: opencdc.RawData("p")},
	}
	for _, layout := range format.Layouts() {
		e, err := format.New(format.Options{Format: format.Parquet, Layout: layout})
		assert.NilError(t, err)
		var out bytes.Buffer
		assert.NilError(t, e.Encode(&out, []opencdc.Record{rec}, nil))
		schema, _ := readRows(t, out.Bytes())
		var names []string
		for _, field := range schema.Fields() {
			names = append(names, field.Name())
		}
		for _, name := range names {
			assert.Check(t, cmp.Contains(format.Columns(layout), name))
		}
	}
	var out bytes.Buffer
	assert.NilError(t, newEncoder(t, format.JSON).Encode(&out, []opencdc.Record{rec}, nil))
	var line map[string]any
	assert.NilError(t, json.Unmarshal(out.Bytes(), &line))
	for name := range line {
		assert.Check(t, cmp.Contains(format.Columns(format.Envelope), name))
	}
}

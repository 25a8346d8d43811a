// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package datum_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/schema"
	"github.com/conduitio/conduit-connector-s3/internal/datum"
	"github.com/google/go-cmp/cmp"
	"github.com/hamba/avro/v2"
	"gotest.tools/v3/assert"
)

func parse(t testing.TB, text string) *datum.Schema {
	t.Helper()
	s, err := datum.Parse(text)
	assert.NilError(t, err)
	return s
}

// fieldOf returns a schema of a record with one field, f.
func fieldOf(typ string) string {
	return fmt.Sprintf(`{"type":"record","name":"R","namespace":"x","fields":[{"name":"f","type":%s}]}`, typ)
}

// encode encodes a record with one field as Conduit does.
func encode(t testing.TB, text string, value any) []byte {
	t.Helper()
	data, err := schema.Schema{Type: schema.TypeAvro, Bytes: []byte(text)}.Marshal(map[string]any{"f": value})
	assert.NilError(t, err)
	return data
}

var equalRats = cmp.Comparer(func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })

// types are types with a value of each, as Conduit encodes it, and what it is
// decoded as if that is something else.
var types = []struct {
	typ         string
	value, want any
}{
	{`"null"`, nil, nil},
	{`"boolean"`, true, nil},
	{`"int"`, -7, nil},
	{`"long"`, int64(math.MinInt64), nil},
	{`"float"`, float32(1.5), nil},
	{`"double"`, math.Inf(-1), nil},
	{`"bytes"`, []byte{0, 255}, nil},
	{`"string"`, "Zürich", nil},
	{`"string"`, "", nil},
	{`{"type":"int","logicalType":"date"}`, time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC), nil},
	{`{"type":"int","logicalType":"time-millis"}`, 3 * time.Hour, nil},
	{`{"type":"long","logicalType":"time-micros"}`, 3 * time.Microsecond, nil},
	{`{"type":"long","logicalType":"timestamp-millis"}`, time.Date(1960, 1, 2, 3, 4, 5, 6e6, time.UTC), nil},
	{`{"type":"long","logicalType":"timestamp-micros"}`, time.Date(2026, 1, 2, 3, 4, 5, 6e3, time.UTC), nil},
	{`{"type":"string","logicalType":"uuid"}`, "8d3a3c4e-3d3f-4f5d-9d4d-1c1e4b7a9c10", nil},
	{`{"type":"string","logicalType":"of-no-meaning"}`, "same", nil},
	{`{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}`, big.NewRat(-1999, 100), nil},
	{`{"type":"bytes","logicalType":"decimal","precision":9}`, big.NewRat(5, 1), nil},
	{`{"type":"bytes","logicalType":"decimal","precision":2,"scale":9}`, []byte("no decimal"), nil},
	{`{"type":"fixed","name":"F","size":8,"logicalType":"decimal","precision":9,"scale":2}`, big.NewRat(-1, 100), nil},
	{`{"type":"fixed","name":"F","size":12,"logicalType":"duration"}`, avro.LogicalDuration{Months: 1, Days: 2, Milliseconds: 3}, nil},
	{`{"type":"enum","name":"E","symbols":["a","b"]}`, "b", nil},
	{`["null","string"]`, nil, nil},
	{`["null","string"]`, "one", nil},
	{`["null","string","long"]`, "one of three", nil},
	{`{"type":["string","null"]}`, "one", nil},
	{`{"type":"array","items":"long"}`, []any{int64(1), int64(2)}, nil},
	{`{"type":"map","values":"boolean"}`, map[string]any{"yes": true, "no": false}, nil},
	{`{"type":"array","items":["null","string"]}`, []any{nil, "b"}, []any{nil, "b"}},
	{`{"type":"record","name":"I","fields":[{"name":"a","type":"int"},{"name":"b","type":{"type":"array","items":"int"}}]}`, map[string]any{"a": 1, "b": []any{2}}, nil},
}

func TestDecode_AsConduitDoes(t *testing.T) {
	for _, c := range types {
		text := fieldOf(c.typ)
		data := encode(t, text, c.value)
		var want map[string]any
		assert.NilError(t, schema.Schema{Type: schema.TypeAvro, Bytes: []byte(text)}.Unmarshal(data, &want))
		got, err := parse(t, text).Decode(data)
		assert.NilError(t, err, c.typ)
		if c.want != nil {
			want = map[string]any{"f": c.want}
		}
		assert.DeepEqual(t, got, want, equalRats)
	}
}

// These are the differences to what Conduit decodes.
func TestDecode_WhatIsEmptyIsNotNil(t *testing.T) {
	for typ, value := range map[string]any{
		`{"type":"array","items":"long"}`:          []any{},
		`{"type":"map","values":"long"}`:           map[string]any{},
		`{"type":"record","name":"I","fields":[]}`: map[string]any{},
		`"bytes"`: []byte{},
		`["null",{"type":"array","items":"long"}]`:  []any{},
		`["null",{"type":"map","values":"string"}]`: map[string]any{},
	} {
		data := []byte{0}
		switch {
		case typ[0] == '[':
			data = []byte{2, 0}
		case typ == `{"type":"record","name":"I","fields":[]}`:
			data = nil
		}
		got, err := parse(t, fieldOf(typ)).Decode(data)
		assert.NilError(t, err, typ)
		assert.DeepEqual(t, got, map[string]any{"f": value})
	}
}

func TestDecode_UnionsLeaveNoNames(t *testing.T) {
	geo := `{"type":"record","name":"Geo","fields":[{"name":"lat","type":"int"}]}`
	for _, typ := range []string{
		`["null",` + geo + `]`,
		`["null",` + geo + `,"string"]`,
	} {
		got, err := parse(t, fieldOf(typ)).Decode([]byte{2, 14})
		assert.NilError(t, err)
		assert.DeepEqual(t, got, map[string]any{"f": map[string]any{"lat": 7}})
	}
	got, err := parse(t, fieldOf(`{"type":"array","items":["null",`+geo+`]}`)).Decode([]byte{4, 0, 2, 14, 0})
	assert.NilError(t, err)
	assert.DeepEqual(t, got, map[string]any{"f": []any{nil, map[string]any{"lat": 7}}})
}

func TestDecode_FixedIsBytes(t *testing.T) {
	got, err := parse(t, fieldOf(`{"type":"fixed","name":"F","size":3}`)).Decode([]byte("abc"))
	assert.NilError(t, err)
	assert.DeepEqual(t, got, map[string]any{"f": []byte("abc")})
}

func TestDecode_LocalTimestampShowsItsClockInUTC(t *testing.T) {
	got, err := parse(t, fieldOf(`{"type":"long","logicalType":"local-timestamp-millis"}`)).Decode([]byte{0})
	assert.NilError(t, err)
	assert.DeepEqual(t, got, map[string]any{"f": time.Unix(0, 0).UTC()})
}

// Blocks may be many, and may say how many bytes they have.
func TestDecode_Blocks(t *testing.T) {
	got, err := parse(t, fieldOf(`{"type":"array","items":"int"}`)).Decode([]byte{2, 2, 3, 4, 4, 6, 0})
	assert.NilError(t, err)
	assert.DeepEqual(t, got, map[string]any{"f": []any{1, 2, 3}})
}

func TestDecode_NamesOfTypes(t *testing.T) {
	for name, c := range map[string]string{
		"in the namespace around": `{"type":"record","name":"A","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":1}},{"name":"b","type":"F"}]}`,
		"with its namespace":      `{"type":"record","name":"A","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"F","namespace":"m","size":1}},{"name":"b","type":"m.F"}]}`,
		"with dots":               `{"type":"record","name":"n.A","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":1}},{"name":"b","type":"n.F"}]}`,
		"by an alias":             `{"type":"record","name":"A","fields":[{"name":"a","type":{"type":"fixed","name":"F","aliases":["G"],"size":1}},{"name":"b","type":"G"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := avro.ParseBytesWithCache([]byte(c), "", &avro.SchemaCache{})
			assert.NilError(t, err)
			got, err := parse(t, c).Decode([]byte("xy"))
			assert.NilError(t, err)
			assert.DeepEqual(t, got, map[string]any{"a": []byte("x"), "b": []byte("y")})
		})
	}
}

// A list whose nodes hold each other is a schema without an end, and yet a value
// of it has one.
func TestDecode_TypeInsideOfItself(t *testing.T) {
	list := parse(t, `{"type":"record","name":"Node","fields":[{"name":"n","type":"int"},{"name":"next","type":["null","Node"]}]}`)
	got, err := list.Decode([]byte{2, 2, 4, 0})
	assert.NilError(t, err)
	assert.DeepEqual(t, got, map[string]any{"n": 1, "next": map[string]any{"n": 2, "next": nil}})
}

func TestText_HasNoDefaults(t *testing.T) {
	text := parse(t, `{"type":"record","name":"R","fields":[{"name":"default","type":["string","null"],"default":"x"},{"name":"e","type":{"type":"enum","name":"E","symbols":["a"],"default":"a"}}]}`).Text()
	assert.Equal(t, text, `{"fields":[{"name":"default","type":["string","null"]},{"name":"e","type":{"name":"E","symbols":["a"],"type":"enum"}}],"name":"R","type":"record"}`)
}

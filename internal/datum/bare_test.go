// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package datum_test

import (
	"fmt"
	"maps"
	"math/big"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/hamba/avro/v2"
	"gotest.tools/v3/assert"
)

func under(name string, v any) map[string]any { return map[string]any{name: v} }

// rowOf is fieldOf without a namespace.
func rowOf(typ string) string {
	return fmt.Sprintf(`{"type":"record","name":"R","fields":[{"name":"f","type":%s}]}`, typ)
}

// inBytes compares fixed bytes, which only Decode returns as a slice.
var inBytes = cmp.FilterValues(func(a, b any) bool {
	_, isA := a.([2]byte)
	_, isB := b.([2]byte)
	return isA || isB
}, cmp.Comparer(func(a, b any) bool {
	spell := func(v any) string {
		if fixed, ok := v.([2]byte); ok {
			v = fixed[:]
		}
		return fmt.Sprint(v)
	}
	return spell(a) == spell(b)
}))

// nested are types with a value that commons leaves in a map with the name of its type,
// if the type is inside of another one that may be null.
func nested() map[string]any {
	return map[string]any{
		`{"type":"record","name":"in","namespace":"n.s","fields":[{"name":"a","type":["null","int"]}]}`: under("n.s.in", under("a", 1)),
		`{"type":"enum","name":"e","symbols":["red"]}`:                                                  under("e", "red"),
		`{"type":"fixed","name":"f","size":2}`:                                                          under("f", [2]byte{1, 2}),
		`{"type":"fixed","name":"d","size":4,"logicalType":"decimal","precision":4,"scale":2}`:          under("d", big.NewRat(5, 4)),
		`{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}`:                              under("bytes.decimal", big.NewRat(5, 4)),
		`{"type":"fixed","name":"u","size":12,"logicalType":"duration"}`:                                under("u", avro.LogicalDuration{Days: 1}),
		`{"type":"long","logicalType":"timestamp-micros"}`:                                              under("long.timestamp-micros", time.UnixMicro(5).UTC()),
		`{"type":"string","logicalType":"uuid"}`:                                                        under("string.uuid", "01234567-89ab-cdef-0123-456789abcdef"),
		`{"type":"record","name":"a","fields":[{"name":"a","type":"int"}]}`:                             under("a", under("a", 1)),
	}
}

// nestedContainers are like nested. Commons does not encode them in arrays.
func nestedContainers() map[string]any {
	return map[string]any{
		`{"type":"map","values":"int"}`:                         under("map", under("k", 1)),
		`{"type":"map","values":{"type":"map","values":"int"}}`: under("map", under("k", under("l", 1))),
	}
}

// asBoth returns what Bare makes of fields that commons decodes, and what Decode returns.
func asBoth(t *testing.T, text string, value any) (bared, decoded map[string]any) {
	t.Helper()
	data := encode(t, text, value)
	assert.NilError(t, schema.Schema{Type: schema.TypeAvro, Bytes: []byte(text)}.Unmarshal(data, &bared))
	decoded, err := parse(t, text).Decode(data)
	assert.NilError(t, err)
	return parse(t, text).Bare(bared), decoded
}

func TestBare_AsDecode(t *testing.T) {
	values := nested()
	maps.Copy(values, nestedContainers())
	for typ, v := range values {
		record := `["null",{"type":"record","name":"out","fields":[{"name":"b","type":["null",` + typ + `]}]}]`
		for shape, value := range map[string]any{
			`["null",` + typ + `]`: v,
			record:                 under("out", under("b", v)),
		} {
			bared, decoded := asBoth(t, rowOf(shape), value)
			assert.DeepEqual(t, bared, decoded, equalRats, inBytes)
		}
	}
	for typ, v := range nested() {
		for shape, value := range map[string]any{
			`{"type":"array","items":["null",` + typ + `]}`:                          []any{v, nil},
			`["null",{"type":"map","values":["null",` + typ + `]}]`:                  under("map", under("k", v)),
			`["null",{"type":"array","items":["null",` + typ + `]}]`:                 under("array", []any{v, nil}),
			`["null","boolean",` + typ + `]`:                                         v,
			`{"type":"array","items":["null","boolean",` + typ + `]}`:                []any{v, true},
			`{"type":"array","items":{"type":"array","items":["null",` + typ + `]}}`: []any{[]any{v}, []any{}},
		} {
			bared, decoded := asBoth(t, rowOf(shape), value)
			assert.DeepEqual(t, bared, decoded, equalRats, inBytes)
		}
	}
}

func TestBare_EmptyArrayIsNotNil(t *testing.T) {
	for _, typ := range []string{
		`{"type":"array","items":"long"}`,
		`{"type":"array","items":["null",{"type":"array","items":"long"}]}`,
	} {
		bared, decoded := asBoth(t, rowOf(typ), []any{})
		assert.DeepEqual(t, bared, decoded)
	}
	bared, _ := asBoth(t, rowOf(`{"type":"record","name":"o","fields":[{"name":"i","type":{"type":"array","items":"int"}}]}`), under("i", []any{}))
	assert.DeepEqual(t, bared, under("f", under("i", []any{})))
}

// A map or a record that has not been in a map with the name of its type remains.
func TestBare_WhatIsBare(t *testing.T) {
	text := `{"type":"record","name":"row","fields":[
		{"name":"m","type":["null",{"type":"map","values":"int"}]},
		{"name":"r","type":["null",{"type":"record","name":"a","fields":[{"name":"a","type":"int"}]}]},
		{"name":"mm","type":["null",{"type":"map","values":{"type":"map","values":"int"}}]}]}`
	for _, fields := range []map[string]any{
		{"m": under("map", 1), "r": under("a", 2), "mm": under("map", under("x", 1))},
		{"m": nil, "r": nil, "mm": map[string]any{}, "more": under("a", 1)},
		{"m": "text", "r": []any{1}, "mm": 5},
		{},
	} {
		assert.DeepEqual(t, parse(t, text).Bare(fields), fields)
	}
}

func TestBare_ChangesCopies(t *testing.T) {
	inner := under("b", under("e", "red"))
	fields := under("f", []any{inner})
	text := rowOf(`{"type":"array","items":{"type":"record","name":"o","fields":[{"name":"b","type":["null",{"type":"enum","name":"e","symbols":["red"]}]}]}}`)
	assert.DeepEqual(t, parse(t, text).Bare(fields), under("f", []any{under("b", "red")}))
	assert.DeepEqual(t, fields, under("f", []any{under("b", under("e", "red"))}))
}

// Maps whose names are those of types can be read in more ways than there is time
// to try. Then they remain.
func TestBare_IsBounded(t *testing.T) {
	of, value := `"int"`, any(1)
	for range 30 {
		of = `["null",{"type":"map","values":` + of + `}]`
	}
	for range 60 {
		value = under("map", value)
	}
	assert.Check(t, parse(t, rowOf(of)).Bare(under("f", value)) != nil)

	list := `{"type":"record","name":"Node","fields":[{"name":"n","type":"int"},{"name":"next","type":["null","Node"]}]}`
	node := map[string]any{"n": 1, "next": nil}
	for range 5_000 {
		node = map[string]any{"n": 1, "next": under("Node", node)}
	}
	assert.Check(t, parse(t, list).Bare(node) != nil)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// valuesOf encodes one record for each value of a field v, in one object, and
// returns the type of its column and what was read of it.
func valuesOf(t *testing.T, values ...any) (string, []any) {
	t.Helper()
	recs := make([]opencdc.Record, len(values))
	for i, v := range values {
		recs[i] = opencdc.Record{Operation: opencdc.OperationCreate, Payload: opencdc.Change{After: opencdc.StructuredData{"v": v, "id": i}}}
	}
	schema, rows := readRows(t, encodeParquet(t, recs...))
	var read []any
	for _, row := range rows {
		after := row["payload"].(map[string]any)["after"].(map[string]any)
		read = append(read, after["v"])
	}
	_, text, _ := strings.Cut(withoutRest(schema.String()), "group after")
	_, text, found := strings.Cut(text, "optional int64 id (INT(64,true));\n")
	if text = strings.TrimSpace(text); !found || strings.HasPrefix(text, "}") {
		return "", read
	}
	end := strings.Index(text, " v")
	return strings.TrimPrefix(text[:end]+strings.TrimPrefix(text[end:strings.IndexAny(text, ";{")], " v"), "optional "), read
}

func TestInfer_TypesOfColumns(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6789, time.UTC)
	const big53 = 1 << 53
	for name, test := range map[string]struct {
		values []any
		typ    string
		want   []any
	}{
		"booleans":                    {[]any{true, nil, false}, "boolean", []any{true, nil, false}},
		"integers of every size":      {[]any{int8(1), int16(2), int32(3), int64(4), 5, uint8(6), uint16(7), uint32(8), uint64(9), uint(10)}, "int64 (INT(64,true))", []any{int64(1), int64(2), int64(3), int64(4), int64(5), int64(6), int64(7), int64(8), int64(9), int64(10)}},
		"beyond int64":                {[]any{uint64(math.MaxUint64), -1}, "fixed_len_byte_array(16) (DECIMAL(38,9))", []any{ratio("18446744073709551615"), ratio("-1")}},
		"floats":                      {[]any{float32(0.5), nil}, "double", []any{0.5, nil}},
		"floats and doubles":          {[]any{float32(0.5), 0.1}, "double", []any{0.5, 0.1}},
		"integers and doubles":        {[]any{1, 0.5, int64(big53)}, "double", []any{1.0, 0.5, float64(big53)}},
		"doubles and integers":        {[]any{0.5, 1}, "double", []any{0.5, 1.0}},
		"integers and floats":         {[]any{1, float32(0.5)}, "double", []any{1.0, 0.5}},
		"a double can't hold it":      {[]any{int64(big53 + 1), 0.5}, "double", []any{jsonValue("9007199254740993"), 0.5}},
		"nor can it later":            {[]any{0.5, int64(-big53 - 1)}, "double", []any{0.5, jsonValue("-9007199254740993")}},
		"NaN and infinity":            {[]any{math.Inf(1), 0.5}, "double", []any{math.Inf(1), 0.5}},
		"infinity and text":           {[]any{math.Inf(-1), math.NaN(), "a"}, "double", []any{math.Inf(-1), math.NaN(), jsonValue(`"a"`)}},
		"digits":                      {[]any{json.Number("12"), json.Number("0.10"), json.Number("1e3")}, "double", []any{12.0, 0.1, 1000.0}},
		"digits that are integers":    {[]any{json.Number("12"), 13}, "int64 (INT(64,true))", []any{int64(12), int64(13)}},
		"more digits than a double's": {[]any{json.Number("0.12345678901234567890"), 1}, "int64 (INT(64,true))", []any{jsonValue("0.12345678901234567890"), int64(1)}},
		"decimals":                    {[]any{ratio("1.25"), ratio("-300"), 7}, "fixed_len_byte_array(16) (DECIMAL(38,9))", []any{ratio("1.25"), ratio("-300"), ratio("7")}},
		"small decimals":              {[]any{ratio("1.25"), ratio("-300")}, "fixed_len_byte_array(16) (DECIMAL(38,9))", []any{ratio("1.25"), ratio("-300")}},
		"a fraction without end":      {[]any{ratio("1/3")}, "", []any{jsonValue(`"1/3"`)}},
		"decimals and doubles":        {[]any{ratio("0.5"), 0.5}, "fixed_len_byte_array(16) (DECIMAL(38,9))", []any{ratio("0.5"), jsonValue("0.5")}},
		"times, to the microsecond":   {[]any{at, at.In(time.FixedZone("", 3600))}, "int64 (TIMESTAMP(isAdjustedToUTC=true,unit=MICROS))", []any{at.Truncate(time.Microsecond), at.Truncate(time.Microsecond)}},
		"durations are nanoseconds":   {[]any{time.Second}, "int64 (INT(64,true))", []any{int64(1e9)}},
		"texts":                       {[]any{"a", ""}, "binary (STRING)", []any{"a", ""}},
		"bytes":                       {[]any{[]byte("a"), opencdc.RawData{}, [2]byte{1, 2}}, "binary", []any{[]byte("a"), []byte{}, []byte{1, 2}}},
		"texts and bytes":             {[]any{"a", []byte("a")}, "binary (STRING)", []any{"a", jsonValue(`"YQ=="`)}},
		"booleans and texts":          {[]any{true, "a", nil}, "binary (STRING)", []any{jsonValue("true"), "a", nil}},
		"lists":                       {[]any{[]any{1, nil, 0.5}, []any{}, nil}, "group", []any{[]any{1.0, nil, 0.5}, []any{}, nil}},
		"typed lists":                 {[]any{[]string{"a"}, []string(nil)}, "group", []any{[]any{"a"}, nil}},
		"empty lists":                 {[]any{[]any{}, nil}, "", []any{jsonValue("[]"), nil}},
		"lists of lists":              {[]any{[]any{[]any{1}, []any{}, nil}, []any{[]any{2, 3}}}, "group", []any{[]any{[]any{int64(1)}, []any{}, nil}, []any{[]any{int64(2), int64(3)}}}},
		"lists of fields":             {[]any{[]any{fields{"a": 1}, map[string]any{"b": "x"}}}, "group", []any{[]any{map[string]any{"a": int64(1), "b": nil}, map[string]any{"a": nil, "b": "x"}}}},
		"lists and numbers":           {[]any{[]any{1}, 1}, "group", []any{[]any{int64(1)}, jsonValue("1")}},
		"fields":                      {[]any{map[string]any{"b": 1, "a": nil}, opencdc.StructuredData{"c": "x"}, map[string]any(nil)}, "group", []any{map[string]any{"b": int64(1), "c": nil}, map[string]any{"b": nil, "c": "x"}, nil}},
		"fields and lists":            {[]any{map[string]any{"b": 1}, []any{"<"}}, "group", []any{map[string]any{"b": int64(1)}, jsonValue(`["<"]`)}},
		"no fields":                   {[]any{map[string]any{}, map[string]any{"a": nil}}, "", []any{jsonValue(`{}`), jsonValue(`{"a":null}`)}},
		"names that differ in case":   {[]any{map[string]any{"a": 1}, map[string]any{"A": 1}}, "group", []any{map[string]any{"A": nil, "a": jsonValue("1")}, map[string]any{"A": int64(1)}}},
		"a field without a name":      {[]any{map[string]any{"": 1}}, "group", []any{map[string]any{"": jsonValue("1")}}},
		"nothing":                     {[]any{nil, nil}, "", []any{nil, nil}},
		"nothing in a pointer":        {[]any{(*int)(nil), pointerTo(3)}, "int64 (INT(64,true))", []any{nil, int64(3)}},
	} {
		t.Run(name, func(t *testing.T) {
			typ, got := valuesOf(t, test.values...)
			assert.Check(t, cmp.Equal(strings.TrimSpace(strings.TrimSuffix(typ, " (LIST) ")), test.typ))
			assert.Check(t, cmp.Equal(spell(got), spell(test.want)))
		})
	}
}

// spell writes values with their types, NaN and fractions among them.
func spell(v any) string {
	switch v := v.(type) {
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, spell(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		names := make(map[string]string)
		for name, value := range v {
			names[name] = spell(value)
		}
		return fmt.Sprint(names)
	case *big.Rat:
		return v.RatString()
	default:
		return fmt.Sprintf("%T(%v)", v, v)
	}
}

func ratio(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text)
	}
	return r
}

// Names that are data would make a column of each.
func TestInfer_TooManyFieldsHaveNoColumns(t *testing.T) {
	var values []any
	for i := range 2_000 {
		values = append(values, map[string]any{fmt.Sprint("user-", i): i})
	}
	_, got := valuesOf(t, values...)
	last := got[1999].(map[string]any)
	assert.Check(t, cmp.Equal(last["user-1999"], any(jsonValue("1999"))))
	assert.Check(t, cmp.Len(last, 1_001), "the first 1,000 by name, and this one")
}

func TestInfer_DeepValuesHaveNoColumn(t *testing.T) {
	deep := any("bottom")
	for range 5_000 {
		deep = []any{deep}
	}
	_, got := valuesOf(t, deep)
	text, ok := got[0].(jsonValue)
	assert.Check(t, ok && strings.Contains(string(text), `["bottom"]`), "%T", got[0])
}

func TestInfer_SameRecordsGiveTheSameColumns(t *testing.T) {
	payload := opencdc.StructuredData{}
	for i := range 50 {
		payload[fmt.Sprint(i)] = map[string]any{fmt.Sprint(i): i, "a": 1, "b": 2}
	}
	first, _ := readRows(t, encodeParquet(t, structured("1", payload)))
	for range 5 {
		again, _ := readRows(t, encodeParquet(t, structured("1", payload)))
		assert.Check(t, cmp.Equal(again.String(), first.String()))
	}
}

// Builtin sources may give typed nils, of which JSON says null.
func TestInfer_TypedNilIsNull(t *testing.T) {
	var (
		text  *string
		texts map[string]string
		items []string
	)
	for name, value := range map[string]any{"pointer": text, "map": texts, "slice": items, "JSON": json.RawMessage("null")} {
		t.Run(name, func(t *testing.T) {
			columns, rows := flatRows(t, nil, described("", "", opencdc.StructuredData{"v": value}),
				described("", "", opencdc.StructuredData{"v": 1}), described("", "", opencdc.StructuredData{"v": "a"}))
			assert.Check(t, cmp.Equal(columns, "\toptional binary v (STRING);\n"))
			assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{"v": nil}, {"v": jsonValue("1")}, {"v": "a"}}))
		})
	}
}

// Engines that take no notice of case compare letters in upper and in lower case.
func TestInfer_NamesThatEnginesTakeForOne(t *testing.T) {
	for _, names := range [][2]string{{"s", "\u017f"}, {"k", "\u212a"}, {"\u03c3", "\u03c2"}, {"\u00b5", "\u03bc"}} {
		columns, _ := flatRows(t, nil, described("", "", opencdc.StructuredData{"v": map[string]any{names[0]: 1, names[1]: 2}}))
		first := min(names[0], names[1])
		assert.Check(t, cmp.Equal(columns, "\toptional group v {\n\t\toptional int64 "+first+" (INT(64,true));\n\t}\n"), "%q", names)
	}
}

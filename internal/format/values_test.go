// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// written are values with their JSON.
var written = map[string]struct {
	value any
	json  string
}{
	"decimal":               {ratio("19.99"), `19.99`},
	"negative decimal":      {ratio("-0.05"), `-0.05`},
	"whole decimal":         {ratio("20.00"), `20`},
	"decimal of 50 digits":  {ratio("1234567890123456789012345678901234567890.0123456789"), `1234567890123456789012345678901234567890.0123456789`},
	"decimal not a pointer": {*ratio("19.99"), `19.99`},
	"repeating fraction":    {ratio("1/3"), `"1/3"`},
	"no decimal":            {(*big.Rat)(nil), `null`},
	"nested decimals":       {map[string]any{"a": []any{ratio("0.5"), map[string]any{"b": ratio("2.5")}}}, `{"a":[0.5,{"b":2.5}]}`},
	"typed decimals":        {[]*big.Rat{ratio("0.5")}, `[0.5]`},
	"NaN":                   {math.NaN(), `"NaN"`},
	"infinity":              {math.Inf(1), `"Infinity"`},
	"negative infinity":     {math.Inf(-1), `"-Infinity"`},
	"float32 NaN":           {float32(math.NaN()), `"NaN"`},
	"nested NaN":            {map[string]any{"a": []any{math.NaN(), 1.5}}, `{"a":["NaN",1.5]}`},
	"typed NaN":             {map[string][]float64{"a": {math.NaN(), 1.5}}, `{"a":["NaN",1.5]}`},
	"fixed bytes":           {[2]byte{1, 255}, `"Af8="`},
	"nested fixed bytes":    {[]any{[2]byte{1, 255}}, `["Af8="]`},
	"empty list":            {[]any{}, `[]`},
	"empty map":             {map[string]any{}, `{}`},
	"empty bytes":           {[]byte{}, `""`},
	"nested empty values":   {map[string]any{"a": []any{[]any{}, map[string]any{}}}, `{"a":[[],{}]}`},
	"time before standard time": {
		time.Date(1890, 1, 1, 0, 0, 0, 0, time.FixedZone("LMT", 19*60+32)), `"1889-12-31T23:40:28Z"`,
	},
	"time in a zone": {time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), `"2026-01-02T03:04:05+01:00"`},
}

// jsonIn returns the JSON of a field v of payload.after in a line.
func jsonIn(t *testing.T, text string) string {
	t.Helper()
	var fields map[string]json.RawMessage
	assert.NilError(t, json.Unmarshal(parse(t, text).Payload.After, &fields))
	return string(fields["v"])
}

func TestValues_InLinesOfOpenCDC(t *testing.T) {
	for name, test := range written {
		t.Run(name, func(t *testing.T) {
			lines, err := encodeJSON(t, layout(t, "opencdc/json", ""), structured("1", opencdc.StructuredData{"v": test.value}))
			assert.NilError(t, err)
			assert.Check(t, cmp.Equal(jsonIn(t, lines[0]), test.json))
		})
	}
}

// A template sees the values as lines have them, and can calculate with numbers.
func TestValues_InTemplates(t *testing.T) {
	for name, test := range written {
		if _, ok := test.value.(*big.Rat); !ok && name != "NaN" && name != "nested NaN" && name != "nested decimals" && name != "fixed bytes" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			lines, err := encodeJSON(t, layout(t, "template", `{{ toJson .Payload.After }}`), structured("1", opencdc.StructuredData{"v": test.value}))
			assert.NilError(t, err)
			assert.Check(t, cmp.DeepEqual(lines, []string{`{"v":` + test.json + `}`}))
		})
	}
	rec := structured("1", opencdc.StructuredData{"price": ratio("19.99")})
	rec.Key = opencdc.StructuredData{"id": ratio("0.5")}
	lines, err := encodeJSON(t, layout(t, "template", `{{ .Payload.After.price }} {{ .Payload.After.price | mulf 2 }} {{ .Key.id }}`), rec)
	assert.NilError(t, err)
	assert.Check(t, cmp.DeepEqual(lines, []string{"19.99 39.98 0.5"}))
	assert.Check(t, cmp.Equal(rec.Payload.After.(opencdc.StructuredData)["price"].(*big.Rat).RatString(), "1999/100"), "the record is not changed")
}

func TestValues_InColumnsOfJSON(t *testing.T) {
	schemas := &registry{texts: map[string]string{"s1": `{"type":"record","name":"r","fields":[{"name":"v","type":["null","string","boolean"]}]}`}}
	for name, test := range written {
		t.Run(name, func(t *testing.T) {
			schema, rows := flatRows(t, schemas, described("s", "1", opencdc.StructuredData{"v": test.value}))
			assert.Check(t, cmp.Contains(schema, "optional binary v (JSON)"))
			if test.json == "null" {
				assert.Check(t, cmp.Nil(rows[0]["v"]))
			} else {
				assert.Check(t, cmp.Equal(rows[0]["v"], jsonValue(test.json)))
			}
		})
	}
}

// A decimal of more digits than engines support is a number in a column of JSON.
func TestValues_LargeDecimalOfASchema(t *testing.T) {
	text := `{"type":"record","name":"r","fields":[{"name":"v","type":{"type":"bytes","logicalType":"decimal","precision":50,"scale":10}}]}`
	_, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}}, described("s", "1", opencdc.StructuredData{"v": ratio("1.5")}))
	assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{"v": jsonValue("1.5")}}))
}

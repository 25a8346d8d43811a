// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

type (
	text   string
	fields map[string]any
	own    string
	group  struct {
		Text    any
		private string
		Skipped string `json:"-"`
	}
)

const bad = "\xff"

func (o own) MarshalJSON() ([]byte, error) { return []byte(o), nil }

// A text that is replaced while it is encoded, or a number that JSON has not,
// is seen by no one until somebody reads the object.
func TestEncode_RefusesWhatCanNotBeKept(t *testing.T) {
	cyclic := map[string]any{}
	cyclic["self"] = cyclic
	var itself any
	itself = &itself
	deep := any("bottom")
	for range 20_000 {
		deep = []any{deep}
	}
	for name, value := range map[string]any{
		"text":                bad,
		"name of a field":     map[string]any{bad: 1},
		"texts":               []string{bad},
		"array":               [1]string{bad},
		"map of texts":        map[string]string{"a": bad},
		"name in another map": map[string]int{bad: 1},
		"named text":          text(bad),
		"named map":           fields{"a": bad},
		"map of named texts":  map[text]text{"a": bad},
		"list of maps":        []map[string]any{{"a": bad}},
		"structured":          opencdc.StructuredData{"a": bad},
		"pointer":             pointerTo(bad),
		"struct":              group{Text: bad},
		"pointer to a struct": &group{Text: []string{bad}},
		"JSON":                json.RawMessage(`"` + bad + `"`),
		"JSON of its own":     own(`"` + bad + `"`),
		"list of JSON":        []json.RawMessage{json.RawMessage(`"` + bad + `"`)},
		"NaN in a struct":     group{Text: math.NaN()},
		"NaN by number":       map[int]float64{1: math.NaN()},
		"cyclic map":          cyclic,
		"cyclic pointer":      itself,
		"deeper than readers": deep,
	} {
		for _, kind := range []string{format.JSON, format.Parquet} {
			t.Run(kind+" "+name, func(t *testing.T) {
				n, err := encode(newEncoder(t, kind), &bytes.Buffer{}, []opencdc.Record{structured("1", opencdc.StructuredData{"v": value})})
				assert.Check(t, cmp.Equal(n, 0))
				assert.Check(t, cmp.ErrorContains(err, `record at position "1": payload.after: `))
			})
		}
	}
}

// What Check lets pass must not stop the records before it later.
func TestCheck_RefusesDigitsWithSpaceAround(t *testing.T) {
	for _, digits := range []json.Number{"1 ", "1\n", " 1", "-", "1.", "1e", "true", `"1"`, "[1]"} {
		for _, kind := range []string{format.JSON, format.Parquet} {
			err := newEncoder(t, kind).Check(structured("1", opencdc.StructuredData{"v": digits}))
			assert.Check(t, cmp.ErrorContains(err, "payload.after: a json.Number is not a valid number"), "%q", digits)
		}
	}
}

func TestEncode_KeepsEveryKindOfValue(t *testing.T) {
	for want, value := range map[string]any{
		`null`:         nil,
		`true`:         true,
		`"é"`:          text("é"),
		`"AP8="`:       []byte{0, 0xff},
		`"/w=="`:       opencdc.RawData(bad),
		`"Af8="`:       [2]byte{1, 255},
		`1.5`:          pointerTo(float32(1.5)),
		`[0.1,2]`:      []float32{0.1, 2},
		`{"1":"a"}`:    map[int]string{1: "a"},
		`{"Text":"a"}`: group{Text: "a", private: bad, Skipped: bad},
		`{"a":[1]}`:    json.RawMessage(`{"a": [1]}`),
		`10000000000000000000000000000000000000000`: new(big.Int).Exp(big.NewInt(10), big.NewInt(40), nil),
		`"2026-01-02T03:04:05.000000006Z"`:          time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC),
		`12345678901234567890.123`:                  json.Number("12345678901234567890.123"),
	} {
		t.Run(want, func(t *testing.T) {
			rec := structured("1", opencdc.StructuredData{"v": value, "nil": (*group)(nil)})
			lines, err := encodeJSON(t, layout(t, "opencdc/json", ""), rec)
			assert.NilError(t, err)
			assert.Check(t, cmp.Equal(string(parse(t, lines[0]).Payload.After), `{"nil":null,"v":`+want+`}`))
		})
	}
}

func pointerTo[T any](v T) *T { return &v }

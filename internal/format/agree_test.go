// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/hamba/avro/v2"
	"pgregory.net/rapid"
)

type (
	floats  []float64
	byNames map[text]any
	self    struct{ panics bool }
)

func (s self) MarshalText() ([]byte, error) {
	if s.panics {
		panic("odd")
	}
	return []byte(`odd "text"`), nil
}

// odd returns values at the limits of what formats, schemas and libraries support.
func odd() []any {
	long, _ := new(big.Rat).SetString("1/" + "1" + strings.Repeat("0", 700))
	deep := any(1.5)
	for range 200 {
		deep = []any{map[string]any{"d": deep}}
	}
	values := []any{
		bad, "\x00", "\u2028", strings.Repeat("s", 1000), strings.Repeat("é", 300), `"1`, "00010203-0405-0607-0809-0A0B0C0D0E0F",
		math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), math.SmallestNonzeroFloat64, math.MaxFloat64, float32(math.NaN()),
		math.MaxInt64, math.MinInt64, uint64(math.MaxUint64), int8(-1), uint8(255), 1 << 53, 1<<53 + 1,
		json.Number(""), json.Number("1e400"), json.Number("-0"), json.Number("1E-999999999"), json.Number("0x1"), json.Number("123456789012345678901234567890"),
		big.NewRat(1, 3), long, new(big.Rat).Inv(long), (*big.Rat)(nil), *big.NewRat(-1, 8), big.NewInt(7), big.NewFloat(0.5), ratio("-99999999999999999999999999999999999999"),
		time.Time{},
		time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999, time.FixedZone("", -5)), time.Date(0, 1, 1, 0, 0, 0, 0, time.FixedZone("", 7)),
		time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("", 86_400)), pointerTo(time.Date(1890, 1, 1, 0, 0, 0, 0, time.FixedZone("", 1172))), (*time.Time)(nil),
		time.Duration(-1), 25 * time.Hour,
		avro.LogicalDuration{Months: math.MaxUint32},
		&avro.LogicalDuration{Days: 1},
		[]byte(nil),
		opencdc.RawData{},
		[0]byte{},
		[3]byte{1},
		make([]byte, 40_000),
		[12]byte{},
		[2]string{"a", bad},
		[]string(nil),
		[]any(nil),
		[]any{},
		map[string]any(nil),
		opencdc.StructuredData{},
		map[string]string{"a": "b"},
		map[int]any{1: math.NaN()},
		map[string]any{"": 1, " ": nil},
		floats{1, math.NaN()},
		byNames{"a": bad},
		byNames{"b": []int{1}},
		self{},
		self{panics: true},
		&self{}, (*self)(nil),
		map[self]int{{}: 1},
		group{Text: 1.5},
		&group{Text: bad},
		json.RawMessage(`{"a":[1e400]}`), json.RawMessage("{"), json.RawMessage(nil), own("{}"), own("}"), func() {}, make(chan int), complex(1, 2), fmt.Errorf("%w", nil),
		deep,
		map[string]any{strings.Repeat("n", 3000): 1},
		map[string]any{"A": 1, "a": 2},
		pointerTo[any](nil), pointerTo[any](pointerTo("x")), pointerTo(pointerTo(1)),
	}
	many := map[string]any{}
	for i := range 1100 {
		many[fmt.Sprint("f", i)] = i % 3
	}
	return append(values, many)
}

// drawOdd returns any value, in which odd ones are.
func drawOdd(t *rapid.T, odd []any, depth int) any {
	switch rapid.IntRange(0, 7).Draw(t, "odd") {
	case 0:
		return drawValue(t, depth)
	case 1:
		if depth < 3 {
			return []any{drawOdd(t, odd, depth+1), drawOdd(t, odd, depth+1)}
		}
	case 2:
		if depth < 3 {
			return map[string]any{rapid.SampledFrom([]string{"a", "b", "A"}).Draw(t, "name"): drawOdd(t, odd, depth+1), "z": drawOdd(t, odd, depth+1)}
		}
	}
	return rapid.SampledFrom(odd).Draw(t, "value")
}

func drawOddRecord(t *rapid.T, odd []any) opencdc.Record {
	data := func() opencdc.Data {
		if rapid.IntRange(0, 5).Draw(t, "no fields") == 0 {
			return drawData(t)
		}
		fields := opencdc.StructuredData{}
		for _, name := range []string{"a", "b", "a_b"} {
			if rapid.Bool().Draw(t, "has") {
				fields[name] = drawOdd(t, odd, 0)
			}
		}
		return fields
	}
	rec := described("s", "1", data())
	rec.Payload.Before, rec.Position = data(), opencdc.Position(rapid.SampledFrom([]string{"", "p", bad}).Draw(t, "position"))
	rec.Operation = opencdc.Operation(rapid.IntRange(1, 4).Draw(t, "operation"))
	rec.Metadata[opencdc.MetadataKeySchemaSubject], rec.Metadata[opencdc.MetadataKeySchemaVersion] = "s", "1"
	if rapid.Bool().Draw(t, "key") {
		rec.Key = data()
	}
	return rec
}

// drawOddSchema returns a schema for the fields of odd records, with types that are
// at the limits of Parquet.
func drawOddSchema(t *rapid.T) string {
	extreme := []string{
		`{"type":"fixed","name":"%s","size":0}`, `{"type":"fixed","name":"%s","size":40000}`, `{"type":"fixed","name":"%s","size":32767}`,
		`{"type":"bytes","logicalType":"decimal","precision":60,"scale":30}`, `{"type":"bytes","logicalType":"decimal","precision":1}`,
		`{"type":"record","name":"%s","fields":[]}`, `{"type":"array","items":{"type":"map","values":["null",{"type":"record","name":"%s","fields":[{"name":"d","type":"int"}]}]}}`,
		`["null","string","long"]`, `{"type":"map","values":{"type":"array","items":"bytes"}}`,
	}
	var fields []string
	for _, field := range []string{"a", "b", "a_b"} {
		typ := strings.ReplaceAll(rapid.SampledFrom(extreme).Draw(t, "extreme"), "%s", "x_"+field)
		if rapid.Bool().Draw(t, "ordinary") {
			typ = drawAvro(t, "row_"+field, 1)
		}
		fields = append(fields, fmt.Sprintf(`{"name":%q,"type":%s}`, field, typ))
	}
	return `{"type":"record","name":"row","fields":[` + strings.Join(fields, ",") + `]}`
}

// Whatever Check lets pass can be written: otherwise a batch could never be written,
// and nothing would tell which record to take out. -rapid.checks=5000 tries 100,000
// records.
func TestEncode_WritesWhatCheckLetsPass(t *testing.T) {
	values := odd()
	serializers := []opencdc.RecordSerializer{nil, layout(t, "debezium/json", ""), layout(t, "template", "{{ toJson .Payload }}")}
	rapid.Check(t, func(rt *rapid.T) {
		opts := format.Options{
			Format:     rapid.SampledFrom([]string{format.JSON, format.Parquet, format.Parquet}).Draw(rt, "format"),
			Serializer: rapid.SampledFrom(serializers).Draw(rt, "serializer"),
			Layout:     rapid.SampledFrom(format.Layouts()).Draw(rt, "layout"),
			Types:      rapid.SampledFrom(format.Types()).Draw(rt, "types"),
		}
		if rapid.Bool().Draw(rt, "schema") {
			opts.Schemas = &registry{texts: map[string]string{"s1": drawOddSchema(rt)}}
		}
		e, err := format.New(opts)
		if err != nil {
			rt.Fatal(err)
		}
		var recs []opencdc.Record
		for range 20 {
			rec := drawOddRecord(rt, values)
			if e.Check(rec) == nil {
				recs = append(recs, rec)
			}
		}
		for _, group := range e.Groups(recs) {
			var members []opencdc.Record
			for _, i := range group {
				members = append(members, recs[i])
			}
			var out bytes.Buffer
			if err := e.Encode(&out, members, nil); err != nil {
				rt.Fatalf("%v: %v", opts, err)
			}
			if opts.Format == format.JSON {
				checkLines(rt, out.Bytes(), len(members))
			}
		}
	})
}

// checkLines checks that there is one line of JSON for each record.
func checkLines(t *rapid.T, out []byte, records int) {
	lines := bytes.Split(bytes.TrimSuffix(out, []byte("\n")), []byte("\n"))
	if len(lines) != records {
		t.Fatalf("%d lines of %d records", len(lines), records)
	}
	for _, line := range lines {
		if !json.Valid(line) {
			t.Fatalf("not JSON: %s", line)
		}
	}
}

// What a template gets is what lines show, for every value that passes Check.
func TestPlain_IsWhatLinesShow(t *testing.T) {
	values := odd()
	checker := &value.Checker{}
	rapid.Check(t, func(rt *rapid.T) {
		fields := opencdc.StructuredData{"v": drawOdd(rt, values, 0)}
		if checker.Check(structured("1", fields)) != nil {
			return
		}
		var order, plainOrder *value.KeyOrder
		want, err := (&value.JSONWriter{}).AppendValue(nil, fields, &order)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := (&value.JSONWriter{}).AppendValue(nil, value.Plain(fields), &plainOrder)
		if err != nil || !bytes.Equal(got, want) {
			rt.Fatalf("got %s, want %s: %v", got, want, err)
		}
	})
}

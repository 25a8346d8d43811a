// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/hamba/avro/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"gotest.tools/v3/assert"
	"pgregory.net/rapid"
)

// drawValue returns any value that structured data may hold, of any type at any
// time.
func drawValue(t *rapid.T, depth int) any {
	kinds := 13
	if depth == 3 {
		kinds = 11
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return rapid.Int().Draw(t, "int")
	case 3:
		return rapid.Uint64().Draw(t, "uint64")
	case 4:
		return rapid.Float64().Draw(t, "float64")
	case 5:
		return rapid.Float32().Draw(t, "float32")
	case 6:
		return rapid.String().Draw(t, "string")
	case 7:
		return rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
	case 8:
		return time.UnixMicro(rapid.Int64Range(0, 4_000_000_000_000_000).Draw(t, "time")).UTC()
	case 9:
		return json.Number(rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "number"))
	case 10:
		return big.NewRat(rapid.Int64().Draw(t, "numerator"), rapid.SampledFrom([]int64{1, 3, 100, 1 << 40}).Draw(t, "denominator"))
	case 11:
		items := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			items = append(items, drawValue(t, depth+1))
		}
		return items
	default:
		return drawFields(t, depth+1)
	}
}

func drawFields(t *rapid.T, depth int) map[string]any {
	fields := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(t, "fields") {
		name := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "A", "a.b", "_key", "a!", "<", "é"}), rapid.String()).Draw(t, "name")
		fields[name] = drawValue(t, depth)
	}
	return fields
}

func drawData(t *rapid.T) opencdc.Data {
	switch rapid.IntRange(0, 3).Draw(t, "data") {
	case 0:
		return nil
	case 1:
		return opencdc.RawData(rapid.SliceOf(rapid.Byte()).Draw(t, "raw"))
	default:
		return opencdc.StructuredData(drawFields(t, 0))
	}
}

func drawRecord(t *rapid.T) opencdc.Record {
	return opencdc.Record{
		Position:  rapid.SliceOf(rapid.Byte()).Draw(t, "position"),
		Operation: opencdc.Operation(rapid.IntRange(1, 4).Draw(t, "operation")),
		Metadata:  rapid.MapOfN(rapid.String(), rapid.String(), 0, 4).Draw(t, "metadata"),
		Key:       drawData(t),
		Payload:   opencdc.Change{Before: drawData(t), After: drawData(t)},
	}
}

// The lines that are written here are those of the SDK's serializer for plain values.
func TestJSON_SameBytesAsOpenCDC(t *testing.T) {
	serializer := layout(t, "opencdc/json", "")
	rapid.Check(t, func(t *rapid.T) {
		rec := drawRecord(t)
		want, err := serializer.Serialize(value.PlainRecord(rec))
		if err != nil {
			t.Fatalf("serialize: %v", err)
		}
		compression := rapid.SampledFrom([]string{"none", "gzip", "zstd"}).Draw(t, "compression")
		got := encodeAny(t, format.Options{Format: format.JSON, Serializer: serializer, Compression: compression}, rec, rec)
		if line := string(want) + "\n"; string(decompress(t, compression, got)) != line+line {
			t.Fatalf("got  %swant %s", decompress(t, compression, got), line+line)
		}
	})
}

func decompress(t *rapid.T, compression string, b []byte) []byte {
	var r io.Reader = bytes.NewReader(b)
	var err error
	switch compression {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatalf("%s: %v", compression, err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", compression, err)
	}
	return text
}

func encodeAny(t *rapid.T, opts format.Options, recs ...opencdc.Record) []byte {
	e, err := format.New(opts)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, rec := range recs {
		if err := e.Check(rec); err != nil {
			t.Fatalf("check: %v", err)
		}
	}
	var out bytes.Buffer
	if err := e.Encode(&out, recs, nil); err != nil {
		t.Fatalf("encode: %v", err)
	}
	return out.Bytes()
}

// Whatever values meet in a column, each is read back as it was.
func TestParquet_AnyValuesSurvive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		recs := rapid.SliceOfN(rapid.Custom(drawRecord), 1, 6).Draw(rt, "records")
		e := newEncoder(t, format.Parquet)
		seen := 0
		for _, group := range e.Groups(recs) {
			var members []opencdc.Record
			for _, i := range group {
				members = append(members, recs[i])
			}
			seen += len(group)
			_, rows := readRows(t, encodeAny(rt, format.Options{Format: format.Parquet}, members...))
			for i, rec := range members {
				payload := rows[i]["payload"].(map[string]any)
				for field, pair := range map[string][2]any{
					"key": {rows[i]["key"], rec.Key}, "before": {payload["before"], rec.Payload.Before}, "after": {payload["after"], rec.Payload.After},
				} {
					if !sameValue(pair[0], pair[1]) {
						rt.Fatalf("%s: got %#v, want %#v", field, pair[0], pair[1])
					}
				}
			}
		}
		if seen != len(recs) {
			rt.Fatalf("%d records of %d are in groups", seen, len(recs))
		}
	})
}

// drawAvro returns any type, perhaps in a union with null.
func drawAvro(t *rapid.T, name string, depth int) string {
	kinds := []string{"boolean", "int", "long", "float", "double", "string", "bytes", "null"}
	for _, logical := range []string{
		"uuid string", "date int", "time-millis int", "time-micros long", "timestamp-millis long", "timestamp-micros long", "local-timestamp-micros long",
	} {
		kind, of, _ := strings.Cut(logical, " ")
		kinds = append(kinds, fmt.Sprintf(`{"type":%q,"logicalType":%q}`, of, kind))
	}
	for i, kind := range kinds[:8] {
		kinds[i] = fmt.Sprintf("%q", kind)
	}
	kinds = append(kinds,
		fmt.Sprintf(`{"type":"fixed","name":%q,"size":3}`, name), fmt.Sprintf(`{"type":"enum","name":%q,"symbols":["red"]}`, name),
		fmt.Sprintf(`{"type":"fixed","name":%q,"size":12,"logicalType":"duration"}`, name), `["string","int"]`,
		`{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}`, `{"type":"bytes","logicalType":"decimal","precision":30,"scale":29}`,
	)
	if depth < 3 {
		kinds = append(kinds, "record", "array", "map")
	}
	kind := rapid.SampledFrom(kinds).Draw(t, "type")
	switch kind {
	case "record":
		var fields []string
		for _, field := range []string{"a", "b", "A"} {
			if rapid.Bool().Draw(t, "field") {
				fields = append(fields, fmt.Sprintf(`{"name":%q,"type":%s}`, field, drawAvro(t, name+field, depth+1)))
			}
		}
		kind = fmt.Sprintf(`{"type":"record","name":%q,"fields":[%s]}`, name, strings.Join(fields, ","))
	case "array":
		kind = fmt.Sprintf(`{"type":"array","items":%s}`, drawAvro(t, name+"e", depth+1))
	case "map":
		kind = fmt.Sprintf(`{"type":"map","values":%s}`, drawAvro(t, name+"v", depth+1))
	}
	if kind != `"null"` && kind[0] != '[' && rapid.Bool().Draw(t, "nullable") {
		return `["null",` + kind + `]`
	}
	return kind
}

// A schema may describe anything but the values that records have.
func TestParquet_ValuesThatTheirSchemaDoesNotDescribeSurvive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var fields []string
		for _, field := range []string{"a", "b", "a_b"} {
			fields = append(fields, fmt.Sprintf(`{"name":%q,"type":%s}`, field, drawAvro(rt, "row_"+field, 1)))
		}
		text := `{"type":"record","name":"row","fields":[` + strings.Join(fields, ",") + `]}`
		if _, err := avro.ParseBytesWithCache([]byte(text), "", &avro.SchemaCache{}); err != nil {
			rt.Fatalf("%s: %v", text, err)
		}
		var recs []opencdc.Record
		for range rapid.IntRange(1, 4).Draw(rt, "records") {
			recs = append(recs, described("s", "1", opencdc.StructuredData(drawFields(rt, 0))))
		}
		opts := format.Options{
			Format: format.Parquet, Schemas: &registry{texts: map[string]string{"s1": text}},
			Types: rapid.SampledFrom([]string{format.Exact, format.Portable}).Draw(rt, "types"),
		}
		_, rows := readRows(t, encodeAny(rt, opts, recs...))
		for i, rec := range recs {
			if got := rows[i]["payload"].(map[string]any)["after"]; !sameValue(got, rec.Payload.After) {
				rt.Fatalf("%s: got %#v, want %#v", text, got, rec.Payload.After)
			}
		}
	})
}

// sameValue tells whether got, as it was read, is the value of a record. Fields
// that are null are the same as none.
func sameValue(got, want any) bool {
	if text, ok := got.(jsonValue); ok {
		wanted, err := json.Marshal(value.Plain(map[string]any{"v": want})["v"])
		return err == nil && reflect.DeepEqual(parsed(string(text)), parsed(string(wanted)))
	}
	switch want := want.(type) {
	case nil:
		return got == nil
	case opencdc.StructuredData:
		return sameFields(got, want)
	case map[string]any:
		return sameFields(got, want)
	case []any:
		items, ok := got.([]any)
		if !ok || len(items) != len(want) {
			return false
		}
		for i := range items {
			if !sameValue(items[i], want[i]) {
				return false
			}
		}
		return true
	case opencdc.RawData:
		return bytesEqual(got, want)
	case []byte:
		return bytesEqual(got, want)
	case time.Time:
		at, ok := got.(time.Time)
		return ok && at.Equal(want)
	case string, bool:
		return got == want
	default:
		a, b := exactly(got), exactly(want)
		return a != nil && b != nil && a.Cmp(b) == 0
	}
}

func bytesEqual(got any, want []byte) bool {
	b, ok := got.([]byte)
	return ok && bytes.Equal(b, want)
}

func sameFields(got any, want map[string]any) bool {
	fields, ok := got.(map[string]any)
	for name := range want {
		if _, found := fields[name]; !found && want[name] != nil {
			return false
		}
	}
	for name, field := range fields {
		ok = ok && sameValue(field, want[name])
	}
	return ok
}

// exactly returns a number, of which nothing may be lost.
func exactly(v any) *big.Rat {
	switch v := v.(type) {
	case float64:
		return new(big.Rat).SetFloat64(v)
	case float32:
		return new(big.Rat).SetFloat64(float64(v))
	case int64:
		return new(big.Rat).SetInt64(v)
	case int:
		return new(big.Rat).SetInt64(int64(v))
	case uint64:
		return new(big.Rat).SetUint64(v)
	case *big.Rat:
		return v
	case json.Number:
		if n, err := v.Float64(); err == nil && strings.ContainsAny(v.String(), ".eE") {
			return new(big.Rat).SetFloat64(n) // the double that has these digits
		}
		n, _ := new(big.Rat).SetString(v.String())
		return n
	default:
		return nil
	}
}

func parsed(text string) any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return err
	}
	return numbersAs(v)
}

// numbersAs writes numbers in one way, however many digits they were written in.
func numbersAs(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			v[name] = numbersAs(value)
		}
	case []any:
		for i, item := range v {
			v[i] = numbersAs(item)
		}
	case json.Number:
		n, _ := new(big.Rat).SetString(v.String())
		return n.RatString()
	}
	return v
}

func TestNew_NamesEachWrongOption(t *testing.T) {
	for name, opts := range map[string]format.Options{
		"compression": {Format: format.JSON, Compression: "zip"},
		"layout":      {Format: format.Parquet, Layout: "deep"},
		"codec":       {Format: format.Parquet, Codec: "lzo"},
		"types":       {Format: format.Parquet, Types: "loose"},
	} {
		_, err := format.New(opts)
		assert.ErrorContains(t, err, name+": ")
	}
	_, err := format.New(format.Options{Format: format.Parquet, Layout: "deep", Codec: "lzo"})
	assert.ErrorContains(t, err, "deep")
	assert.ErrorContains(t, err, "lzo")
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package columns reads Parquet with readers that the connector does not write
// with: Arrow and DuckDB.
package columns

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"math"
	"math/big"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/datum"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/hamba/avro/v2"
	"gotest.tools/v3/assert"
	"pgregory.net/rapid"
)

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Context() context.Context
	Fatalf(format string, args ...any)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func openDuckDB(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	assert.NilError(t, err)
	t.Cleanup(func() { db.Close() })
	_, err = db.ExecContext(t.Context(), "SET TimeZone = 'UTC'")
	assert.NilError(t, err)
	return db
}

// schemas is a registry with one schema.
type schemas string

func (s schemas) Schema(string, int) (string, error) { return string(s), nil }

// decoded returns a value as the destination decodes it, whoever has encoded it.
func decoded(t tester, text string, value any) opencdc.StructuredData {
	t.Helper()
	parsed, err := avro.ParseBytesWithCache([]byte(text), "", &avro.SchemaCache{})
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	encoded, err := avro.Marshal(parsed, value)
	if err != nil {
		t.Fatalf("marshal with %s: %v", text, err)
	}
	read, err := datum.Parse(text)
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	fields, err := read.Decode(encoded)
	if err != nil {
		t.Fatalf("decode with %s: %v", text, err)
	}
	return fields
}

var codecs = []string{"zstd", "snappy", "gzip", "brotli", "lz4_raw", "none"}

// Whatever records hold, both readers find the same rows, types and bytes.
func TestParquet_StructuredRecordsSurvive(t *testing.T) {
	db, directory := openDuckDB(t), t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		payload := recordType(t, "row", 0)
		declared := rapid.Bool().Draw(t, "schema")
		var recs []opencdc.Record
		var want []any
		for i := range rapid.IntRange(1, 6).Draw(t, "records") {
			rec := drawRecord(t, i)
			value := payload.draw(t)
			fields := opencdc.StructuredData(value.(map[string]any))
			if declared {
				rec.Metadata[opencdc.MetadataPayloadSchemaSubject], rec.Metadata[opencdc.MetadataPayloadSchemaVersion] = "s", "1"
				fields = decoded(t, schemaText(payload), payload.encoded(value))
			}
			if rec.Operation == opencdc.OperationDelete {
				rec.Payload.Before = fields
			} else {
				rec.Payload.After = fields
			}
			recs, want = append(recs, rec), append(want, payload.want(value, declared))
		}
		opts := format.Options{
			Format: format.Parquet, Schemas: schemas(schemaText(payload)),
			Layout: rapid.SampledFrom([]string{format.Envelope, format.Flat}).Draw(t, "layout"),
			Types:  rapid.SampledFrom([]string{format.Exact, format.Portable}).Draw(t, "types"),
			Codec:  rapid.SampledFrom(codecs).Draw(t, "codec"),
		}
		file := encode(t, opts, recs)
		arrow, _ := readArrow(t, file)
		checkRows(t, "arrow", opts.Layout, arrow, recs, want)
		duck, _ := readDuckDB(t, db, directory, file)
		checkRows(t, "duckdb", opts.Layout, duck, recs, want)
	})
}

func TestParquet_RawRecordsSurvive(t *testing.T) {
	db, directory := openDuckDB(t), t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		var recs []opencdc.Record
		var want []any
		for i := range rapid.IntRange(1, 6).Draw(t, "records") {
			rec, payload := drawRecord(t, i), bytesGen.Draw(t, "payload")
			if rec.Operation == opencdc.OperationDelete {
				rec.Payload.Before = opencdc.RawData(payload)
			} else {
				rec.Payload.After = opencdc.RawData(payload)
			}
			recs, want = append(recs, rec), append(want, payload)
		}
		opts := format.Options{
			Format: format.Parquet,
			Layout: rapid.SampledFrom([]string{format.Envelope, format.Flat}).Draw(t, "layout"),
			Codec:  rapid.SampledFrom(codecs).Draw(t, "codec"),
		}
		file := encode(t, opts, recs)
		arrow, _ := readArrow(t, file)
		checkRows(t, "arrow", opts.Layout, arrow, recs, want)
		duck, _ := readDuckDB(t, db, directory, file)
		checkRows(t, "duckdb", opts.Layout, duck, recs, want)
	})
}

func drawRecord(t *rapid.T, i int) opencdc.Record {
	rec := opencdc.Record{
		Position:  append([]byte{byte(i)}, bytesGen.Draw(t, "position")...),
		Operation: opencdc.Operation(rapid.IntRange(1, 4).Draw(t, "operation")),
		Metadata:  opencdc.Metadata{},
	}
	maps.Copy(rec.Metadata, rapid.MapOfN(rapid.String(), rapid.String(), 0, 3).Draw(t, "metadata"))
	delete(rec.Metadata, opencdc.MetadataPayloadSchemaSubject)
	if rapid.Bool().Draw(t, "key") {
		rec.Key = opencdc.RawData(bytesGen.Draw(t, "key"))
	}
	return rec
}

func encode(t tester, opts format.Options, recs []opencdc.Record) []byte {
	t.Helper()
	e, err := format.New(opts)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, rec := range recs {
		if err := e.Check(rec); err != nil {
			t.Fatalf("check: %v", err)
		}
	}
	if groups := e.Groups(recs); len(groups) != 1 {
		t.Fatalf("%d groups", len(groups))
	}
	var file bytes.Buffer
	if err := e.Encode(&file, recs, nil); err != nil {
		t.Fatalf("encode: %v", err)
	}
	return file.Bytes()
}

func checkRows(t tester, reader, layout string, rows []map[string]any, recs []opencdc.Record, want []any) {
	t.Helper()
	if len(rows) != len(recs) {
		t.Fatalf("%s: %d rows of %d", reader, len(rows), len(recs))
	}
	for i, rec := range recs {
		rows[i] = joined(rows[i])
		metadata := map[string]any{}
		for name, value := range rec.Metadata {
			metadata[name] = value
		}
		var key any
		if rec.Key != nil {
			key = append([]byte{}, rec.Key.Bytes()...)
		}
		prefix, state := "", func() any { return flatState(rows[i]) }
		if layout == format.Envelope {
			state = func() any { return envelopeState(rows[i], rec.Operation) }
		} else {
			prefix = "_"
		}
		for column, value := range map[string]any{
			"operation": rec.Operation.String(), "position": []byte(rec.Position), "key": key, "metadata": metadata,
		} {
			if got := rows[i][prefix+column]; !same(got, value) {
				t.Fatalf("%s: row %d: %s: got %#v, want %#v", reader, i, column, got, value)
			}
		}
		if got := state(); !same(got, want[i]) {
			t.Fatalf("%s: row %d: payload: got %#v, want %#v", reader, i, got, want[i])
		}
	}
}

func envelopeState(row map[string]any, operation opencdc.Operation) any {
	if operation == opencdc.OperationDelete {
		return row["payload"].(map[string]any)["before"]
	}
	return row["payload"].(map[string]any)["after"]
}

func flatState(row map[string]any) any {
	if payload, ok := row["_payload"]; ok {
		return payload
	}
	fields := map[string]any{}
	for name, value := range row {
		if name[0] != '_' && value != nil {
			fields[name] = value
		}
	}
	return fields
}

// same compares what a reader found with what it should be. What should have
// fields or items and is a text or bytes must be its JSON. A time of day may be a
// text.
func same(got, want any) bool {
	switch want := want.(type) {
	case time.Duration:
		if text, ok := got.(string); ok {
			at, err := time.Parse("15:04:05.000000", text)
			return err == nil && len(text) == len("15:04:05.000000") && at.AddDate(1, 0, 0).Equal(time.Time{}.Add(want))
		}
	case *big.Rat:
		if text, ok := got.(string); ok {
			n, ok := new(big.Rat).SetString(text)
			return ok && n.Cmp(want) == 0
		}
	case map[string]any, []any:
		switch got := got.(type) {
		case string:
			return sameJSON([]byte(got), want)
		case []byte:
			return sameJSON(got, want)
		}
	}
	switch got := got.(type) {
	case time.Time:
		want, ok := want.(time.Time)
		return ok && got.Equal(want)
	case float64:
		want, ok := want.(float64)
		return ok && (got == want && math.Signbit(got) == math.Signbit(want) || math.IsNaN(got) && math.IsNaN(want))
	case *big.Rat:
		want, ok := want.(*big.Rat)
		return ok && got.Cmp(want) == 0
	case []byte:
		if id, ok := want.(string); ok && len(got) == 16 { // DuckDB's driver has UUIDs as bytes
			return uuidText(got) == id
		}
		want, ok := want.([]byte)
		return ok && bytes.Equal(got, want)
	case map[string]any:
		want, ok := want.(map[string]any)
		return ok && maps.EqualFunc(got, want, same)
	case []any:
		want, ok := want.([]any)
		return ok && slices.EqualFunc(got, want, same)
	default:
		return got == want
	}
}

func sameJSON(text []byte, want any) bool {
	wanted, err := json.Marshal(withDecimals(want))
	if err != nil {
		return false
	}
	a, errA := decodeJSON(text)
	b, errB := decodeJSON(wanted)
	return errA == nil && errB == nil && reflect.DeepEqual(withoutNulls(a), withoutNulls(b))
}

// decodeJSON decodes JSON, with each number as a fraction, whatever its spelling.
func decodeJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return replaced(v, func(v any) any {
		if n, ok := v.(json.Number); ok {
			if r, ok := new(big.Rat).SetString(string(n)); ok {
				return "number " + r.RatString() // and no string
			}
		}
		return v
	}), err
}

// withDecimals returns v with decimals as numbers of JSON.
func withDecimals(v any) any {
	return replaced(v, func(v any) any {
		if r, ok := v.(*big.Rat); ok && r != nil {
			digits, _ := r.FloatPrec()
			return json.Number(r.FloatString(digits))
		}
		return v
	})
}

// replaced returns v with other values in place of those that are no list or map.
func replaced(v any, by func(any) any) any {
	switch v := v.(type) {
	case map[string]any:
		all := make(map[string]any, len(v))
		for name, value := range v {
			all[name] = replaced(value, by)
		}
		return all
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			all[i] = replaced(item, by)
		}
		return all
	default:
		return by(v)
	}
}

// joined returns a row or struct with the fields that have no column, of which lists
// and structs are JSON, and with bytes in the place of the fields of which there
// are none.
func joined(columns map[string]any) map[string]any {
	fields := map[string]any{}
	for name, value := range columns {
		if inner, ok := value.(map[string]any); ok && inner != nil {
			fields[name] = joined(inner)
		} else if name != restColumn {
			fields[name] = joinedItems(value)
		}
	}
	for _, name := range []string{"key", "before", "after", "_key"} {
		if raw := fields[name+rawSuffix]; raw != nil {
			fields[name] = raw
		}
		delete(fields, name+rawSuffix)
	}
	var rest map[string]json.RawMessage
	if text, ok := columns[restColumn].(string); ok && json.Unmarshal([]byte(text), &rest) == nil {
		for name, text := range rest {
			var value any
			if n, ok := new(big.Rat).SetString(string(text)); ok {
				value = n
			} else if text[0] == '[' || text[0] == '{' {
				value = string(text)
			} else if err := json.Unmarshal(text, &value); err != nil {
				value = err
			}
			fields[name] = value
		}
	}
	return fields
}

func joinedItems(v any) any {
	items, ok := v.([]any)
	if !ok {
		return v
	}
	all := make([]any, len(items))
	for i, item := range items {
		if fields, ok := item.(map[string]any); ok {
			all[i] = joined(fields)
		} else {
			all[i] = joinedItems(item)
		}
	}
	return all
}

// withoutNulls drops fields that are null: they are the same as none.
func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if v[name] = withoutNulls(value); value == nil {
				delete(v, name)
			}
		}
	case []any:
		for i, item := range v {
			v[i] = withoutNulls(item)
		}
	}
	return v
}

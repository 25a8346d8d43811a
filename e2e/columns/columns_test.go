// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/parquet-go/parquet-go"
	parquetformat "github.com/parquet-go/parquet-go/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

const everyType = `{"type":"record","name":"row","fields":[
	{"name":"boolean","type":"boolean"},
	{"name":"int","type":"int"},
	{"name":"long","type":"long"},
	{"name":"float","type":"float"},
	{"name":"double","type":"double"},
	{"name":"string","type":["null","string"]},
	{"name":"bytes","type":"bytes"},
	{"name":"fixed","type":{"type":"fixed","name":"f","size":3}},
	{"name":"enum","type":{"type":"enum","name":"e","symbols":["red","green"]}},
	{"name":"uuid","type":{"type":"string","logicalType":"uuid"}},
	{"name":"decimal9","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
	{"name":"decimal38","type":{"type":"bytes","logicalType":"decimal","precision":38,"scale":10}},
	{"name":"date","type":{"type":"int","logicalType":"date"}},
	{"name":"time","type":{"type":"long","logicalType":"time-micros"}},
	{"name":"timestamp","type":{"type":"long","logicalType":"timestamp-micros"}},
	{"name":"local","type":{"type":"long","logicalType":"local-timestamp-micros"}},
	{"name":"duration","type":{"type":"fixed","name":"d","size":12,"logicalType":"duration"}},
	{"name":"record","type":{"type":"record","name":"r","fields":[{"name":"b","type":"int"},{"name":"a","type":"string"}]}},
	{"name":"array","type":{"type":"array","items":"long"}},
	{"name":"map","type":{"type":"map","values":"double"}},
	{"name":"union","type":["null","int","string"]}
]}`

func create(fields opencdc.StructuredData) opencdc.Record {
	return opencdc.Record{
		Operation: opencdc.OperationCreate,
		Metadata:  opencdc.Metadata{opencdc.MetadataPayloadSchemaSubject: "s", opencdc.MetadataPayloadSchemaVersion: "1"},
		Payload:   opencdc.Change{After: fields},
	}
}

func TestColumns_TypesThatReadersSee(t *testing.T) {
	file := encode(t, format.Options{Format: format.Parquet, Layout: format.Flat, Types: format.Exact, Schemas: schemas(everyType)}, []opencdc.Record{create(nil)})
	_, duck := readDuckDB(t, openDuckDB(t), t.TempDir(), file)
	_, arrow := readArrow(t, file)
	for column, want := range map[string][2]string{
		"boolean":    {"BOOLEAN", "bool"},
		"int":        {"BIGINT", "int64"},
		"long":       {"BIGINT", "int64"},
		"float":      {"DOUBLE", "float64"},
		"double":     {"DOUBLE", "float64"},
		"string":     {"VARCHAR", "utf8"},
		"bytes":      {"BLOB", "binary"},
		"fixed":      {"BLOB", "fixed_size_binary[3]"},
		"enum":       {"VARCHAR", "utf8"},
		"uuid":       {"UUID", "extension<arrow.uuid>"},
		"decimal9":   {"DECIMAL(18,2)", "decimal(18, 2)"},
		"decimal38":  {"DECIMAL(38,10)", "decimal(38, 10)"},
		"date":       {"DATE", "date32"},
		"time":       {"TIME", "time64[us]"},
		"timestamp":  {"TIMESTAMPTZ", "timestamp[us, tz=UTC]"},
		"local":      {"TIMESTAMP", "timestamp[us]"},
		"duration":   {`STRUCT("months" BIGINT, "days" BIGINT, "milliseconds" BIGINT)`, "struct<months: int64, days: int64, milliseconds: int64>"},
		"record":     {`STRUCT("b" BIGINT, "a" VARCHAR, "_rest" VARCHAR)`, "struct<b: int64, a: utf8, _rest: utf8>"},
		"array":      {"BIGINT[]", "list<element: int64, nullable>"},
		"map":        {"MAP(VARCHAR, DOUBLE)", "map<utf8, float64, items_nullable>"},
		"union":      {"JSON", "binary"},
		"_operation": {"VARCHAR", "utf8"},
		"_position":  {"BLOB", "binary"},
		"_key":       {`STRUCT("_rest" VARCHAR)`, "struct<_rest: utf8>"},
		"_rest":      {"VARCHAR", "utf8"},
		"_metadata":  {"MAP(VARCHAR, VARCHAR)", "map<utf8, utf8, items_non_nullable>"},
	} {
		assert.Check(t, cmp.Equal(duck[column], want[0]), "duckdb: %s", column)
		assert.Check(t, cmp.Equal(arrow[column], want[1]), "arrow: %s", column)
	}
}

// Spark 3.0 reads all of these, and so do Athena's tables.
func TestColumns_PortableTypesThatReadersSee(t *testing.T) {
	opts := format.Options{Format: format.Parquet, Layout: format.Flat, Types: format.Portable, Schemas: schemas(everyType)}
	id := "00010203-0405-0607-0809-0a0b0c0d0e0f"
	file := encode(t, opts, []opencdc.Record{create(opencdc.StructuredData{"uuid": id, "time": 90 * time.Second, "fixed": []byte{1, 2, 3}})})
	db := openDuckDB(t)
	duck, duckTypes := readDuckDB(t, db, t.TempDir(), file)
	arrow, arrowTypes := readArrow(t, file)
	for column, want := range map[string]struct {
		duck, arrow string
		value       any
	}{
		"uuid":  {"VARCHAR", "utf8", id},
		"time":  {"VARCHAR", "utf8", "00:01:30.000000"},
		"fixed": {"BLOB", "binary", []byte{1, 2, 3}},
	} {
		assert.Check(t, cmp.Equal(duckTypes[column], want.duck), "duckdb: %s", column)
		assert.Check(t, cmp.Equal(arrowTypes[column], want.arrow), "arrow: %s", column)
		assert.Check(t, same(duck[0][column], want.value), "duckdb: %s: %#v", column, duck[0][column])
		assert.Check(t, same(arrow[0][column], want.value), "arrow: %s: %#v", column, arrow[0][column])
	}
	assert.Check(t, cmp.Len(sparkRefuses(t, file), 0))
	opts.Types = format.Exact
	assert.Check(t, cmp.DeepEqual(sparkRefuses(t, encode(t, opts, []opencdc.Record{create(nil)})), []string{"fixed", "uuid", "time"}))

	casts, _ := query(t, db, fmt.Sprintf("SELECT '%s'::TIME AS at, '%s'::UUID AS id", duck[0]["time"], duck[0]["uuid"]))
	assert.Check(t, same(casts[0]["at"], 90*time.Second) && same(casts[0]["id"], id), "%v", casts)
}

// sparkRefuses returns the names of the columns for which Spark 3.0 refuses a file.
func sparkRefuses(t *testing.T, file []byte) (names []string) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	assert.NilError(t, err)
	for _, element := range f.Metadata().Schema {
		if !sparkReads(element) {
			names = append(names, element.Name)
		}
	}
	return names
}

// sparkReads reports whether Spark 3.0 has a type for an element of a schema: see
// its ParquetToSparkSchemaConverter.
func sparkReads(e parquetformat.SchemaElement) bool {
	if !e.Type.Valid { // a group
		return true
	}
	switch annotation := e.LogicalType.Value.(type) {
	case nil:
		return e.Type.V != parquetformat.FixedLenByteArray && e.Type.V != parquetformat.Int96
	case *parquetformat.StringType, *parquetformat.JsonType, *parquetformat.DecimalType, *parquetformat.DateType:
		return true
	case *parquetformat.IntType:
		return annotation.IsSigned
	case *parquetformat.TimestampType:
		_, micros := annotation.Unit.Value.(*parquetformat.MicroSeconds)
		return micros
	default:
		return false
	}
}

// DuckDB and Spark take no notice of case, and other names are special to some.
func TestColumns_UnusualNames(t *testing.T) {
	rec := create(opencdc.StructuredData{
		"a.b": 1, "with space": 2, `quo"te`: 3, "é": 4, "select": 5, "_operation": 6,
		"same": map[string]any{"x": 1, "X": 2}, "inner": map[string]any{"a.b": 1, "": 2}, "dots": map[string]any{"a.b": 1},
	})
	file := encode(t, format.Options{Format: format.Parquet, Layout: format.Flat}, []opencdc.Record{rec})
	duck, _ := readDuckDB(t, openDuckDB(t), t.TempDir(), file)
	arrow, _ := readArrow(t, file)
	for reader, rows := range map[string][]map[string]any{"duckdb": duck, "arrow": arrow} {
		row := joined(rows[0])
		for column, want := range map[string]any{
			"a.b": number(1), "with space": number(2), `quo"te`: number(3), "é": number(4), "select": number(5), "__operation": number(6), "_operation": "create",
			"same": map[string]any{"x": number(1), "X": number(2)}, "inner": map[string]any{"a.b": number(1), "": number(2)}, "dots": map[string]any{"a.b": number(1)},
		} {
			assert.Check(t, same(row[column], want), "%s: %s: %#v", reader, column, row[column])
		}
	}
}

// Objects of one table need not have the same columns: a field that had no value
// in one, a delete without payload, another shape.
func TestColumns_ManyObjectsAreOneTable(t *testing.T) {
	deleted := create(nil)
	deleted.Operation, deleted.Position = opencdc.OperationDelete, opencdc.Position("3")
	for _, layout := range []string{format.Envelope, format.Flat} {
		t.Run(layout, func(t *testing.T) {
			directory := t.TempDir()
			for i, rec := range []opencdc.Record{
				create(opencdc.StructuredData{"id": 1, "name": "one", "tags": []any{"a"}}),
				create(opencdc.StructuredData{"id": 2, "name": nil, "ratio": 0.5}),
				deleted,
			} {
				rec.Position = opencdc.Position(fmt.Sprint(i + 1))
				file := encode(t, format.Options{Format: format.Parquet, Layout: layout}, []opencdc.Record{rec})
				assert.NilError(t, os.WriteFile(filepath.Join(directory, fmt.Sprint(i, ".parquet")), file, 0o600))
			}
			fields := "id, name, ratio"
			order := "_position"
			if layout == format.Envelope {
				fields, order = "payload.after.id AS id, payload.after.name AS name, payload.after.ratio AS ratio", "position"
			}
			rows, _ := query(t, openDuckDB(t), fmt.Sprintf("SELECT %s FROM read_parquet('%s/*.parquet', union_by_name = true) ORDER BY %s", fields, directory, order))
			want := []map[string]any{{"id": number(1), "name": "one", "ratio": nil}, {"id": number(2), "name": nil, "ratio": 0.5}, {"id": nil, "name": nil, "ratio": nil}}
			for i := range want {
				for column := range want[i] {
					assert.Check(t, same(rows[i][column], want[i][column]), "row %d: %s: %#v", i, column, rows[i][column])
				}
			}
		})
	}
}

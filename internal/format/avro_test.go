// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-commons/schema"
	"github.com/conduitio/conduit-connector-s3/internal/datum"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/hamba/avro/v2"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// registry has schemas by subject and version, and counts who asks.
type registry struct {
	texts map[string]string
	asked int
}

func (r *registry) Schema(subject string, version int) (string, error) {
	r.asked++
	if text, ok := r.texts[fmt.Sprint(subject, version)]; ok {
		return text, nil
	}
	return "", errors.New("the registry is gone")
}

func described(subject string, version string, after opencdc.Data) opencdc.Record {
	return opencdc.Record{
		Operation: opencdc.OperationCreate,
		Metadata:  opencdc.Metadata{opencdc.MetadataPayloadSchemaSubject: subject, opencdc.MetadataPayloadSchemaVersion: version},
		Payload:   opencdc.Change{After: after},
	}
}

// decoded returns a value as the destination decodes it.
func decoded(t *testing.T, text string, value any) opencdc.StructuredData {
	t.Helper()
	s := schema.Schema{Type: schema.TypeAvro, Bytes: []byte(text)}
	encoded, err := s.Marshal(value)
	assert.NilError(t, err)
	parsed, err := datum.Parse(text)
	assert.NilError(t, err)
	fields, err := parsed.Decode(encoded)
	assert.NilError(t, err)
	return fields
}

func flatRows(t *testing.T, schemas format.Schemas, recs ...opencdc.Record) (string, []map[string]any) {
	t.Helper()
	return flatRowsOf(t, format.Options{Schemas: schemas, Types: format.Exact}, recs...)
}

func flatRowsOf(t *testing.T, opts format.Options, recs ...opencdc.Record) (string, []map[string]any) {
	t.Helper()
	opts.Format, opts.Layout = format.Parquet, format.Flat
	e, err := format.New(opts)
	assert.NilError(t, err)
	var out bytes.Buffer
	assert.NilError(t, e.Encode(&out, recs, nil))
	s, rows := readRows(t, out.Bytes())
	for _, row := range rows {
		for _, name := range []string{"_operation", "_position", "_key", "_metadata"} {
			_, ok := row[name]
			assert.Check(t, ok, name)
			delete(row, name)
		}
	}
	columns, _, _ := strings.Cut(s.String(), "\trequired binary _operation")
	return withoutRest(strings.TrimPrefix(columns, "message record {\n")), rows
}

func TestSchema_TypesOfColumns(t *testing.T) {
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	at := time.Date(2026, 1, 2, 3, 4, 5, 6_000, time.UTC)
	id := "00010203-0405-0607-0809-0a0b0c0d0e0f"
	for name, test := range map[string]struct {
		avro    string
		value   any
		parquet string
		want    any
	}{
		"boolean":         {`"boolean"`, true, "boolean v", true},
		"int":             {`"int"`, 7, "int64 v (INT(64,true))", int64(7)},
		"long":            {`"long"`, int64(7), "int64 v (INT(64,true))", int64(7)},
		"float":           {`"float"`, float32(0.5), "double v", 0.5},
		"double":          {`"double"`, 0.5, "double v", 0.5},
		"string":          {`"string"`, "a", "binary v (STRING)", "a"},
		"bytes":           {`"bytes"`, []byte{0xff}, "binary v", []byte{0xff}},
		"fixed":           {`{"type":"fixed","name":"f","size":3}`, [3]byte{1, 2, 3}, "fixed_len_byte_array(3) v", []byte{1, 2, 3}},
		"enum":            {`{"type":"enum","name":"e","symbols":["red","green"]}`, "green", "binary v (STRING)", "green"},
		"uuid":            {`{"type":"string","logicalType":"uuid"}`, id, "fixed_len_byte_array(16) v (UUID)", [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
		"decimal":         {`{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}`, ratio("-123.45"), "int64 v (DECIMAL(18,2))", ratio("-123.45")},
		"decimal, fixed":  {`{"type":"fixed","name":"f","size":16,"logicalType":"decimal","precision":38,"scale":10}`, ratio("-123.45"), "fixed_len_byte_array(16) v (DECIMAL(38,10))", ratio("-123.45")},
		"decimal, small":  {`{"type":"bytes","logicalType":"decimal","precision":4,"scale":4}`, ratio("0.1234"), "int64 v (DECIMAL(18,4))", ratio("0.1234")},
		"decimal, large":  {`{"type":"bytes","logicalType":"decimal","precision":39,"scale":1}`, ratio("0.5"), "binary v (JSON)", jsonValue("0.5")},
		"date":            {`{"type":"int","logicalType":"date"}`, day, "int32 v (DATE)", day},
		"time millis":     {`{"type":"int","logicalType":"time-millis"}`, 3 * time.Second, "int64 v (TIME(isAdjustedToUTC=false,unit=MICROS))", 3 * time.Second},
		"time micros":     {`{"type":"long","logicalType":"time-micros"}`, 3 * time.Second, "int64 v (TIME(isAdjustedToUTC=false,unit=MICROS))", 3 * time.Second},
		"timestamp":       {`{"type":"long","logicalType":"timestamp-micros"}`, at, "int64 v (TIMESTAMP(isAdjustedToUTC=true,unit=MICROS))", at},
		"timestamp ms":    {`{"type":"long","logicalType":"timestamp-millis"}`, day, "int64 v (TIMESTAMP(isAdjustedToUTC=true,unit=MICROS))", day},
		"local":           {`{"type":"long","logicalType":"local-timestamp-micros"}`, at, "int64 v (TIMESTAMP(isAdjustedToUTC=false,unit=MICROS))", at},
		"local ms":        {`{"type":"long","logicalType":"local-timestamp-millis"}`, day, "int64 v (TIMESTAMP(isAdjustedToUTC=false,unit=MICROS))", day},
		"null":            {`"null"`, nil, "", nil},
		"nullable":        {`["null","string"]`, "a", "binary v (STRING)", "a"},
		"nullable time":   {`[{"type":"long","logicalType":"timestamp-micros"},"null"]`, at, "int64 v (TIMESTAMP(isAdjustedToUTC=true,unit=MICROS))", at},
		"nullable record": {`["null",{"type":"record","name":"r","fields":[{"name":"b","type":"int"},{"name":"a","type":["null","int"]}]}]`, map[string]any{"r": map[string]any{"b": 1, "a": nil}}, "group v {\n\t\toptional int64 b (INT(64,true));\n\t\toptional int64 a (INT(64,true));\n\t}", map[string]any{"b": int64(1), "a": nil}},
		"array":           {`{"type":"array","items":"long"}`, []any{int64(1)}, "group v (LIST) {\n\t\trepeated group list {\n\t\t\toptional int64 element (INT(64,true));\n\t\t}\n\t}", []any{int64(1)}},
		"array of any":    {`{"type":"array","items":["null","long","string"]}`, []any{int64(1), "a", nil}, "group v (LIST) {\n\t\trepeated group list {\n\t\t\toptional binary element (JSON);\n\t\t}\n\t}", []any{jsonValue("1"), jsonValue(`"a"`), nil}},
		"map":             {`{"type":"map","values":"long"}`, map[string]any{"a": int64(1)}, "group v (MAP) {\n\t\trepeated group key_value {\n\t\t\trequired binary key (STRING);\n\t\t\toptional int64 value (INT(64,true));\n\t\t}\n\t}", map[string]any{"a": int64(1)}},
		"union":           {`["null","string","long"]`, "a", "binary v (JSON)", jsonValue(`"a"`)},
		"empty record":    {`{"type":"record","name":"r","fields":[]}`, map[string]any{}, "group v {\n\t}", map[string]any{}},
	} {
		t.Run(name, func(t *testing.T) {
			text := `{"type":"record","name":"row","fields":[{"name":"z","type":"int"},{"name":"v","type":` + test.avro + `}]}`
			got, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}},
				described("s", "1", decoded(t, text, map[string]any{"z": 1, "v": test.value})), described("s", "1", nil))
			want := "\toptional int64 z (INT(64,true));\n"
			wantRows := []map[string]any{{"z": int64(1)}, {"z": nil}}
			if test.parquet != "" {
				want += "\toptional " + strings.TrimSuffix(test.parquet+";", "};") + map[bool]string{true: "}"}[strings.HasSuffix(test.parquet, "}")] + "\n"
				wantRows[0]["v"], wantRows[1]["v"] = test.want, nil
			}
			assert.Check(t, cmp.Equal(got, want))
			for i := range wantRows {
				assert.Check(t, cmp.Equal(spell(rows[i]), spell(wantRows[i])))
			}
		})
	}
}

// The SDK can't decode a record that may hold itself, but a processor may have.
func TestSchema_RecordInsideOfItselfIsJSON(t *testing.T) {
	text := `{"type":"record","name":"node","fields":[{"name":"n","type":"int"},{"name":"next","type":["null","node"]}]}`
	columns, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}},
		described("s", "1", opencdc.StructuredData{"n": 1, "next": map[string]any{"n": 2, "next": nil}}))
	assert.Check(t, cmp.Equal(columns, "\toptional int64 n (INT(64,true));\n\toptional binary next (JSON);\n"))
	assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{"n": int64(1), "next": jsonValue(`{"n":2,"next":null}`)}}))
}

// Engines know no type for a duration that all of them read.
func TestSchema_DurationIsThreeNumbers(t *testing.T) {
	text := `{"type":"record","name":"row","fields":[{"name":"v","type":{"type":"fixed","name":"d","size":12,"logicalType":"duration"}}]}`
	_, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}},
		described("s", "1", opencdc.StructuredData{"v": avro.LogicalDuration{Months: 1, Days: 2, Milliseconds: 4294967295}}))
	assert.Check(t, cmp.DeepEqual(rows[0]["v"], any(map[string]any{"months": int64(1), "days": int64(2), "milliseconds": int64(4294967295)})))
}

// It is decoded to the local zone of the process, whose clock must not count.
func TestSchema_LocalTimestampIsWhatItsClockShows(t *testing.T) {
	text := `{"type":"record","name":"row","fields":[{"name":"v","type":{"type":"long","logicalType":"local-timestamp-micros"}}]}`
	at := time.Date(2026, 1, 2, 3, 4, 5, 6_000, time.FixedZone("", 7200))
	_, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}}, described("s", "1", opencdc.StructuredData{"v": at}))
	assert.Check(t, cmp.DeepEqual(rows[0]["v"], any(time.Date(2026, 1, 2, 3, 4, 5, 6_000, time.UTC))))
}

// A record may have been changed after it was decoded and no longer match its schema.
func TestSchema_ThatDoesNotDescribeItsRecords(t *testing.T) {
	text := `{"type":"record","name":"row","fields":[{"name":"i","type":"int"},{"name":"u","type":{"type":"string","logicalType":"uuid"}},
		{"name":"d","type":{"type":"int","logicalType":"date"}},{"name":"t","type":{"type":"long","logicalType":"time-micros"}},{"name":"gone","type":"int"}]}`
	got, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}},
		described("s", "1", opencdc.StructuredData{"i": 1 << 40, "u": "none", "d": "today", "t": -time.Second, "new": true, "added": 1}))
	assert.Check(t, cmp.Equal(got, "\toptional int64 i (INT(64,true));\n\toptional fixed_len_byte_array(16) u (UUID);\n\toptional int32 d (DATE);\n"+
		"\toptional int64 t (TIME(isAdjustedToUTC=false,unit=MICROS));\n\toptional int64 gone (INT(64,true));\n\toptional int64 added (INT(64,true));\n\toptional boolean new;\n"))
	assert.Check(t, cmp.DeepEqual(rows[0], map[string]any{
		"i": int64(1 << 40), "u": jsonValue(`"none"`), "d": jsonValue(`"today"`), "t": jsonValue("-1000000000"), "gone": nil, "added": int64(1), "new": true,
	}))
}

func TestSchema_IsFetchedOnceAndItsLossForgiven(t *testing.T) {
	text := `{"type":"record","name":"row","fields":[{"name":"v","type":"int"}]}`
	r := &registry{texts: map[string]string{"s1": text, "broken1": "{"}}
	e, err := format.New(format.Options{Format: format.Parquet, Schemas: r})
	assert.NilError(t, err)
	types := func(subject, version string) string {
		var out bytes.Buffer
		assert.NilError(t, e.Encode(&out, []opencdc.Record{described(subject, version, opencdc.StructuredData{"v": 1})}, nil))
		s, _ := readRows(t, out.Bytes())
		return s.String()
	}
	for range 3 {
		assert.Check(t, cmp.Contains(types("s", "1"), "int64 v"))
	}
	assert.Check(t, cmp.Equal(r.asked, 1))
	for i := range 3 {
		assert.Check(t, cmp.Contains(types("other", "1"), "int64 v"), "inferred")
		assert.Check(t, cmp.Equal(r.asked, 2+i), "and asked for again")
	}
	assert.Check(t, cmp.Contains(types("broken", "1"), "int64 v"))
	assert.Check(t, cmp.Contains(types("s", "no number"), "int64 v"))
	assert.Check(t, cmp.Contains(types("", ""), "int64 v"))
}

// A schema says what columns a delete without a payload has.
func TestSchema_OfAbsentPayload(t *testing.T) {
	text := `{"type":"record","name":"row","fields":[{"name":"v","type":"int"}]}`
	got, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}}, described("s", "1", nil))
	assert.Check(t, cmp.Equal(got, "\toptional int64 v (INT(64,true));\n"))
	assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{"v": nil}}))
}

// Types that are named and used again and again are columns each time: a schema
// of a few lines can describe more of them than there is memory.
func TestSchema_ColumnsAreBounded(t *testing.T) {
	of := `"int"`
	for i := range 30 {
		of = fmt.Sprintf(`{"type":"record","name":"r%d","fields":[{"name":"a","type":%s},{"name":"b","type":"%s"}]}`, i, of, nameOf(i-1))
	}
	text := `{"type":"record","name":"row","fields":[{"name":"v","type":` + of + `},{"name":"w","type":"int"}]}`
	_, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}}, described("s", "1", opencdc.StructuredData{"w": 1}))
	assert.Check(t, cmp.DeepEqual(rows[0]["w"], int64(1)))
}

func nameOf(i int) string {
	if i < 0 {
		return "int"
	}
	return fmt.Sprint("r", i)
}

// A destination that doesn't decode payloads gets the bytes of them.
func TestSchema_DoesNotDescribeRawData(t *testing.T) {
	text := `{"type":"record","name":"row","fields":[{"name":"v","type":"int"}]}`
	r := &registry{texts: map[string]string{"s1": text}}
	columns, rows := flatRows(t, r, described("s", "1", opencdc.RawData{0, 0xff}))
	assert.Check(t, cmp.Equal(columns, "\toptional int64 v (INT(64,true));\n"))
	assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{"v": nil, "_payload": []byte{0, 0xff}}}))
}

// Parquet has no bytes of size 0.
func TestSchema_FixedOfNothing(t *testing.T) {
	text := `{"type":"record","name":"row","fields":[{"name":"v","type":{"type":"fixed","name":"f","size":0}}]}`
	columns, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}},
		described("s", "1", opencdc.StructuredData{"v": [0]byte{}}), described("s", "1", nil))
	assert.Check(t, cmp.Equal(columns, "\toptional binary v;\n"))
	assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{"v": []byte{}}, {"v": nil}}))
}

func TestSchema_PortableTypes(t *testing.T) {
	const fixed = `{"type":"fixed","name":"f","size":3}`
	id := "00010203-0405-0607-0809-0A0B0C0D0E0F"
	for name, test := range map[string]struct {
		avro    string
		value   any
		parquet string
		want    any
	}{
		"uuid":           {`{"type":"string","logicalType":"uuid"}`, id, "binary v (STRING)", strings.ToLower(id)},
		"no uuid":        {`{"type":"string","logicalType":"uuid"}`, "NONE", "binary v (STRING)", "NONE"},
		"time":           {`{"type":"long","logicalType":"time-micros"}`, 3*time.Hour + 4*time.Minute + 5*time.Second + 6*time.Microsecond, "binary v (STRING)", "03:04:05.000006"},
		"last time":      {`{"type":"long","logicalType":"time-micros"}`, 24*time.Hour - time.Microsecond, "binary v (STRING)", "23:59:59.999999"},
		"first time":     {`{"type":"int","logicalType":"time-millis"}`, time.Duration(0), "binary v (STRING)", "00:00:00.000000"},
		"no time of day": {`{"type":"long","logicalType":"time-micros"}`, -time.Second, "binary v (STRING)", jsonValue("-1000000000")},
		"fixed":          {fixed, [3]byte{1, 2, 3}, "binary v", []byte{1, 2, 3}},
		"nested":         {`{"type":"array","items":["null",` + fixed + `]}`, []any{map[string]any{"f": [3]byte{1, 2, 3}}}, "group v (LIST) {\n\t\trepeated group list {\n\t\t\toptional binary element;\n\t\t}\n\t}", []any{[]byte{1, 2, 3}}},
		"decimal":        {`{"type":"bytes","logicalType":"decimal","precision":38,"scale":2}`, ratio("-1.25"), "fixed_len_byte_array(16) v (DECIMAL(38,2))", ratio("-1.25")},
	} {
		t.Run(name, func(t *testing.T) {
			text := `{"type":"record","name":"row","fields":[{"name":"v","type":` + test.avro + `}]}`
			opts := format.Options{Types: format.Portable, Schemas: &registry{texts: map[string]string{"s1": text}}}
			got, rows := flatRowsOf(t, opts, described("s", "1", decoded(t, text, map[string]any{"v": test.value})), described("s", "1", nil))
			assert.Check(t, cmp.Equal(got, "\toptional "+strings.TrimSuffix(test.parquet+";", "};")+map[bool]string{true: "}"}[strings.HasSuffix(test.parquet, "}")]+"\n"))
			assert.Check(t, cmp.Equal(spell(rows[0]["v"]), spell(test.want)))
			assert.Check(t, cmp.Nil(rows[1]["v"]))
		})
	}
}

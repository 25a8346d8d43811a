// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

func encodeJSON(t *testing.T, s opencdc.RecordSerializer, recs ...opencdc.Record) ([]string, error) {
	t.Helper()
	e, err := format.New(format.Options{Format: format.JSON, Serializer: s})
	assert.NilError(t, err)
	var out bytes.Buffer
	n, err := encode(e, &out, recs)
	var lines []string
	for scanner := bufio.NewScanner(&out); scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	assert.Check(t, cmp.Len(lines, n), "one record is one line")
	return lines, err
}

// line is a line in the layout opencdc/json, read with another JSON library.
type line struct {
	Position  []byte
	Operation string
	Metadata  map[string]string
	Key       json.RawMessage
	Payload   struct{ Before, After json.RawMessage }
}

func parse(t *testing.T, text string) line {
	t.Helper()
	var l line
	assert.NilError(t, json.Unmarshal([]byte(text), &l))
	return l
}

func TestJSON_EveryOperation(t *testing.T) {
	recs := everyOperation()
	lines, err := encodeJSON(t, layout(t, "opencdc/json", ""), recs...)
	assert.NilError(t, err)
	text := func(d opencdc.Data) string {
		if d == nil {
			return "null"
		}
		return `"` + base64.StdEncoding.EncodeToString(d.Bytes()) + `"`
	}
	for i, rec := range recs {
		got := parse(t, lines[i])
		assert.Check(t, cmp.Equal(string(got.Position), string(rec.Position)))
		assert.Check(t, cmp.Equal(got.Operation, rec.Operation.String()))
		assert.Check(t, cmp.DeepEqual(got.Metadata, map[string]string(rec.Metadata)))
		assert.Check(t, cmp.Equal(string(got.Key), text(rec.Key)))
		assert.Check(t, cmp.Equal(string(got.Payload.Before), text(rec.Payload.Before)))
		assert.Check(t, cmp.Equal(string(got.Payload.After), text(rec.Payload.After)))
	}
}

// A destination that puts raw bytes into a JSON string replaces those that are
// no UTF-8 and drops what stood before a change.
func TestJSON_BytesThatAreNoUTF8SurviveAndBeforeIsKept(t *testing.T) {
	rec := record(notUTF8, opencdc.OperationUpdate, opencdc.RawData(notUTF8+"before"), opencdc.RawData(notUTF8+"after"))
	lines, err := encodeJSON(t, layout(t, "opencdc/json", ""), rec)
	assert.NilError(t, err)

	var got opencdc.Record
	assert.NilError(t, json.Unmarshal([]byte(lines[0]), &got))
	assert.Check(t, bytes.Equal(got.Position, rec.Position))
	assert.Check(t, bytes.Equal(got.Payload.Before.Bytes(), rec.Payload.Before.Bytes()))
	assert.Check(t, bytes.Equal(got.Payload.After.Bytes(), rec.Payload.After.Bytes()))
}

func TestJSON_NumbersWithoutLoss(t *testing.T) {
	lines, err := encodeJSON(t, layout(t, "opencdc/json", ""), structured("1", opencdc.StructuredData{
		"int": int64(9007199254740993), "uint": uint64(18446744073709551615), "float": 0.1,
		"number": json.Number("123456789012345678901234567890.123"), "rat": *big.NewRat(1, 3), "big": *big.NewInt(7),
	}))
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(string(parse(t, lines[0]).Payload.After),
		`{"big":7,"float":0.1,"int":9007199254740993,"number":123456789012345678901234567890.123,"rat":"1/3","uint":18446744073709551615}`))
}

// A destination that writes Record.Bytes, or a layout of its own, ignores or
// silently replaces the layout that sdk.record.format asks for.
func TestJSON_LayoutOfRecordFormat(t *testing.T) {
	rec := structured("1", opencdc.StructuredData{"name": "n"})

	t.Run("debezium", func(t *testing.T) {
		lines, err := encodeJSON(t, layout(t, "debezium/json", "debezium.schema.name=foo"), rec)
		assert.NilError(t, err)
		var got struct {
			Schema  struct{ Name string }
			Payload struct {
				After map[string]any
				Op    string
			}
		}
		assert.NilError(t, json.Unmarshal([]byte(lines[0]), &got))
		assert.Check(t, cmp.Equal(got.Schema.Name, "foo"))
		assert.Check(t, cmp.Equal(got.Payload.Op, "c"))
		assert.Check(t, cmp.DeepEqual(got.Payload.After, map[string]any{"name": "n"}))
	})

	t.Run("debezium keeps bytes that are no UTF-8", func(t *testing.T) {
		lines, err := encodeJSON(t, layout(t, "debezium/json", ""),
			record("1", opencdc.OperationCreate, nil, opencdc.RawData(notUTF8)))
		assert.NilError(t, err)
		var got struct {
			Payload struct{ After map[string][]byte }
		}
		assert.NilError(t, json.Unmarshal([]byte(lines[0]), &got))
		assert.Check(t, cmp.Equal(string(got.Payload.After["opencdc.rawData"]), notUTF8))
	})

	t.Run("template", func(t *testing.T) {
		lines, err := encodeJSON(t, layout(t, "template", `{{ .Operation }}={{ .Payload.After.name }}`), rec)
		assert.NilError(t, err)
		assert.Check(t, cmp.DeepEqual(lines, []string{"create=n"}))
	})
}

func TestJSON_OneRecordIsOneLine(t *testing.T) {
	rec := record("1", opencdc.OperationCreate, nil, opencdc.RawData("a\nb"))

	t.Run("newlines at the end are cut off", func(t *testing.T) {
		lines, err := encodeJSON(t, layout(t, "template", "{{ .Operation }}\r\n\n"), rec, rec)
		assert.NilError(t, err)
		assert.Check(t, cmp.DeepEqual(lines, []string{"create", "create"}))
	})
	t.Run("newlines inside JSON are taken out", func(t *testing.T) {
		lines, err := encodeJSON(t, layout(t, "template", "{\n  \"n\": 12345678901234567890.10,\n\"s\": \"a\\nb\"}"), rec, rec)
		assert.NilError(t, err)
		want := `{"n":12345678901234567890.10,"s":"a\nb"}`
		assert.Check(t, cmp.DeepEqual(lines, []string{want, want}))
	})
	t.Run("newlines inside other text are refused", func(t *testing.T) {
		one := record("0", opencdc.OperationCreate, nil, opencdc.RawData("ab"))
		lines, err := encodeJSON(t, layout(t, "template", `{{ printf "%s" .Payload.After }}`), one, rec)
		assert.Check(t, cmp.ErrorContains(err, `record at position "1": serializer: its output has several lines`))
		assert.Check(t, cmp.DeepEqual(lines, []string{"ab"}))
	})
}

func TestJSON_NoLineIsEmpty(t *testing.T) {
	recs := everyOperation()
	for _, template := range []string{`{{ if .Payload.Before }}{{ .Operation }}{{ end }}`, "{{ if .Payload.Before }}{{ .Operation }}{{ end }} \n"} {
		lines, err := encodeJSON(t, layout(t, "template", template), recs[2], recs[1])
		assert.Check(t, cmp.ErrorContains(err, `record at position "2": serializer: its output is empty`))
		assert.Check(t, cmp.Len(lines, 1))
	}
}

func TestJSON_SerializerFails(t *testing.T) {
	t.Run("with an error", func(t *testing.T) {
		_, err := encodeJSON(t, layout(t, "template", `{{ index .Metadata "a" }}{{ .Nothing }}`), everyOperation()[0])
		assert.Check(t, cmp.ErrorContains(err, `record at position "1": serializer: `))
	})
	t.Run("with a panic", func(t *testing.T) {
		_, err := encodeJSON(t, panicking{}, everyOperation()[0])
		assert.Check(t, cmp.ErrorContains(err, "serializer panics: oops"))
	})
}

type panicking struct{}

func (panicking) Serialize(opencdc.Record) ([]byte, error) { panic("oops") }

func TestJSON_LargeRecord(t *testing.T) {
	e, err := format.New(format.Options{Format: format.JSON, Serializer: layout(t, "opencdc/json", "")})
	assert.NilError(t, err)
	var out bytes.Buffer
	n, err := encode(e, &out, []opencdc.Record{structured("1", opencdc.StructuredData{"s": strings.Repeat("x", 10<<20)})})
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(n, 1))
	assert.Check(t, cmp.Equal(bytes.Count(out.Bytes(), []byte("\n")), 1))
	assert.Check(t, out.Len() > 10<<20)
}

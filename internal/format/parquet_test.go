// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

func encodeParquet(t *testing.T, recs ...opencdc.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	n, err := encode(newEncoder(t, format.Parquet), &out, recs)
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(n, len(recs)))
	return out.Bytes()
}

// rowsOf says what the rows of raw records must be.
func rowsOf(recs []opencdc.Record) []map[string]any {
	var rows []map[string]any
	for _, rec := range recs {
		data := func(d opencdc.Data) any {
			if d == nil {
				return nil
			}
			return append([]byte{}, d.Bytes()...)
		}
		metadata := map[string]any{}
		for name, value := range rec.Metadata {
			metadata[name] = value
		}
		rows = append(rows, map[string]any{
			"operation": rec.Operation.String(), "position": append([]byte{}, rec.Position...), "key": data(rec.Key),
			"metadata": metadata, "payload": map[string]any{"before": data(rec.Payload.Before), "after": data(rec.Payload.After)},
		})
	}
	return rows
}

// A destination that converts each column to a string loses bytes and has no
// column for what stood before a change.
func TestParquet_EveryOperationAndBytesUnchanged(t *testing.T) {
	recs := append(everyOperation(),
		record(notUTF8, opencdc.OperationUpdate, opencdc.RawData(notUTF8), opencdc.RawData("x"+notUTF8)),
		opencdc.Record{Operation: opencdc.OperationCreate}, // nothing is set
	)
	file := encodeParquet(t, recs...)
	_, rows := readRows(t, file)
	assert.Check(t, cmp.DeepEqual(rows, rowsOf(recs)))
}

func TestParquet_EnvelopeOfEveryShape(t *testing.T) {
	const want = `message record {
	required binary operation (STRING);
	required binary position;
%s	required group metadata (MAP) {
		repeated group key_value {
			required binary key (STRING);
			required binary value (STRING);
		}
	}
	required group payload {
%s	}
}`
	const (
		none = "\toptional group %s {\n\t\toptional binary _rest (STRING);\n\t}\n"
		id   = "\toptional group %s {\n\t\toptional int64 id (INT(64,true));\n\t\toptional binary _rest (STRING);\n\t}\n"
		raw  = "\toptional binary %s_raw;\n"
	)
	key := func(of string) string { return strings.ReplaceAll(of, "%s", "key") }
	payload := func(before, after string) string {
		columns := strings.ReplaceAll(before, "%s", "before") + strings.ReplaceAll(after, "%s", "after")
		return "\t" + strings.ReplaceAll(strings.TrimSuffix(columns, "\n"), "\n", "\n\t") + "\n"
	}
	fields := opencdc.StructuredData{"id": 1}
	for _, test := range []struct {
		name         string
		record       opencdc.Record
		key, payload string
	}{
		{"raw", everyOperation()[0], key(none + raw), payload(none, none+raw)},
		{"raw without payload", everyOperation()[4], key(none + raw), payload(none, none)},
		{"structured", opencdc.Record{Operation: opencdc.OperationCreate, Key: fields, Payload: opencdc.Change{After: fields}}, key(id), payload(none, id)},
		{"structured before alone", opencdc.Record{Operation: opencdc.OperationDelete, Payload: opencdc.Change{Before: fields}}, key(none), payload(id, none)},
		{"raw before, structured after", opencdc.Record{Operation: opencdc.OperationUpdate, Payload: opencdc.Change{Before: opencdc.RawData{}, After: fields}}, key(none), payload(none+raw, id)},
		{"empty structure", opencdc.Record{Operation: opencdc.OperationCreate, Key: fields, Payload: opencdc.Change{After: opencdc.StructuredData{}}}, key(id), payload(none, none)},
		{"nothing", opencdc.Record{Operation: opencdc.OperationDelete}, key(none), payload(none, none)},
	} {
		t.Run(test.name, func(t *testing.T) {
			schema, _ := readRows(t, encodeParquet(t, test.record))
			assert.Check(t, cmp.Equal(schema.String(), fmt.Sprintf(want, test.key, test.payload)))
		})
	}
}

func TestParquet_ManyRows(t *testing.T) {
	var recs []opencdc.Record
	for i := range 1000 {
		recs = append(recs, record(fmt.Sprint(i), opencdc.OperationCreate, nil, opencdc.RawData(strings.Repeat("x", i))))
	}
	file := encodeParquet(t, recs...)
	_, rows := readRows(t, file)
	assert.Check(t, cmp.DeepEqual(rows, rowsOf(recs)))
	assert.Check(t, len(file) < 100<<10, "compressed: %d bytes", len(file))
}

func TestParquet_LargePayloadIsNotRepeatedInTheFooter(t *testing.T) {
	payload := make(opencdc.RawData, 10<<20)
	for i := range payload {
		payload[i] = byte(i * i >> 7) // any bytes that do not compress to nothing
	}
	file := encodeParquet(t, record("1", opencdc.OperationCreate, nil, payload))
	_, rows := readRows(t, file)
	assert.Check(t, bytes.Equal(rows[0]["payload"].(map[string]any)["after"].([]byte), payload))
	footer := int(file[len(file)-8]) | int(file[len(file)-7])<<8 | int(file[len(file)-6])<<16
	assert.Check(t, footer < 64<<10, "%d bytes", footer)
}

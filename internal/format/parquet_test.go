// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/parquet-go/parquet-go"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// row is a row as it was read back; nil is null.
type row struct {
	Operation, Position string
	Key                 *string
	Metadata            map[string]string
	Before, After       *string
}

// readBack reads the rows of a Parquet file value by value, which tells null
// from empty.
func readBack(t *testing.T, file []byte) (*parquet.Schema, []row) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	assert.NilError(t, err)
	reader := parquet.NewGenericReader[any](f)
	defer reader.Close()
	var rows []row
	for {
		buf := make([]parquet.Row, 16)
		n, err := reader.ReadRows(buf)
		for _, values := range buf[:n] {
			rows = append(rows, readRow(values))
		}
		if errors.Is(err, io.EOF) {
			return f.Schema(), rows
		}
		assert.NilError(t, err)
	}
}

func readRow(values parquet.Row) row {
	r := row{Metadata: map[string]string{}}
	var names []string
	for _, v := range values {
		var s *string
		if !v.IsNull() {
			s = new(string(v.ByteArray()))
		}
		switch v.Column() {
		case 0:
			r.Operation = *s
		case 1:
			r.Position = *s
		case 2:
			r.Key = s
		case 3:
			if s != nil {
				names = append(names, *s)
			}
		case 4:
			if s != nil {
				r.Metadata[names[len(r.Metadata)]] = *s
			}
		case 5:
			r.Before = s
		case 6:
			r.After = s
		}
	}
	return r
}

func encodeParquet(t *testing.T, recs ...opencdc.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	n, err := encode(newEncoder(t, format.Parquet), &out, recs)
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(n, len(recs)))
	return out.Bytes()
}

// rowsOf says what the rows of raw records must be.
func rowsOf(recs []opencdc.Record) []row {
	var rows []row
	for _, rec := range recs {
		data := func(d opencdc.Data) *string {
			if d == nil {
				return nil
			}
			return new(string(d.Bytes()))
		}
		r := row{
			Operation: rec.Operation.String(), Position: string(rec.Position), Key: data(rec.Key),
			Metadata: map[string]string{}, Before: data(rec.Payload.Before), After: data(rec.Payload.After),
		}
		maps.Copy(r.Metadata, rec.Metadata)
		rows = append(rows, r)
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
	_, rows := readBack(t, file)
	assert.Check(t, cmp.DeepEqual(rows, rowsOf(recs)))
}

func TestParquet_ColumnsAreTyped(t *testing.T) {
	const want = `message record {
	required binary operation (STRING);
	required binary position;
	optional binary key%[1]s;
	required group metadata (MAP) {
		repeated group key_value {
			required binary key (STRING);
			required binary value (STRING);
		}
	}
	required group payload {
		optional binary before%[1]s;
		optional binary after%[1]s;
	}
}`
	for _, test := range []struct {
		name   string
		record opencdc.Record
		json   bool
	}{
		{"raw", everyOperation()[0], false},
		{"raw without before and after", everyOperation()[4], false},
		{"structured", structured("1", opencdc.StructuredData{}), true},
		{"structured key alone", opencdc.Record{Operation: opencdc.OperationDelete, Key: opencdc.StructuredData{"id": 1}}, true},
		{"structured before alone", opencdc.Record{Operation: opencdc.OperationDelete, Payload: opencdc.Change{Before: opencdc.StructuredData{"id": 1}}}, true},
		{"nothing", opencdc.Record{Operation: opencdc.OperationDelete}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := encodeParquet(t, test.record)
			schema, _ := readBack(t, file)
			annotation := ""
			if test.json {
				annotation = " (JSON)"
			}
			assert.Check(t, cmp.Equal(schema.String(), fmt.Sprintf(want, annotation)))
		})
	}
}

func TestParquet_StructuredDataIsJSONWithoutLoss(t *testing.T) {
	rec := structured("1", opencdc.StructuredData{"big": int64(9007199254740993), "html": "<é>", "bytes": []byte(notUTF8)})
	file := encodeParquet(t, rec, structured("2", opencdc.StructuredData{}))
	_, rows := readBack(t, file)
	assert.Check(t, cmp.Equal(*rows[0].Key, `{"id":"1"}`))
	assert.Check(t, cmp.Equal(*rows[0].After, `{"big":9007199254740993,"bytes":"//4ACoBsaW5l","html":"<é>"}`))
	assert.Check(t, cmp.Equal(*rows[1].After, `{}`))
}

func TestParquet_AnotherShapeBeginsAnotherObject(t *testing.T) {
	absent := record("n", opencdc.OperationDelete, nil, nil)
	absent.Key = nil
	fields := record("1", opencdc.OperationCreate, nil, opencdc.StructuredData{"a": 1})
	recs := []opencdc.Record{
		absent, everyOperation()[0], absent,
		fields, absent,
		everyOperation()[2],
	}
	var got [][]string
	for _, group := range newEncoder(t, format.Parquet).Groups(recs) {
		var members []opencdc.Record
		for _, i := range group {
			members = append(members, recs[i])
		}
		_, rows := readBack(t, encodeParquet(t, members...))
		var positions []string
		for _, r := range rows {
			positions = append(positions, r.Position)
		}
		got = append(got, positions)
	}
	assert.Check(t, cmp.DeepEqual(got, [][]string{{"n", "1", "n", "n", "3"}, {"1"}}))
}

func TestParquet_ManyRows(t *testing.T) {
	var recs []opencdc.Record
	for i := range 1000 {
		recs = append(recs, record(fmt.Sprint(i), opencdc.OperationCreate, nil, opencdc.RawData(strings.Repeat("x", i))))
	}
	file := encodeParquet(t, recs...)
	_, rows := readBack(t, file)
	assert.Check(t, cmp.DeepEqual(rows, rowsOf(recs)))
	assert.Check(t, len(file) < 100<<10, "compressed: %d bytes", len(file))
}

func TestParquet_LargePayloadIsNotRepeatedInTheFooter(t *testing.T) {
	payload := make(opencdc.RawData, 10<<20)
	for i := range payload {
		payload[i] = byte(i * i >> 7) // any bytes that do not compress to nothing
	}
	file := encodeParquet(t, record("1", opencdc.OperationCreate, nil, payload))
	_, rows := readBack(t, file)
	assert.Check(t, *rows[0].After == string(payload))
	footer := int(file[len(file)-8]) | int(file[len(file)-7])<<8 | int(file[len(file)-6])<<16
	assert.Check(t, footer < 64<<10, "%d bytes", footer)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// notUTF8 holds bytes that are no UTF-8, a newline and a zero.
const notUTF8 = "\xff\xfe\x00\n\x80line"

// layout returns the serializer for a value of sdk.record.format.
func layout(t testing.TB, name, options string) opencdc.RecordSerializer {
	t.Helper()
	for _, s := range (&sdk.DestinationWithRecordFormat{}).DefaultRecordSerializers() {
		if s.Name() == name {
			configured, err := s.Configure(options)
			assert.NilError(t, err)
			return configured
		}
	}
	t.Fatalf("no serializer %q", name)
	return nil
}

func newEncoder(t testing.TB, name string) format.Encoder {
	t.Helper()
	e, err := format.New(format.Options{Format: name, Serializer: layout(t, "opencdc/json", "")})
	assert.NilError(t, err)
	return e
}

// encode writes the records before the first that is refused, and returns
// their number.
func encode(e format.Encoder, w io.Writer, recs []opencdc.Record) (int, error) {
	for i, rec := range recs {
		if err := e.Check(rec); err != nil {
			return i, errors.Join(err, e.Encode(w, recs[:i], nil))
		}
	}
	return len(recs), e.Encode(w, recs, nil)
}

// record returns a record whose key and payload are raw.
func record(position string, op opencdc.Operation, before, after opencdc.Data) opencdc.Record {
	return opencdc.Record{
		Position:  opencdc.Position(position),
		Operation: op,
		Metadata:  opencdc.Metadata{"opencdc.collection": "c", "a": ""},
		Key:       opencdc.RawData("key of " + position),
		Payload:   opencdc.Change{Before: before, After: after},
	}
}

// everyOperation returns one record of each operation.
func everyOperation() []opencdc.Record {
	return []opencdc.Record{
		record("1", opencdc.OperationSnapshot, nil, opencdc.RawData("s")),
		record("2", opencdc.OperationCreate, nil, opencdc.RawData("c")),
		record("3", opencdc.OperationUpdate, opencdc.RawData("b"), opencdc.RawData("a")),
		record("4", opencdc.OperationDelete, opencdc.RawData("gone"), nil),
		record("5", opencdc.OperationDelete, nil, nil),
		record("6", opencdc.OperationCreate, nil, opencdc.RawData{}),
	}
}

func structured(position string, after opencdc.StructuredData) opencdc.Record {
	return opencdc.Record{
		Position:  opencdc.Position(position),
		Operation: opencdc.OperationCreate,
		Key:       opencdc.StructuredData{"id": position},
		Payload:   opencdc.Change{After: after},
	}
}

func TestNew_UnknownFormat(t *testing.T) {
	_, err := format.New(format.Options{Format: "csv"})
	assert.ErrorContains(t, err, `"csv"`)
}

func TestEncode_NamesTheRefusedRecordAndItsField(t *testing.T) {
	for name, bad := range map[string]struct {
		record opencdc.Record
		field  string
	}{
		"a value that JSON has not": {structured("bad", opencdc.StructuredData{"f": func() {}}), "payload.after"},
		"nested":                    {structured("bad", opencdc.StructuredData{"o": map[string]any{"f": func() {}}}), "payload.after"},
		"a text that is no UTF-8":   {structured("bad", opencdc.StructuredData{"a": []any{"\xff"}}), "payload.after"},
		"metadata":                  {opencdc.Record{Position: opencdc.Position("bad"), Operation: opencdc.OperationCreate, Metadata: opencdc.Metadata{"m": "\xff"}}, `metadata "m"`},
		"an unknown operation":      {opencdc.Record{Position: opencdc.Position("bad"), Operation: 9}, "operation"},
	} {
		for _, kind := range []string{format.JSON, format.Parquet} {
			t.Run(kind+" "+name, func(t *testing.T) {
				good := structured("good", opencdc.StructuredData{"n": 1})
				var whole, got bytes.Buffer
				_, err := encode(newEncoder(t, kind), &whole, []opencdc.Record{good, good})
				assert.NilError(t, err)

				n, err := encode(newEncoder(t, kind), &got, []opencdc.Record{good, good, bad.record, good})
				var refused *value.RecordError
				assert.Assert(t, errors.As(err, &refused), "%v", err)
				assert.Check(t, cmp.Equal(n, 2))
				assert.Check(t, cmp.Equal(string(refused.Position), "bad"))
				assert.Check(t, cmp.ErrorContains(err, `"bad"`))
				assert.Check(t, cmp.ErrorContains(err, bad.field))
				assert.Check(t, bytes.Equal(got.Bytes(), whole.Bytes()), "what stands before it is a whole object")
			})
		}
	}
}

func TestEncode_FirstRecordRefused(t *testing.T) {
	for _, kind := range []string{format.JSON, format.Parquet} {
		n, err := encode(newEncoder(t, kind), &bytes.Buffer{}, []opencdc.Record{
			structured("bad", opencdc.StructuredData{"f": func() {}}), structured("2", nil),
		})
		assert.Check(t, cmp.Equal(n, 0))
		assert.Check(t, cmp.ErrorContains(err, `record at position "bad": payload.after: `))
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("disk on fire") }

func TestEncode_WriterFails(t *testing.T) {
	for _, kind := range []string{format.JSON, format.Parquet} {
		err := newEncoder(t, kind).Encode(failingWriter{}, everyOperation(), nil)
		assert.Check(t, cmp.ErrorContains(err, "disk on fire"))
		var refused *value.RecordError
		assert.Check(t, !errors.As(err, &refused), "it is no record's fault")
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/parquet-go/parquet-go"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// metadataSize returns how many bytes of a file are not values: its footer, which a
// reader needs before anything else, and the indexes of its pages.
func metadataSize(t *testing.T, file []byte) int {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	assert.NilError(t, err)
	size := int(binary.LittleEndian.Uint32(file[len(file)-8:]))
	for _, group := range f.Metadata().RowGroups {
		for _, c := range group.Columns {
			size += int(c.ColumnIndexLength) + int(c.OffsetIndexLength)
		}
	}
	return size
}

// Names in a map, and names of fields that no table has, are data.
func TestParquet_NamesAreNotInTheFooter(t *testing.T) {
	long := strings.Repeat("k", 1<<20)
	text := `{"type":"record","name":"r","fields":[{"name":"v","type":{"type":"map","values":"int"}}]}`
	for name, rec := range map[string]opencdc.Record{
		"metadata":         {Operation: opencdc.OperationCreate, Metadata: opencdc.Metadata{long: "1"}},
		"map of a schema":  described("s", "1", opencdc.StructuredData{"v": map[string]any{long: 1}}),
		"field":            structured("1", opencdc.StructuredData{long: 1}),
		"field in a field": structured("1", opencdc.StructuredData{"v": []any{map[string]any{long: 1}}}),
	} {
		for _, layout := range []string{format.Envelope, format.Flat} {
			t.Run(name+" "+layout, func(t *testing.T) {
				e, err := format.New(format.Options{Format: format.Parquet, Layout: layout, Schemas: &registry{texts: map[string]string{"s1": text}}})
				assert.NilError(t, err)
				var out bytes.Buffer
				_, err = encode(e, &out, []opencdc.Record{rec, rec})
				assert.NilError(t, err)
				assert.Check(t, metadataSize(t, out.Bytes()) < 10_000, "%d bytes", metadataSize(t, out.Bytes()))
				_, rows := readRows(t, out.Bytes())
				assert.Check(t, cmp.Contains(fmt.Sprint(rows[1]), long), "it is in the row")
			})
		}
	}
}

func TestParquet_NamesThatAreNotTooLongAreColumns(t *testing.T) {
	for length, want := range map[int]bool{2048: true, 2049: false} {
		schema, _ := readRows(t, encodeParquet(t, structured("1", opencdc.StructuredData{strings.Repeat("n", length): 1})))
		assert.Check(t, strings.Contains(schema.String(), "optional int64 nnn") == want, "%d", length)
	}
}

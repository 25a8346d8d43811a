// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/parquet-go/parquet-go"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// checkBounds checks what a file says about the least and the greatest values of
// its pages and columns: engines skip what lies outside, so bounds that are
// wrong lose rows.
func checkBounds(t testing.TB, f *parquet.File) {
	t.Helper()
	for g, group := range f.RowGroups() {
		for c, chunk := range group.ColumnChunks() {
			path := strings.Join(f.Schema().Columns()[c], ".")
			meta := f.Metadata().RowGroups[g].Columns[c].MetaData
			index := f.ColumnIndexes()[g*len(f.Schema().Columns())+c]
			n := len(index.NullPages)
			assert.Assert(t, len(index.MinValues) == n && len(index.MaxValues) == n && len(index.NullCounts) == n, "%s: one of each a page", path)
			pages := chunk.Pages()
			for p := 0; ; p++ {
				page, err := pages.ReadPage()
				if errors.Is(err, io.EOF) {
					assert.Equal(t, p, n, path)
					break
				}
				assert.NilError(t, err)
				values := make([]parquet.Value, page.NumValues())
				if _, err := page.Values().ReadValues(values); err != nil {
					assert.Assert(t, errors.Is(err, io.EOF))
				}
				for _, v := range values {
					if v.IsNull() {
						continue
					}
					assert.Assert(t, !index.NullPages[p], "%s: not all of page %d is null", path, p)
					checkBetween(t, path, chunk.Type(), v, index.MinValues[p], index.MaxValues[p])
					if meta.Statistics.MinValue != nil || meta.Statistics.MaxValue != nil {
						checkBetween(t, path, chunk.Type(), v, meta.Statistics.MinValue, meta.Statistics.MaxValue)
					}
				}
			}
			assert.NilError(t, pages.Close())
		}
	}
}

func checkBetween(t testing.TB, path string, typ parquet.Type, v parquet.Value, least, greatest []byte) {
	t.Helper()
	compare := typ.Compare
	if logicalName(typ) == "DECIMAL" {
		compare = func(a, b parquet.Value) int { return decimalValue(typ, a).Cmp(decimalValue(typ, b)) }
	}
	if v.Kind() == parquet.Double && math.IsNaN(v.Double()) {
		return // it has no place in an order
	}
	assert.Assert(t, compare(typ.Kind().Value(least), v) <= 0, "%s: %v is less than %x", path, v, least)
	assert.Assert(t, compare(typ.Kind().Value(greatest), v) >= 0, "%s: %v is greater than %x", path, v, greatest)
}

func TestParquet_Bounds(t *testing.T) {
	long, wide := strings.Repeat("x", 200), new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 100))
	after := func(fields opencdc.StructuredData) opencdc.Record {
		return record("1", opencdc.OperationCreate, nil, fields)
	}
	for name, recs := range map[string][]opencdc.Record{
		"long texts":             {after(opencdc.StructuredData{"v": long})},
		"long bytes":             {after(opencdc.StructuredData{"v": []byte(long)})},
		"bytes of ones":          {after(opencdc.StructuredData{"v": []byte(strings.Repeat("\xff", 20))})},
		"JSON":                   {after(opencdc.StructuredData{"v": true}), after(opencdc.StructuredData{"v": "x"})},
		"decimals of both signs": {after(opencdc.StructuredData{"v": wide}), after(opencdc.StructuredData{"v": new(big.Rat).Neg(wide)})},
		"NaN":                    {after(opencdc.StructuredData{"v": math.NaN()}), after(opencdc.StructuredData{"v": 1.0})},
	} {
		t.Run(name, func(t *testing.T) {
			readRows(t, encodeParquet(t, recs...))
		})
	}
}

// A column of bytes of one size may be null in a whole page.
func TestParquet_BoundsOfNullPages(t *testing.T) {
	for name, typ := range map[string]string{
		"uuid":    `{"type":"string","logicalType":"uuid"}`,
		"fixed":   `{"type":"fixed","name":"f","size":3}`,
		"decimal": `{"type":"bytes","logicalType":"decimal","precision":38,"scale":2}`,
	} {
		t.Run(name, func(t *testing.T) {
			text := `{"type":"record","name":"row","fields":[{"name":"v","type":["null",` + typ + `]}]}`
			flatRows(t, &registry{texts: map[string]string{"s1": text}}, described("s", "1", opencdc.StructuredData{"v": nil}))
		})
	}
}

// A dictionary's pages have the library's column index.
func TestParquet_BoundsOfLongTextAmongEnums(t *testing.T) {
	text := `{"type":"record","name":"row","fields":[{"name":"v","type":{"type":"enum","name":"e","symbols":["red"]}}]}`
	flatRows(t, &registry{texts: map[string]string{"s1": text}},
		described("s", "1", opencdc.StructuredData{"v": "red"}), described("s", "1", opencdc.StructuredData{"v": strings.Repeat("x", 200)}))
}

// The footer repeats no long bytes, of whatever type they were.
func TestParquet_NoBoundsOfLongFixed(t *testing.T) {
	text := `{"type":"record","name":"row","fields":[{"name":"v","type":{"type":"fixed","name":"f","size":200}}]}`
	e, err := format.New(format.Options{Format: format.Parquet, Layout: format.Flat, Schemas: &registry{texts: map[string]string{"s1": text}}})
	assert.NilError(t, err)
	var out bytes.Buffer
	assert.NilError(t, e.Encode(&out, []opencdc.Record{
		described("s", "1", opencdc.StructuredData{"v": bytes.Repeat([]byte{1}, 200)}), described("s", "1", opencdc.StructuredData{"v": []byte{2}}),
	}, nil))
	f, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
	assert.NilError(t, err)
	assert.Check(t, cmp.Len(f.Metadata().RowGroups[0].Columns[0].MetaData.Statistics.MinValue, 0))
}

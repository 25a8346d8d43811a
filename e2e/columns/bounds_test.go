// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/parquet-go/parquet-go"
	parquetformat "github.com/parquet-go/parquet-go/format"
	"gotest.tools/v3/assert"
)

// Predicates find what a scan finds, in files of several pages and row groups, and
// the bounds in the file are as the specification wants them.
func TestPredicates_FindWhatAScanFinds(t *testing.T) {
	j := newJudge(t)
	for i := range *tables {
		seed := *tableSeed + uint64(i)
		rows := oddRows(rand.New(rand.NewPCG(seed, 2)))
		file := encode(t, format.Options{Format: format.Parquet, Layout: format.Flat, Codec: "none"}, rows)
		assert.Check(t, checkBounds(file), "seed %d", seed)

		path := filepath.Join(t.TempDir(), fmt.Sprint("bounds", seed, ".parquet"))
		assert.NilError(t, os.WriteFile(path, file, 0o600))
		_, columns, err := arrowTable(t.Context(), [][]byte{file})
		assert.NilError(t, err)
		leaves := leavesOf(nil, columns.fields)
		assert.Check(t, checkPredicates(t.Context(), j.duckDB, fmt.Sprintf("read_parquet('%s')", path), leaves), "seed %d", seed)
		assert.Check(t, j.polars.read(filepath.Dir(path), filepath.Join(t.TempDir(), "out.parquet"), leaves), "polars: seed %d", seed)
	}
}

// oddRows returns records whose columns have odd values for stretches of rows of
// very different length, so that they fill pages or are alone in one.
func oddRows(r *rand.Rand) []opencdc.Record {
	rows := 100 + r.IntN(300)
	if r.IntN(2) == 0 {
		rows = 40_000 // doubles of more than one page
	}
	columns := map[string][]any{
		"zero":  {math.Copysign(0, -1), 0.0},
		"less":  {math.Copysign(0, -1), -1.5},
		"more":  {0.0, 2.5},
		"nan":   {math.NaN(), 1.5, -1.5},
		"inf":   {math.Inf(1), math.Inf(-1), 1.5, nil},
		"int":   {int64(math.MinInt64), int64(math.MaxInt64), int64(0), nil},
		"text":  {"", "a", strings.Repeat("z", 127), "\U0010FFFF", nil},
		"long":  {"a", strings.Repeat("é", 300), nil},
		"bytes": {[]byte{}, []byte{0xff}, bytes.Repeat([]byte{0xff}, 200), nil},
		"bool":  {true, false, nil},
	}
	recs := make([]opencdc.Record, rows)
	for i := range recs {
		recs[i] = create(opencdc.StructuredData{})
		recs[i].Position = fmt.Append(nil, i)
	}
	for _, name := range sortedKeys(columns) {
		values := columns[name]
		for i := 0; i < rows; {
			v := values[r.IntN(len(values))]
			stretch := []int{1, 1, 50, 33_000}[r.IntN(4)]
			for ; stretch > 0 && i < rows; i, stretch = i+1, stretch-1 {
				recs[i].Payload.After.(opencdc.StructuredData)[name] = v
			}
		}
	}
	return recs
}

// checkBounds returns an error if bounds in the footer or in a column index do not
// hold for a value, or are not as the specification wants them.
func checkBounds(file []byte) error {
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	indexes, columns := f.ColumnIndexes(), len(f.Metadata().RowGroups[0].Columns)
	var wrong []error
	for g, group := range f.RowGroups() {
		for c, chunk := range group.ColumnChunks() {
			meta := f.Metadata().RowGroups[g].Columns[c].MetaData
			index := indexes[g*columns+c]
			if err := checkChunk(chunk, meta.Statistics, index); err != nil {
				wrong = append(wrong, fmt.Errorf("row group %d, %s: %w", g, strings.Join(meta.PathInSchema, "."), err))
			}
		}
	}
	return errors.Join(wrong...)
}

func checkChunk(chunk parquet.ColumnChunk, stats parquetformat.Statistics, index parquetformat.ColumnIndex) error {
	pages := chunk.Pages()
	defer pages.Close()
	for i := 0; ; i++ {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		values := make([]parquet.Value, page.NumValues())
		if n, err := page.Values().ReadValues(values); n < len(values) {
			return err
		}
		if err := within(chunk.Type(), values, stats.MinValue, stats.MaxValue); err != nil {
			return fmt.Errorf("footer: %w", err)
		}
		if len(index.NullPages) > 0 {
			if err := checkPage(chunk.Type(), values, i, index); err != nil {
				return fmt.Errorf("page %d: %w", i, err)
			}
		}
		parquet.Release(page)
	}
}

// boundsOfAny are the bounds of a page that may have NaN, which readers look for
// without regard to bounds.
var boundsOfAny = [2][]byte{parquet.DoubleValue(math.Inf(-1)).Bytes(), parquet.DoubleValue(math.Inf(1)).Bytes()}

func checkPage(typ parquet.Type, values []parquet.Value, i int, index parquetformat.ColumnIndex) error {
	nulls := 0
	for _, v := range values {
		if v.IsNull() {
			nulls++
		}
	}
	if isNull := nulls == len(values); index.NullPages[i] != isNull {
		return fmt.Errorf("%d nulls of %d values, and whether it is a null page is %v", nulls, len(values), index.NullPages[i])
	}
	if len(index.NullCounts) > 0 && index.NullCounts[i] != int64(nulls) {
		return fmt.Errorf("%d nulls, not %d", nulls, index.NullCounts[i])
	}
	if index.NullPages[i] {
		return nil
	}
	least, greatest := index.MinValues[i], index.MaxValues[i]
	if typ.Kind() == parquet.Double && bytes.Equal(least, boundsOfAny[0]) && bytes.Equal(greatest, boundsOfAny[1]) {
		return nil
	}
	return within(typ, values, least, greatest)
}

// within returns an error if a value is not between bounds. With a NaN there must
// be none; a least value of zero must be -0.0 and a greatest one +0.0, see
// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.
func within(typ parquet.Type, values []parquet.Value, least, greatest []byte) error {
	kind := typ.Kind()
	if least == nil && greatest == nil {
		return nil
	}
	low, high := kind.Value(least), kind.Value(greatest)
	if kind == parquet.Double {
		switch {
		case low.Double() == 0 && !math.Signbit(low.Double()):
			return errors.New("the least value is +0.0")
		case high.Double() == 0 && math.Signbit(high.Double()):
			return errors.New("the greatest value is -0.0")
		}
	}
	for _, v := range values {
		switch {
		case v.IsNull():
		case kind == parquet.Double && math.IsNaN(v.Double()):
			return fmt.Errorf("%v and %v are bounds of a NaN", low, high)
		case typ.Compare(v, low) < 0 || typ.Compare(high, v) < 0:
			return fmt.Errorf("%.20q is not between %.20q and %.20q", v.String(), least, greatest)
		}
	}
	return nil
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// maxBound is the length in bytes up to which strings and bytes have bounds: their
// least and greatest values in the footer, which engines read before a column.
const maxBound = 128

// bounded reports whether a column has bounds. Those of long values would repeat
// them in the footer and help no reader.
//
// parquet-go v0.32.0 (type_fixed_len_byte_array.go): decimals in fixed bytes are compared as
// unsigned bytes, so the bounds of negative ones would be wrong and are left out.
// Remove when they are compared as signed numbers.
func (c *column) bounded() bool {
	switch c.typ {
	case jsonText:
		return false
	case text, binary, fixed:
		return !c.long && c.size <= maxBound
	case decimal:
		return c.precision <= digits64
	default:
		return true
	}
}

// bytesType is a type of bytes with its own column index.
//
// parquet-go v0.32.0 (column_index.go): the column indexers of bytes write empty
// bounds for a page whose bounds are skipped, so that engines skip the page. Those
// of fixed bytes write no bounds for a page of nulls, which shifts the bounds of
// the pages after it. Remove when TestParquet_Bounds and
// TestParquet_BoundsOfNullPages pass without this type.
//
// Only a pointer to it is a Type, because the library compares types with ==.
type bytesType struct {
	parquet.Type
	lowest, highest []byte // the bounds of a page whose bounds are skipped
}

// indexed returns the type of a column's values, of bytes with their own column
// index.
func (c *column) indexed(typ parquet.Type) parquet.Type {
	switch typ.Kind() {
	case parquet.ByteArray:
		highest := []byte(strings.Repeat("\U0010FFFF", maxBound/utf8.UTFMax))
		if c.typ == binary {
			highest = bytes.Repeat([]byte{0xff}, maxBound)
		}
		return &bytesType{Type: typ, lowest: []byte{}, highest: highest}
	case parquet.FixedLenByteArray:
		lowest, highest := make([]byte, typ.Length()), bytes.Repeat([]byte{0xff}, typ.Length())
		if c.typ == decimal {
			lowest[0], highest[0] = 0x80, 0x7f // the sign bit
		}
		return &bytesType{Type: typ, lowest: lowest, highest: highest}
	default:
		return typ
	}
}

func (t *bytesType) NewColumnIndexer(int) parquet.ColumnIndexer { return &bytesIndexer{typ: t} }

// bytesIndexer collects the bounds of pages. See
// https://parquet.apache.org/docs/file-format/pageindex/
type bytesIndexer struct {
	typ   *bytesType
	index format.ColumnIndex
}

func (i *bytesIndexer) Reset() { i.index = format.ColumnIndex{} }

func (i *bytesIndexer) IndexPage(values, nulls int64, least, greatest parquet.Value) {
	lowest, highest := i.typ.lowest, i.typ.highest
	switch {
	case values == nulls:
		lowest, highest = []byte{}, []byte{}
	case !least.IsNull():
		lowest, highest = slices.Clone(least.ByteArray()), slices.Clone(greatest.ByteArray())
	}
	i.index.NullPages = append(i.index.NullPages, values == nulls)
	i.index.NullCounts = append(i.index.NullCounts, nulls)
	i.index.MinValues = append(i.index.MinValues, lowest)
	i.index.MaxValues = append(i.index.MaxValues, highest)
}

func (i *bytesIndexer) ColumnIndex() format.ColumnIndex { return i.index }

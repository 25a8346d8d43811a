// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"bytes"
	"math"
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
// them in the footer and help no reader. NaN has no place in an order, so that
// bounds of the other numbers would hide it.
//
// parquet-go v0.32.0 (type_fixed_len_byte_array.go): decimals in fixed bytes are compared as
// unsigned bytes, so the bounds of negative ones would be wrong and are left out.
// Remove when they are compared as signed numbers.
func (c *column) bounded() bool {
	switch c.typ {
	case jsonText, restText:
		return false
	case text, binary, fixed:
		return !c.long && c.size <= maxBound
	case double:
		return !c.undefined
	case decimal:
		return c.precision <= digits64
	default:
		return true
	}
}

// indexedType is a type with its own column index, and with the bounds of zeros that
// the specification demands.
//
// parquet-go v0.32.0 (column_index.go): for a page whose bounds are skipped, the
// column indexers write empty bounds or zeros, so that engines skip the page.
// Those of fixed bytes write no bounds for a page of nulls, which shifts the bounds
// of the pages after it. An index can't be omitted: the library does not read a
// file whose first column has none, and parquet-java (ColumnIndexBuilder) fails on
// an empty one. Remove when TestParquet_Bounds and TestParquet_BoundsOfNullPages
// pass without this type.
//
// Only a pointer to it is a Type, because the library compares types with ==.
type indexedType struct {
	parquet.Type
	lowest, highest []byte // the bounds of a page whose bounds are skipped
}

// maxOnes is how many bytes of 0xff are above all long bytes. Those that begin with as
// many can be hidden only from a search for values that do so too.
const maxOnes = 4096

// indexed returns the type of a column's values with its own column index, if it
// needs one.
func (c *column) indexed(typ parquet.Type) parquet.Type {
	switch typ.Kind() {
	case parquet.ByteArray:
		highest := []byte(strings.Repeat("\U0010FFFF", maxBound/utf8.UTFMax))
		if c.typ == binary {
			highest = bytes.Repeat([]byte{0xff}, maxBound)
		}
		if c.ones {
			highest = bytes.Repeat([]byte{0xff}, maxOnes)
		}
		return &indexedType{Type: typ, lowest: []byte{}, highest: highest}
	case parquet.FixedLenByteArray:
		lowest, highest := make([]byte, typ.Length()), bytes.Repeat([]byte{0xff}, typ.Length())
		if c.typ == decimal {
			lowest[0], highest[0] = 0x80, 0x7f // the sign bit
		}
		return &indexedType{Type: typ, lowest: lowest, highest: highest}
	case parquet.Double:
		return &indexedType{
			Type:   typ,
			lowest: parquet.DoubleValue(math.Inf(-1)).Bytes(), highest: parquet.DoubleValue(math.Inf(1)).Bytes(),
		}
	default:
		return typ
	}
}

func (t *indexedType) NewColumnIndexer(int) parquet.ColumnIndexer { return &indexer{typ: t} }

// NewColumnBuffer returns a buffer whose pages have bounds as the specification
// demands.
func (t *indexedType) NewColumnBuffer(column, size int) parquet.ColumnBuffer {
	buffer := t.Type.NewColumnBuffer(column, size)
	if t.Kind() == parquet.Double {
		return doubleBuffer{buffer}
	}
	return buffer
}

// indexer collects the bounds of pages. See
// https://parquet.apache.org/docs/file-format/pageindex/
type indexer struct {
	typ   *indexedType
	index format.ColumnIndex
}

func (i *indexer) Reset() { i.index = format.ColumnIndex{} }

func (i *indexer) IndexPage(values, nulls int64, least, greatest parquet.Value) {
	lowest, highest := i.typ.lowest, i.typ.highest
	switch {
	case values == nulls:
		lowest, highest = []byte{}, []byte{}
	case !least.IsNull():
		lowest, highest = slices.Clone(least.Bytes()), slices.Clone(greatest.Bytes())
	}
	i.index.NullPages = append(i.index.NullPages, values == nulls)
	i.index.NullCounts = append(i.index.NullCounts, nulls)
	i.index.MinValues = append(i.index.MinValues, lowest)
	i.index.MaxValues = append(i.index.MaxValues, highest)
}

func (i *indexer) ColumnIndex() format.ColumnIndex { return i.index }

// doubleBuffer and doublePage have -0.0 as the bound below zeros, and +0.0 as the one
// above them, since a comparison does not tell them apart. See ColumnOrder in
// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
type doubleBuffer struct{ parquet.ColumnBuffer }

func (b doubleBuffer) Clone() parquet.ColumnBuffer { return doubleBuffer{b.ColumnBuffer.Clone()} }

func (b doubleBuffer) Page() parquet.Page { return doublePage{b.ColumnBuffer.Page()} }

type doublePage struct{ parquet.Page }

func (p doublePage) Slice(i, j int64) parquet.Page { return doublePage{p.Page.Slice(i, j)} }

func (p doublePage) Bounds() (least, greatest parquet.Value, ok bool) {
	least, greatest, ok = p.Page.Bounds()
	if ok && least.Double() == 0 {
		least = parquet.DoubleValue(math.Copysign(0, -1))
	}
	if ok && greatest.Double() == 0 {
		greatest = parquet.DoubleValue(0)
	}
	return least, greatest, ok
}

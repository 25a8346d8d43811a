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

// maxBound is how long texts and bytes may be for their least and greatest value
// to be repeated in the footer, where engines look before they read a column.
const maxBound = 128

// bounded reports whether the least and the greatest value of a column are worth
// their place in the footer: those of blobs help no reader and would repeat the
// largest of them. Those of decimals in bytes would be wrong, for the library
// compares them as if none were negative.
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

// bytesType is a type of bytes with a column index of its own: that of the
// library has empty bounds for a page whose bounds are skipped, so that engines
// skip the page too, and none for a null page of bytes of one size. A pointer
// to it is a Type, because the library compares types.
type bytesType struct {
	parquet.Type
	lowest, highest []byte // around every value
}

// indexed returns the type of a column's values with the column index that it
// needs.
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
			lowest[0], highest[0] = 0x80, 0x7f // of the sign
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

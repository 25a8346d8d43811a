// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"cmp"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
)

// digits64 is the largest precision of the decimals that Parquet stores as integers
// of 64 bits.
const digits64 = 18

// title returns the column's name in Parquet.
func (c *column) title() string { return cmp.Or(c.label, c.name) }

// node returns the column's schema in Parquet.
func (c *column) node() parquet.Node {
	var node parquet.Node
	switch c.typ {
	case record, duration:
		node = groupOf(c.fields)
	case list:
		node = parquet.List(c.fields[0].node())
	case mapping:
		names := column{typ: text, required: true, lowCardinality: true, marks: marks{long: c.longNames}}
		node = parquet.Map(names.node(), c.fields[0].node())
	default:
		node = parquet.Encoded(parquet.Leaf(c.indexed(c.leaf().Type())), c.encoding())
	}
	if c.required {
		return node
	}
	return parquet.Optional(node)
}

func (c *column) leaf() parquet.Node {
	switch c.typ {
	case boolean:
		return parquet.Leaf(parquet.BooleanType)
	case integer:
		return parquet.Leaf(parquet.Int64Type)
	case double:
		return parquet.Leaf(parquet.DoubleType)
	case decimal:
		return parquet.Decimal(c.scale, c.precision, decimalType(c.precision))
	case date:
		return parquet.Date()
	case timeOfDay:
		return parquet.TimeAdjusted(parquet.Microsecond, false)
	case timestamp:
		return parquet.Timestamp(parquet.Microsecond)
	case localTimestamp:
		return parquet.TimestampAdjusted(parquet.Microsecond, false)
	case uuid:
		return parquet.UUID()
	case binary:
		return parquet.Leaf(parquet.ByteArrayType)
	case fixed:
		return parquet.Leaf(parquet.FixedLenByteArrayType(c.size))
	case jsonText:
		return parquet.JSON()
	default:
		return parquet.String()
	}
}

// encoding returns an encoding that every reader supports.
func (c *column) encoding() encoding.Encoding {
	if c.lowCardinality && c.bounded() { // long values are rarely repeated
		return &parquet.RLEDictionary
	}
	return &parquet.Plain
}

func decimalType(precision int) parquet.Type {
	if precision <= digits64 {
		return parquet.Int64Type
	}
	return parquet.FixedLenByteArrayType(decimalSize(precision))
}

// decimalSize returns the number of bytes of a decimal with a precision.
func decimalSize(precision int) int {
	bits := power10(precision).BitLen() + 1 // of the sign
	return (bits + 7) / 8
}

// orderedGroup is a group with fields in the order of the columns.
//
// parquet-go v0.32.0 (node.go): a Group is a map and sorts its fields by name.
// Remove when the library has a group with an order.
type orderedGroup struct {
	parquet.Group
	fields []parquet.Field
}

func (g orderedGroup) Fields() []parquet.Field { return g.fields }

func groupOf(columns []*column) parquet.Node {
	group := make(parquet.Group, len(columns))
	place := make(map[string]int, len(columns))
	for i, c := range columns {
		group[c.title()], place[c.title()] = c.node(), i
	}
	fields := slices.Clone(group.Fields())
	slices.SortFunc(fields, func(a, b parquet.Field) int { return place[a.Name()] - place[b.Name()] })
	return orderedGroup{Group: group, fields: fields}
}

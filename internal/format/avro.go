// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"fmt"

	"github.com/hamba/avro/v2"
)

// maxPrecision is how many digits a decimal may have in the engines that know
// the fewest (DuckDB and Spark).
const maxPrecision = 38

// columnOf returns the column that an Avro schema describes.
func columnOf(text string) (*column, error) {
	schema, err := avro.ParseBytesWithCache([]byte(text), "", &avro.SchemaCache{})
	if err != nil {
		return nil, fmt.Errorf("parse avro schema: %w", err)
	}
	return avroReader{}.column("", schema), nil
}

// avroReader holds the names of the records around a schema: a record inside of
// itself has no end and becomes JSON.
type avroReader map[string]bool

func (around avroReader) column(name string, schema avro.Schema) *column {
	c := &column{name: name, declared: true}
	switch s := schema.(type) {
	case *avro.RefSchema:
		return around.column(name, s.Schema())
	case *avro.PrimitiveSchema:
		c.primitive(s)
	case *avro.FixedSchema:
		c.fixed(s)
	case *avro.EnumSchema:
		c.typ, c.few = text, true // and not an ENUM, which Arrow takes for bytes
	case *avro.RecordSchema:
		around.record(c, s)
	case *avro.ArraySchema:
		c.typ, c.fields = list, []*column{around.column("element", s.Items())}
	case *avro.MapSchema:
		c.typ, c.fields = mapping, []*column{around.column("value", s.Values())}
	case *avro.UnionSchema:
		return around.union(name, s)
	case *avro.NullSchema:
	default:
		c.typ = jsonText
	}
	if nesting(c) > maxNesting {
		c.become(jsonText)
	}
	return c
}

func (around avroReader) record(c *column, s *avro.RecordSchema) {
	if around[s.FullName()] {
		c.typ = jsonText
		return
	}
	around[s.FullName()] = true
	defer delete(around, s.FullName())
	c.typ = record
	for _, f := range s.Fields() {
		c.fields = append(c.fields, around.column(f.Name(), f.Type()))
	}
}

// union returns the column of a type that may be null. What may be of several
// types has no column of its own.
func (around avroReader) union(name string, s *avro.UnionSchema) *column {
	var only avro.Schema
	for _, t := range s.Types() {
		if t.Type() == avro.Null {
			continue
		}
		if only != nil {
			return &column{name: name, typ: jsonText, declared: true}
		}
		only = t
	}
	if only == nil {
		return &column{name: name, declared: true}
	}
	c := around.column(name, only)
	c.branch = branchOf(only, c.clone())
	return c
}

func (c *column) primitive(s *avro.PrimitiveSchema) {
	switch s.Type() {
	case avro.Boolean:
		c.typ = boolean
	case avro.Int:
		c.typ = integer32
	case avro.Long:
		c.typ = integer
	case avro.Float:
		c.typ = single
	case avro.Double:
		c.typ = double
	case avro.String:
		c.typ = text
	case avro.Bytes:
		c.typ = binary
	default:
		c.typ = jsonText
	}
	if logical := s.Logical(); logical != nil {
		c.logical(logical)
	}
}

func (c *column) fixed(s *avro.FixedSchema) {
	if c.typ, c.size = fixed, s.Size(); c.size == 0 {
		c.typ = binary // Parquet has no fixed bytes of no size
	}
	if logical := s.Logical(); logical != nil {
		c.logical(logical)
	}
}

func (c *column) logical(s avro.LogicalSchema) {
	switch s.Type() {
	case avro.Decimal:
		if d, ok := s.(*avro.DecimalLogicalSchema); ok {
			c.typ, c.precision, c.scale = decimal, d.Precision(), d.Scale()
			if c.precision > maxPrecision || c.scale > c.precision {
				c.become(jsonText)
			}
		}
	case avro.UUID:
		c.typ = uuid
	case avro.Date:
		c.typ = date
	case avro.TimeMillis, avro.TimeMicros:
		c.typ = timeOfDay
	case avro.TimestampMillis, avro.TimestampMicros:
		c.typ = timestamp
	case avro.LocalTimestampMillis, avro.LocalTimestampMicros:
		c.typ = localTimestamp
	case avro.Duration:
		c.typ, c.fields = duration, []*column{
			{name: "months", typ: integer}, {name: "days", typ: integer}, {name: "milliseconds", typ: integer},
		}
	default:
	}
}

// nesting returns how deep columns are nested in c.
func nesting(c *column) int {
	deepest := 0
	for _, f := range c.fields {
		deepest = max(deepest, 1+nesting(f))
	}
	return deepest
}

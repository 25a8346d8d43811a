// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"fmt"

	"github.com/hamba/avro/v2"
)

// maxPrecision is the largest precision of decimals that all engines support. DuckDB
// and Spark have the smallest limit.
const maxPrecision = 38

// columnOf returns the column of an Avro schema.
func columnOf(text string) (*column, error) {
	schema, err := avro.ParseBytesWithCache([]byte(text), "", &avro.SchemaCache{})
	if err != nil {
		return nil, fmt.Errorf("parse Avro schema: %w", err)
	}
	r := avroReader{around: map[string]bool{}}
	return r.column("", schema), nil
}

// maxDeclared is the limit of columns in a field of the outermost record of a
// schema. A named type is repeated wherever it is used, so a short schema can have
// any number of columns.
const maxDeclared = 10_000

// avroReader makes the columns of a schema.
type avroReader struct {
	around  map[string]bool // the names of the enclosing records; a record that contains itself becomes JSON
	columns int             // made in a field of the outermost record
}

func (r *avroReader) column(name string, schema avro.Schema) *column {
	c := &column{name: name, declared: true}
	if r.columns++; r.columns > maxDeclared {
		c.typ = jsonText
		return c
	}
	switch s := schema.(type) {
	case *avro.RefSchema:
		return r.column(name, s.Schema())
	case *avro.PrimitiveSchema:
		c.primitive(s)
	case *avro.FixedSchema:
		c.fixed(s)
	case *avro.EnumSchema:
		// Apache Arrow (arrow-go v18.4.1) reads Parquet's ENUM as bytes, so an enum is a STRING. Remove
		// when Arrow reads ENUM as a string.
		c.typ, c.lowCardinality = text, true
	case *avro.RecordSchema:
		r.record(c, s)
	case *avro.ArraySchema:
		c.typ, c.fields = list, []*column{r.column("element", s.Items())}
	case *avro.MapSchema:
		c.typ, c.fields = mapping, []*column{r.column("value", s.Values())}
	case *avro.UnionSchema:
		return r.union(name, s)
	case *avro.NullSchema:
	default:
		c.typ = jsonText
	}
	if nesting(c) > maxNesting {
		c.become(jsonText)
	}
	return c
}

func (r *avroReader) record(c *column, s *avro.RecordSchema) {
	if r.around[s.FullName()] {
		c.typ = jsonText
		return
	}
	r.around[s.FullName()] = true
	defer delete(r.around, s.FullName())
	c.typ = record
	for _, f := range s.Fields() {
		if len(r.around) == 1 {
			r.columns = 0
		}
		field := r.column(f.Name(), f.Type())
		if len(r.around) == 1 && r.columns > maxDeclared {
			field.become(jsonText)
		}
		c.fields = append(c.fields, field)
	}
}

// union returns the column of a type that may be null. A union of several types is
// JSON.
func (r *avroReader) union(name string, s *avro.UnionSchema) *column {
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
	c := r.column(name, only)
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
		c.typ = binary // Parquet has no fixed bytes of size 0
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

// nesting returns the depth of the columns in c.
func nesting(c *column) int {
	deepest := 0
	for _, f := range c.fields {
		deepest = max(deepest, 1+nesting(f))
	}
	return deepest
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"fmt"

	"github.com/conduitio/conduit-connector-s3/internal/crash"
	"github.com/conduitio/conduit-connector-s3/internal/datum"
	"github.com/hamba/avro/v2"
)

// maxPrecision is the largest precision of decimals that all engines support. DuckDB
// and Spark have the smallest limit.
const maxPrecision = 38

// columnOf returns the column of an Avro schema.
//
// hamba/avro is given what datum has read: it allocates a fixed type of any size
// to check a default (v2.28.0, schema.go, isValidDefault).
func columnOf(text string) (c *column, err error) {
	read, err := datum.Parse(text)
	if err != nil {
		return nil, err
	}
	err = crash.Catch(func() error {
		schema, err := avro.ParseBytesWithCache([]byte(read.Text()), "", &avro.SchemaCache{})
		if err != nil {
			return fmt.Errorf("parse avro schema: %w", err)
		}
		r := avroReader{around: map[string]bool{}}
		c = r.column("", schema)
		return nil
	})
	return c, err
}

const (
	// maxDeclared is the limit of columns of a schema. A named type is repeated
	// wherever it is used, so a short schema can have any number of columns. An
	// object has the columns of up to three schemas (key, payload before and after),
	// and parquet-go counts columns in 16 bits.
	maxDeclared = 10_000
	// maxTried is the limit of columns that are made of a schema, including those of
	// fields that become JSON because they have too many.
	maxTried = 10 * maxDeclared
	// maxFixed is the largest size of fixed bytes that parquet-go writes.
	maxFixed = 32_767
)

// avroReader makes the columns of a schema.
type avroReader struct {
	around  map[string]bool // the names of the enclosing records; a record that contains itself becomes JSON
	columns int             // made so far
	tried   int             // including those of fields that became JSON
}

func (r *avroReader) column(name string, schema avro.Schema) *column {
	c := &column{name: name}
	r.columns, r.tried = r.columns+1, r.tried+1
	if r.columns > maxDeclared || r.tried > maxTried {
		r.columns = maxDeclared + 1 // whatever has this inside is incomplete
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
	if c.typ == duration {
		r.columns += len(c.fields)
	}
	if nesting(c) > maxNesting {
		c.become(jsonText)
	}
	return c
}

func (r *avroReader) record(c *column, s *avro.RecordSchema) {
	if r.around[s.FullName()] || len(s.Fields()) > maxDeclared {
		c.typ = jsonText
		return
	}
	r.around[s.FullName()] = true
	defer delete(r.around, s.FullName())
	c.typ = record
	r.columns++ // of its other fields
	for _, f := range s.Fields() {
		columns := r.columns
		field := r.column(f.Name(), f.Type())
		if len(r.around) == 1 && r.columns > maxDeclared {
			field.become(jsonText) // and leaves the others their columns
			r.columns = columns + 1
		}
		c.add(field)
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
			return &column{name: name, typ: jsonText}
		}
		only = t
	}
	if only == nil {
		return &column{name: name}
	}
	return r.column(name, only)
}

func (c *column) primitive(s *avro.PrimitiveSchema) {
	switch s.Type() {
	case avro.Boolean:
		c.typ = boolean
	case avro.Int, avro.Long:
		c.typ = integer
	case avro.Float, avro.Double:
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
	if c.typ, c.size = fixed, s.Size(); c.size == 0 || c.size > maxFixed {
		c.typ, c.size = binary, 0 // Parquet has no fixed bytes of size 0
	}
	if logical := s.Logical(); logical != nil {
		c.logical(logical)
	}
}

func (c *column) logical(s avro.LogicalSchema) {
	switch s.Type() {
	case avro.Decimal:
		if d, ok := s.(*avro.DecimalLogicalSchema); ok {
			c.decimal(d.Precision(), d.Scale())
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
		c.typ, c.fields = duration, durationFields()
	default:
	}
}

// decimal makes c a decimal of the smallest precision that is stored in as many
// bytes as one, so that a later version of a schema can have more digits.
func (c *column) decimal(precision, scale int) {
	switch {
	case scale > precision || precision > maxPrecision:
		c.become(jsonText)
	case precision <= digits64:
		c.typ, c.precision, c.scale = decimal, digits64, scale
	default:
		c.typ, c.precision, c.scale = decimal, maxPrecision, scale
	}
}

func durationFields() []*column {
	return []*column{{name: "months", typ: integer}, {name: "days", typ: integer}, {name: "milliseconds", typ: integer}}
}

// nesting returns the depth of the columns in c.
func nesting(c *column) int {
	deepest := 0
	for _, f := range c.fields {
		deepest = max(deepest, 1+nesting(f))
	}
	return deepest
}

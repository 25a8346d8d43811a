// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	stdjson "encoding/json"
	"math"
	"math/big"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/hamba/avro/v2"
)

// marks is what a survey finds of a column.
type marks struct {
	used      bool // some value is not null
	long      bool // some string or bytes are longer than maxBound
	ones      bool // some of those begin with maxBound bytes of 0xff
	undefined bool // some number is NaN
	longNames bool // some name in a mapping is longer than maxBound
}

func (m *marks) merge(other marks) {
	m.used = m.used || other.used
	m.long = m.long || other.long
	m.ones = m.ones || other.ones
	m.undefined = m.undefined || other.undefined
	m.longNames = m.longNames || other.longNames
}

// survey is what some records have in columns.
type survey struct {
	marks   []marks // by the numbers of the columns
	missing bool    // whether some field has no column yet
}

func (s *survey) merge(other survey) {
	for i := range s.marks {
		s.marks[i].merge(other.marks[i])
	}
	s.missing = s.missing || other.missing
}

// metadata surveys the names of metadata.
func (s *survey) metadata(c *column, m opencdc.Metadata) {
	for name := range m {
		s.marks[c.number].name(name)
	}
}

// data surveys d, which has the columns fields or raw.
func (s *survey) data(fields, raw *column, d opencdc.Data) {
	switch d := d.(type) {
	case opencdc.StructuredData:
		s.see(fields, d)
	case opencdc.RawData:
		s.see(raw, d)
	}
}

// half surveys one of the two payloads of a record.
func (s *survey) half(of, fields, raw *column, d opencdc.Data) {
	s.data(fields, raw, d)
	if value.KindOf(d) == value.Structured {
		s.marks[of.number].used = true
	}
}

// see surveys a value of a column. Values that do not fit the column make it used all
// the same.
func (s *survey) see(c *column, v any) {
	m := &s.marks[c.number]
	switch v := v.(type) {
	case nil:
	case *big.Rat:
		m.used = m.used || v != nil
	case int, int64, bool, time.Time:
		m.used = true
	case string:
		m.used, m.long = true, m.long || len(v) > maxBound
	case float64:
		m.used, m.undefined = true, m.undefined || math.IsNaN(v)
	case float32:
		m.used, m.undefined = true, m.undefined || math.IsNaN(float64(v))
	case []byte:
		m.bytes(v)
	case opencdc.RawData:
		m.bytes(v)
	case map[string]any:
		s.fields(c, v)
	case opencdc.StructuredData:
		s.fields(c, v)
	case []any:
		m.used = m.used || v != nil
		if c.typ == list {
			for _, item := range v {
				s.see(c.fields[0], item)
			}
		}
	default:
		m.used = true
		if !isUsual(v) {
			if v = usual(v); isUsual(v) {
				s.see(c, v)
			}
		}
	}
}

func (m *marks) name(name string) { m.longNames = m.longNames || len(name) > maxBound }

func (m *marks) bytes(b []byte) {
	m.used = m.used || b != nil
	if len(b) > maxBound {
		m.long, m.ones = true, m.ones || isOnes(b[:maxBound])
	}
}

// isOnes reports whether all bytes are 0xff.
func isOnes(b []byte) bool {
	for _, c := range b {
		if c != 0xff {
			return false
		}
	}
	return true
}

func (s *survey) fields(c *column, fields map[string]any) {
	if fields == nil {
		return
	}
	s.marks[c.number].used = true
	switch c.typ {
	case mapping:
		for name, v := range fields {
			s.marks[c.number].name(name)
			s.see(c.fields[0], v)
		}
	case record:
		seen := 0
		for _, f := range c.fields {
			if v, ok := fields[f.name]; ok {
				seen++
				s.see(f, v)
			}
		}
		if seen < len(fields) && !c.full && !s.missing {
			s.missing = c.misses(fields)
		}
	default:
	}
}

// misses reports whether some field may get a column.
func (c *column) misses(fields map[string]any) bool {
	for name, v := range fields {
		if c.index[name] == nil && canName(name) && !isEmpty(v) {
			return true
		}
	}
	return false
}

// isEmpty reports whether a value says nothing about its type.
func isEmpty(v any) bool {
	if fields, ok := fieldsOf(v); ok {
		return len(fields) == 0
	}
	if items, ok := v.([]any); ok {
		return len(items) == 0
	}
	return isNull(v)
}

// isUsual reports whether records that crossed a process boundary have values of the
// type of v.
func isUsual(v any) bool {
	switch v.(type) {
	case nil, bool, string, map[string]any, opencdc.StructuredData, []any, []byte, opencdc.RawData, time.Time,
		time.Duration, *big.Rat, avro.LogicalDuration, stdjson.Number, float64, float32, uint64, uint:
		return true
	default:
		_, ok := value.IntegerOf(v)
		return ok
	}
}

// usual returns a value of an unusual type as one of a usual type, see
// value.Fallback.
func usual(v any) any {
	if isUsual(v) {
		return v
	}
	same, err := value.Fallback(v)
	if err != nil { // Check refuses it
		return nil
	}
	return same
}

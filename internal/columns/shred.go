// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/hamba/avro/v2"
	"github.com/parquet-go/parquet-go"
)

// shredder splits records into the values of leaves with their levels, as in the
// record shredding of Dremel. A value that does not fit its column is an error:
// the column was inferred without it.
type shredder struct {
	leaves [][]parquet.Value
	names  []string // of a map of strings, reused for each record
	text   []byte   // the bytes that values point to
	json   value.JSONWriter
	size   int // approximate number of bytes of the values
}

// maxKept is the largest number of values of a leaf whose memory is kept by reset.
const maxKept = 16 * chunkRows

// valueSize is the size of a value without the bytes that it points to.
const valueSize = 8

func newShredder(leaves int) *shredder {
	return &shredder{leaves: make([][]parquet.Value, leaves)}
}

// reset removes all values.
func (s *shredder) reset() {
	for i, values := range s.leaves {
		clear(values) // releases the bytes that they point to
		if cap(values) > maxKept {
			values = nil
		}
		s.leaves[i] = values[:0]
	}
	s.size = 0
	if cap(s.text) > chunkSize {
		s.text = nil
	}
	s.text = s.text[:0]
}

// write appends v. repetition is its repetition level, and definition is the
// definition level if v is null.
func (s *shredder) write(to *levels, v any, repetition, definition int) error {
	if isNull(v) {
		s.null(to, repetition, definition)
		return nil
	}
	if done, err := s.writeAs(to, v, repetition); done || err != nil {
		return err
	}
	same, err := value.Fallback(v)
	if err != nil {
		return err
	}
	if isNull(same) {
		s.null(to, repetition, definition)
		return nil
	}
	done, err := s.writeAs(to, same, repetition)
	if !done && err == nil {
		return fmt.Errorf("a %T does not fit column %q", v, to.name)
	}
	return err
}

// writeAs appends v if it has a type that the column stores, and reports whether.
func (s *shredder) writeAs(to *levels, v any, repetition int) (bool, error) {
	switch to.typ {
	case record:
		if fields, ok := fieldsOf(v); ok {
			return true, s.fields(to, fields, repetition)
		}
	case mapping:
		if fields, ok := fieldsOf(v); ok {
			return true, s.mapping(to, fields, repetition)
		}
	case list:
		if items, ok := v.([]any); ok {
			return true, s.items(to, items, repetition)
		}
	case duration:
		if d, ok := v.(avro.LogicalDuration); ok {
			for i, n := range [...]uint32{d.Months, d.Days, d.Milliseconds} {
				s.put(to.inner[i], parquet.Int64Value(int64(n)), repetition)
			}
			return true, nil
		}
	case jsonText:
		begin := len(s.text)
		var err error
		if s.text, err = s.json.AppendValue(s.text, v, &to.keys); err != nil {
			return false, err
		}
		if string(s.text[begin:]) == "null" { // v is a typed nil
			s.text = s.text[:begin]
			s.null(to, repetition, to.definition-1)
			return true, nil
		}
		s.put(to, parquet.ByteArrayValue(s.since(begin)), repetition)
		return true, nil
	default:
		if value, ok := s.leaf(to, v); ok {
			s.put(to, value, repetition)
			return true, nil
		}
	}
	return false, nil
}

// put appends a value that is not null.
func (s *shredder) put(to *levels, value parquet.Value, repetition int) {
	s.leaves[to.leaf] = append(s.leaves[to.leaf], value.Level(repetition, to.definition, to.leaf))
	s.size += valueSize
}

// null appends a null to all leaves of a column.
func (s *shredder) null(to *levels, repetition, definition int) {
	for leaf := to.leaf; leaf < to.leaf+to.leaves; leaf++ {
		s.leaves[leaf] = append(s.leaves[leaf], parquet.NullValue().Level(repetition, definition, leaf))
	}
	s.size += to.leaves
}

func (s *shredder) fields(to *levels, fields map[string]any, repetition int) error {
	for _, inner := range to.inner {
		if err := s.write(inner, fields[inner.name], repetition, to.definition); err != nil {
			return err
		}
	}
	return nil
}

func (s *shredder) items(to *levels, items []any, repetition int) error {
	if len(items) == 0 {
		s.null(to.inner[0], repetition, to.definition)
		return nil
	}
	for _, item := range items {
		if err := s.write(to.inner[0], item, repetition, to.definition+1); err != nil {
			return err
		}
		repetition = to.repetition
	}
	return nil
}

func (s *shredder) mapping(to *levels, fields map[string]any, repetition int) error {
	if len(fields) == 0 {
		s.null(to, repetition, to.definition)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		s.name(to, name, repetition)
		if err := s.write(to.inner[0], fields[name], repetition, to.definition+1); err != nil {
			return err
		}
		repetition = to.repetition
	}
	return nil
}

// stringMap appends a map of strings.
func (s *shredder) stringMap(to *levels, texts map[string]string, repetition int) {
	if len(texts) == 0 {
		s.null(to, repetition, to.definition)
		return
	}
	s.names = s.names[:0]
	for name := range texts {
		s.names = append(s.names, name)
	}
	slices.Sort(s.names)
	for _, name := range s.names {
		s.name(to, name, repetition)
		s.put(to.inner[0], s.stringValue(texts[name]), repetition)
		repetition = to.repetition
	}
}

// name appends a key of a mapping.
func (s *shredder) name(to *levels, name string, repetition int) {
	value := s.stringValue(name).Level(repetition, to.definition+1, to.leaf)
	s.leaves[to.leaf] = append(s.leaves[to.leaf], value)
}

// stringValue returns a copy of a string as a value that is valid until reset.
func (s *shredder) stringValue(text string) parquet.Value {
	begin := len(s.text)
	s.text = append(s.text, text...)
	return parquet.ByteArrayValue(s.since(begin))
}

// bytesValue returns bytes as a value that points to them.
func (s *shredder) bytesValue(b []byte) parquet.Value {
	s.size += len(b)
	return parquet.ByteArrayValue(b)
}

// since returns the bytes that were appended to the text.
func (s *shredder) since(begin int) []byte {
	s.size += len(s.text) - begin
	return s.text[begin:len(s.text):len(s.text)]
}

// fieldsOf returns structured data as a map.
func fieldsOf(v any) (map[string]any, bool) {
	switch v := v.(type) {
	case map[string]any:
		return v, true
	case opencdc.StructuredData:
		return v, true
	default:
		return nil, false
	}
}

// isNull reports whether v is null in JSON, as nil maps and slices are.
func isNull(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		return v == nil
	case opencdc.StructuredData:
		return v == nil
	case []any:
		return v == nil
	case []byte:
		return v == nil
	case opencdc.RawData:
		return v == nil
	case *big.Rat:
		return v == nil
	default:
		return false
	}
}

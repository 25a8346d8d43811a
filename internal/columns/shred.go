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

// shredder takes values apart into those of leaves. Where it meets a value that
// its column can't hold, the column was not made to see it.
type shredder struct {
	leaves [][]parquet.Value
	names  []string // of texts, used again for each record
	text   []byte   // what values point into
	json   value.JSONWriter
	size   int // bytes of the values, about
}

// maxKept is how many values of a leaf there is room for after a reset.
const maxKept = 16 * chunkRows

// valueSize is what a value takes apart from what it points to.
const valueSize = 8

func newShredder(leaves int) *shredder {
	return &shredder{leaves: make([][]parquet.Value, leaves)}
}

// reset forgets all values.
func (s *shredder) reset() {
	for i, values := range s.leaves {
		clear(values) // lets go of what they point to
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

// write appends v. repetition is the level at which it repeats what stands before
// it, definition that of null.
func (s *shredder) write(to *levels, v any, repetition, definition int) error {
	if v = to.branch.unwrap(v); isNull(v) {
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
		return fmt.Errorf("a %T is not what column %q was made for", v, to.name)
	}
	return err
}

// writeAs appends v if it is of a type that the column is made of.
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
		if string(s.text[begin:]) == "null" { // a typed nil
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

// null appends a null to all leaves of a slot.
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

// stringMap appends a mapping whose values are texts.
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

// name appends the name of a value in a mapping.
func (s *shredder) name(to *levels, name string, repetition int) {
	value := s.stringValue(name).Level(repetition, to.definition+1, to.leaf)
	s.leaves[to.leaf] = append(s.leaves[to.leaf], value)
}

// stringValue returns a text as a value that stays until reset.
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

// since returns what was appended to the text.
func (s *shredder) since(begin int) []byte {
	s.size += len(s.text) - begin
	return s.text[begin:len(s.text):len(s.text)]
}

// fieldsOf returns what has fields as a map.
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

// isNull reports whether v is nothing, as nil maps and slices are in JSON.
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

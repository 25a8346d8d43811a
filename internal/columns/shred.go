// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"maps"
	"math/big"
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/hamba/avro/v2"
	"github.com/parquet-go/parquet-go"
)

// shredder splits records into the values of leaves with their levels, as in the
// record shredding of Dremel. A value that does not fit its column is among the other
// fields of its record.
type shredder struct {
	leaves  [][]parquet.Value
	lengths []int    // of leaves where lists begin, the innermost last
	names   []string // of a map of strings, reused for each record
	text    []byte   // the bytes that values point to
	json    value.JSONWriter
	size    int // approximate number of bytes of the values
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

// write appends v, or a null if it does not fit the column, and reports whether it
// does. repetition is its repetition level, and definition is the definition level of
// a null.
func (s *shredder) write(to *levels, v any, repetition, definition int) (fits bool, err error) {
	if isNull(v) {
		s.null(to, repetition, definition)
		return true, nil
	}
	fits, err = s.writeAs(to, v, repetition)
	if !fits && err == nil && !isUsual(v) {
		return s.write(to, usual(v), repetition, definition)
	}
	if !fits && err == nil {
		s.null(to, repetition, definition)
	}
	return fits, err
}

// writeAs appends v if it fits the column, and reports whether.
func (s *shredder) writeAs(to *levels, v any, repetition int) (bool, error) {
	switch to.typ {
	case record:
		fields, ok := fieldsOf(v)
		if !ok {
			return false, nil
		}
		return true, s.fields(to, fields, repetition)
	case mapping:
		fields, ok := fieldsOf(v)
		if !ok {
			return false, nil
		}
		begin := s.begin(to)
		fits, err := s.mapping(to, fields, repetition)
		return s.end(to, begin, fits), err
	case list:
		items, ok := v.([]any)
		if !ok {
			return false, nil
		}
		begin := s.begin(to)
		fits, err := s.items(to, items, repetition)
		return s.end(to, begin, fits), err
	case duration:
		d, ok := v.(avro.LogicalDuration)
		if !ok {
			return false, nil
		}
		for i, n := range [...]uint32{d.Months, d.Days, d.Milliseconds} {
			s.put(to.inner[i], parquet.Int64Value(int64(n)), repetition)
		}
		return true, nil
	case jsonText:
		if !isUsual(v) {
			return false, nil // and is written as usual
		}
		return true, s.jsonValue(to, v, repetition)
	default:
		value, ok := s.leaf(to, v)
		if ok {
			s.put(to, value, repetition)
		}
		return ok, nil
	}
}

// jsonValue appends any value as JSON.
func (s *shredder) jsonValue(to *levels, v any, repetition int) (err error) {
	begin := len(s.text)
	if s.text, err = s.json.AppendValue(s.text, v, &to.keys); err != nil {
		return err
	}
	s.put(to, parquet.ByteArrayValue(s.since(begin)), repetition)
	return nil
}

// begin remembers how many values the leaves of a column have.
func (s *shredder) begin(to *levels) int {
	begin := len(s.lengths)
	for _, values := range s.leaves[to.leaf : to.leaf+to.leaves] {
		s.lengths = append(s.lengths, len(values))
	}
	return begin
}

// end removes what was appended since begin, unless all of it fits.
func (s *shredder) end(to *levels, begin int, fits bool) bool {
	if !fits {
		for i, length := range s.lengths[begin:] {
			s.leaves[to.leaf+i] = s.leaves[to.leaf+i][:length]
		}
	}
	s.lengths = s.lengths[:begin]
	return fits
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

// fields appends the fields of a record. The last column has those that do not fit
// their columns, and those that have none.
func (s *shredder) fields(to *levels, fields map[string]any, repetition int) error {
	var rest map[string]any
	seen, last := 0, len(to.inner)-1
	for _, inner := range to.inner[:last] {
		v, ok := fields[inner.name]
		if ok {
			seen++
		}
		switch fits, err := s.write(inner, v, repetition, to.definition); {
		case err != nil:
			return err
		case !fits:
			if rest == nil {
				rest = map[string]any{}
			}
			rest[inner.name] = v
		}
	}
	if seen < len(fields) {
		rest = to.others(fields, rest)
	}
	if rest == nil {
		s.null(to.inner[last], repetition, to.definition)
		return nil
	}
	return s.jsonValue(to.inner[last], rest, repetition)
}

// others adds to rest the fields that have no column and are not null.
func (c *column) others(fields, rest map[string]any) map[string]any {
	for name, v := range fields {
		if c.index[name] != nil || isNull(v) {
			continue
		}
		if rest == nil {
			rest = map[string]any{}
		}
		rest[name] = v
	}
	return rest
}

// items appends the items of a list, until one does not fit.
func (s *shredder) items(to *levels, items []any, repetition int) (bool, error) {
	if len(items) == 0 {
		s.null(to.inner[0], repetition, to.definition)
	}
	for _, item := range items {
		if fits, err := s.write(to.inner[0], item, repetition, to.definition+1); !fits || err != nil {
			return false, err
		}
		repetition = to.repetition
	}
	return true, nil
}

// mapping appends the values of a mapping, until one does not fit.
func (s *shredder) mapping(to *levels, fields map[string]any, repetition int) (bool, error) {
	if len(fields) == 0 {
		s.null(to, repetition, to.definition)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		s.name(to, name, repetition)
		if fits, err := s.write(to.inner[0], fields[name], repetition, to.definition+1); !fits || err != nil {
			return false, err
		}
		repetition = to.repetition
	}
	return true, nil
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

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"slices"

	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// slot is where the values of a column go: its leaves among those of the object,
// and the levels that Parquet gives to values. See
// https://parquet.apache.org/docs/file-format/nestedencoding/
type slot struct {
	*column
	leaf, leaves int // the first of its leaves, and how many there are
	definition   int // the level of a value that is not null
	repetition   int // the level of what follows the first element of a list or mapping
	path         []string
	inner        []*slot         // of fields; of the element of a list; of the value of a mapping
	names        *value.KeyOrder // of what it holds as JSON
}

// slotOf returns the slot of a column whose first leaf is the given one, below a
// slot with these levels.
func slotOf(c *column, leaf, definition, repetition int, path []string) *slot {
	s := &slot{column: c, leaf: leaf, definition: definition, path: path}
	if !c.required {
		s.definition++
	}
	switch c.typ {
	case record, duration:
		for _, f := range c.fields {
			inner := slotOf(f, leaf+s.leaves, s.definition, repetition, below(path, f.title()))
			s.inner, s.leaves = append(s.inner, inner), s.leaves+inner.leaves
		}
	case list:
		s.repetition = repetition + 1
		inner := slotOf(c.fields[0], leaf, s.definition+1, s.repetition, below(path, "list", "element"))
		s.inner, s.leaves = []*slot{inner}, inner.leaves
	case mapping:
		s.repetition = repetition + 1
		inner := slotOf(c.fields[0], leaf+1, s.definition+1, s.repetition, below(path, "key_value", "value"))
		s.inner, s.leaves = []*slot{inner}, 1+inner.leaves
	default:
		s.leaves = 1
	}
	return s
}

func below(path []string, names ...string) []string {
	return append(slices.Clip(path), names...)
}

// unbounded appends the paths of the leaves whose bounds are not worth writing.
func (s *slot) unbounded(paths [][]string) [][]string {
	if len(s.inner) == 0 && !s.bounded() {
		return append(paths, s.path)
	}
	for _, inner := range s.inner {
		paths = inner.unbounded(paths)
	}
	return paths
}

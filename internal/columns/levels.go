// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"slices"

	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// levels is a column with its leaves among those of the object, and the definition
// and repetition levels of its values, as in Dremel. See
// https://parquet.apache.org/docs/file-format/nestedencoding/
type levels struct {
	*column
	leaf, leaves int // the first of its leaves, and how many there are
	definition   int // the level of a value that is not null
	repetition   int // the level of the elements of a list or mapping after the first
	path         []string
	inner        []*levels       // of fields; of the element of a list; of the value of a mapping
	keys         *value.KeyOrder // of its values as JSON
}

// levelsOf returns the levels of a column, given its first leaf and the levels of its
// parent.
func levelsOf(c *column, leaf, definition, repetition int, path []string) *levels {
	s := &levels{column: c, leaf: leaf, definition: definition, path: path}
	if !c.required {
		s.definition++
	}
	switch c.typ {
	case record, duration:
		for _, f := range c.fields {
			inner := levelsOf(f, leaf+s.leaves, s.definition, repetition, childPath(path, f.title()))
			s.inner, s.leaves = append(s.inner, inner), s.leaves+inner.leaves
		}
	case list:
		s.repetition = repetition + 1
		inner := levelsOf(c.fields[0], leaf, s.definition+1, s.repetition, childPath(path, "list", "element"))
		s.inner, s.leaves = []*levels{inner}, inner.leaves
	case mapping:
		s.repetition = repetition + 1
		inner := levelsOf(c.fields[0], leaf+1, s.definition+1, s.repetition, childPath(path, "key_value", "value"))
		s.inner, s.leaves = []*levels{inner}, 1+inner.leaves
	default:
		s.leaves = 1
	}
	return s
}

func childPath(path []string, names ...string) []string {
	return append(slices.Clip(path), names...)
}

// unboundedPaths appends the paths of the leaves that have no bounds.
func (s *levels) unboundedPaths(paths [][]string) [][]string {
	if s.typ == mapping && s.longNames {
		paths = append(paths, childPath(s.path, "key_value", "key"))
	}
	if len(s.inner) == 0 && !s.bounded() {
		return append(paths, s.path)
	}
	for _, inner := range s.inner {
		paths = inner.unboundedPaths(paths)
	}
	return paths
}

// named returns the column of a group with a name, or nil.
func (s *levels) named(name string) *levels {
	for _, inner := range s.inner {
		if inner.title() == name {
			return inner
		}
	}
	return nil
}

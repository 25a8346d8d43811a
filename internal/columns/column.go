// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"slices"
	"strings"
)

// columnType says what the values of a column are. The package's documentation
// has a table of what they are in Parquet.
type columnType int

const (
	unknown        columnType = iota // nothing but nulls was seen
	boolean                          // true or false
	integer32                        // 32 bits
	integer                          // 64 bits
	single                           // a floating point number of 32 bits
	double                           // a floating point number of 64 bits
	decimal                          // an exact number: precision and scale
	date                             // days
	timeOfDay                        // microseconds since midnight
	timestamp                        // microseconds since 1970 in UTC: an instant
	localTimestamp                   // microseconds since 1970 on a clock of no known zone
	duration                         // months, days and milliseconds, as Avro has them
	timeText                         // a time of day as text
	uuid                             // 16 bytes
	uuidText                         // their text
	text                             // UTF-8
	binary                           // bytes
	fixed                            // bytes, always size of them
	record                           // fields
	list                             // of one field: the element
	mapping                          // of text to one field: the value
	jsonText                         // any value, as JSON
)

// column is a column of an object, or a group of them.
type column struct {
	name             string
	label            string // in Parquet, if it is not the name
	typ              columnType
	precision, scale int  // of a decimal
	size             int  // of fixed
	inexact          bool // an integer that no double represents exactly was seen
	long             bool // a string or bytes longer than maxBound were seen
	declared         bool // by a schema
	required         bool // never null
	lowCardinality   bool // different values, so that a dictionary pays
	branch           *branch
	fields           []*column
	index            map[string]*column // of a record's fields, once it is needed
}

// clone returns a copy that shares nothing with c.
func (c *column) clone() *column {
	copied := *c
	copied.index, copied.fields = nil, nil
	for _, f := range c.fields {
		copied.fields = append(copied.fields, f.clone())
	}
	return &copied
}

// become gives c another type and forgets what it knew of the old one.
func (c *column) become(t columnType) {
	*c = column{name: c.name, label: c.label, typ: t, declared: c.declared, branch: c.branch}
}

// add appends a field to a record.
func (c *column) add(name string) *column {
	f := &column{name: name}
	c.fields = append(c.fields, f)
	if c.index != nil {
		c.index[name] = f
	}
	return f
}

// has reports whether a record has a field.
func (c *column) has(name string) bool {
	if c.index == nil {
		c.index = make(map[string]*column, len(c.fields))
		for _, f := range c.fields {
			c.index[f.name] = f
		}
	}
	return c.index[name] != nil
}

// resolve turns into JSON what can't be a column once everything was seen, and
// drops the fields of records that held nothing but nulls: any type would be a
// guess, and engines that read many objects as one table forgive a column that
// is missing but not one of another type.
func (c *column) resolve() {
	for _, f := range c.fields {
		f.resolve()
	}
	switch c.typ {
	case record:
		c.fields = withoutUnknown(c.fields)
		slices.SortStableFunc(c.fields, compareFields)
		if len(c.fields) == 0 || !distinct(c.fields) {
			c.become(jsonText) // Parquet has no group without columns
		}
	case list, mapping:
		if c.fields[0].typ == unknown {
			c.fields[0].become(jsonText)
		}
	case decimal:
		c.precision = max(c.precision, 1) // of nothing but zeros
	default:
	}
}

func withoutUnknown(fields []*column) []*column {
	kept := fields[:0]
	for _, f := range fields {
		if f.typ != unknown {
			kept = append(kept, f)
		}
	}
	return kept
}

// compareFields puts the fields of a schema first, as it has them, and those that were
// found in the order of their names.
func compareFields(a, b *column) int {
	switch {
	case a.declared && b.declared:
		return 0
	case a.declared:
		return -1
	case b.declared:
		return 1
	default:
		return strings.Compare(a.name, b.name)
	}
}

// distinct reports whether engines can tell the fields apart: many of them take
// no notice of case, and none knows a column without a name.
func distinct(fields []*column) bool {
	seen := make(map[string]bool, len(fields))
	for _, f := range fields {
		name := fold(f.name)
		if name == "" || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

// fold returns what names have in common that differ in nothing but case, in the
// eyes of the engine that finds the most of them: Spark compares letters in upper
// and in lower case.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

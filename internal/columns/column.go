// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"slices"
	"strings"
)

// columnType is the type of the values in a column. The documentation of the package
// has a table of the types in Parquet.
type columnType int

const (
	unknown        columnType = iota // only nulls so far
	boolean                          // true or false
	integer32                        // 32 bits
	integer                          // 64 bits
	single                           // a floating point number of 32 bits
	double                           // a floating point number of 64 bits
	decimal                          // an exact number: precision and scale
	date                             // days
	timeOfDay                        // microseconds since midnight
	timestamp                        // microseconds since 1970 in UTC: an instant
	localTimestamp                   // microseconds since 1970 in an unknown time zone
	duration                         // months, days and milliseconds, as in Avro
	timeText                         // a time of day as a string
	uuid                             // 16 bytes
	uuidText                         // 16 bytes as a string
	text                             // a string
	binary                           // bytes
	fixed                            // bytes of one size
	record                           // fields
	list                             // of one field: the element
	mapping                          // from strings to one field: the value
	jsonText                         // any value, as JSON
)

// column is a column of an object, or a group of them.
type column struct {
	name             string
	label            string // the name in Parquet, if it differs
	typ              columnType
	precision, scale int  // of a decimal
	size             int  // of fixed
	inexact          bool // some integer has no exact double
	long             bool // some string or bytes are longer than maxBound
	ones             bool // some of those begin with maxBound bytes of 0xff
	undefined        bool // some number is NaN
	declared         bool // whether it is from a schema
	required         bool // never null
	lowCardinality   bool // few different values, so that a dictionary helps
	branch           *branch
	fields           []*column
	index            map[string]*column // of a record's fields; nil until it is needed
}

// clone returns a deep copy.
func (c *column) clone() *column {
	copied := *c
	copied.index, copied.fields = nil, nil
	for _, f := range c.fields {
		copied.fields = append(copied.fields, f.clone())
	}
	return &copied
}

// become changes the type of c and resets what belongs to the old one.
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

// resolve is called after all values were inferred. It makes JSON of what can't be a
// column, and removes the fields of records that have only nulls. Their type would
// be a guess, and engines that read many objects as one table accept a missing
// column but not one of another type.
func (c *column) resolve() {
	for _, f := range c.fields {
		f.resolve()
	}
	switch c.typ {
	case record:
		c.fields = withoutUnknown(c.fields)
		slices.SortStableFunc(c.fields, compareFields)
		if len(c.fields) == 0 || !distinct(c.fields) {
			c.become(jsonText) // Parquet has no groups without columns
		}
	case list, mapping:
		if c.fields[0].typ == unknown {
			c.fields[0].become(jsonText)
		}
	case decimal:
		c.precision = max(c.precision, 1) // all values are zero
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

// compareFields sorts the fields of a schema first, in its order, and then the
// inferred ones by name.
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

// distinct reports whether engines can distinguish the fields. Many engines ignore
// case, and none supports a column without a name.
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

// fold returns the same string for names that differ only in case. It follows Spark,
// which compares letters in upper and in lower case and finds the most such names.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

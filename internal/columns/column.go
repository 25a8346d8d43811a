// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"slices"
	"strings"
)

// columnType is the type of the values in a column. The documentation of the package
// has a table of the types in Parquet. If as many records have a field with one type
// as with another, it gets the one that is listed first.
type columnType int

const (
	unknown        columnType = iota // only nulls
	record                           // fields
	list                             // of one field: the element
	mapping                          // from strings to one field: the value
	text                             // a string
	decimal                          // an exact number: precision and scale
	double                           // a floating point number of 64 bits
	integer                          // 64 bits
	boolean                          // true or false
	timestamp                        // microseconds since 1970 in UTC: an instant
	localTimestamp                   // microseconds since 1970 in an unknown time zone
	date                             // days
	timeOfDay                        // microseconds since midnight
	timeText                         // a time of day as a string
	duration                         // months, days and milliseconds, as in Avro
	uuid                             // 16 bytes
	uuidText                         // 16 bytes as a string
	binary                           // bytes
	fixed                            // bytes of one size
	jsonText                         // any value, as JSON
	restText                         // the fields of a record that have no column, as JSON
	typeCount                        // how many there are
)

// column is a column of objects, or a group of them.
type column struct {
	name             string
	label            string // the name in Parquet, if it differs
	typ              columnType
	precision, scale int  // of a decimal
	size             int  // of fixed
	required         bool // never null
	lowCardinality   bool // few different values, so that a dictionary helps
	fields           []*column
	index            map[string]*column // of a record's fields, by name

	// What the schema of an object says of it.
	declared bool

	// What a survey of an object's records needs and finds.
	number int  // its place among the marks
	full   bool // no field is added to it any more
	marks
}

// decided reports whether a column of a schema has a type.
func (c *column) decided() bool {
	switch c.typ {
	case unknown:
		return false
	case list, mapping:
		return c.fields[0].decided()
	default:
		return true
	}
}

// add appends a field to a record.
func (c *column) add(f *column) {
	if c.index == nil {
		c.index = map[string]*column{}
	}
	c.fields = append(c.fields, f)
	c.index[f.name] = f
}

// field returns a field of a record, or nil.
func (c *column) field(name string) *column {
	if c == nil || c.typ != record {
		return nil
	}
	return c.index[name]
}

// element returns the element of a list or the value of a mapping, or nil.
func (c *column) element() *column {
	if c == nil || c.typ != list && c.typ != mapping {
		return nil
	}
	return c.fields[0]
}

// become changes the type of c and resets what belongs to the old one.
func (c *column) become(t columnType) {
	*c = column{name: c.name, typ: t}
}

// restName is the name of the column of a record's fields that have no column.
const restName = "_rest"

// withRest adds that column to a record.
func (c *column) withRest() {
	c.fields = append(c.fields, &column{label: restName, typ: restText})
}

// unreserved returns the name of a field's column, with one more underscore if
// another column has it. Different fields have different columns.
func unreserved(name string, reserved ...string) string {
	if strings.HasPrefix(name, "_") && slices.Contains(reserved, "_"+fold(strings.TrimLeft(name, "_"))) {
		return "_" + name
	}
	return name
}

// maxName is the length in bytes of the longest name of a column. No database has
// longer ones, so a longer name is data. The footer repeats the names of columns for
// each row group.
const maxName = 2048

// canName reports whether a field with a name can have a column.
func canName(name string) bool { return name != "" && len(name) <= maxName }

// fold returns the same string for names that differ only in case. It follows Spark,
// which compares letters in upper and in lower case and finds the most such names.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

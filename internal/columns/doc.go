// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package columns writes records as Parquet. It owns the layouts, the types of
// columns and the values in them. It must not know S3 or how objects are named.
//
// A field has one type in all objects of a collection. The catalogue has the columns
// of each collection. A schema adds the columns of its fields, and a census of a
// batch those of the other fields: the type that holds the most values. A survey finds
// which of the columns the records of an object use, and the shredder splits the
// records into the values of those. This is the record shredding of Dremel (Melnik et
// al., "Dremel: Interactive Analysis of Web-Scale Datasets", 2010).
//
//	Avro                       Go, without a schema      Parquet
//	boolean                    bool                      BOOLEAN
//	int, long                  integers                  INT64
//	float, double              float32, float64          DOUBLE
//	decimal                                              DECIMAL, of 18 or 38 digits
//	                           *big.Rat, uint64          DECIMAL(38,9)
//	                           beyond int64
//	string, enum               string                    STRING
//	bytes                      []byte, opencdc.RawData   BYTE_ARRAY
//	fixed                                                FIXED_LEN_BYTE_ARRAY
//	uuid                                                 UUID
//	date                                                 DATE
//	time-millis, time-micros                             TIME(MICROS), not adjusted to UTC
//	timestamp-millis, -micros  time.Time                 TIMESTAMP(MICROS), adjusted to UTC
//	local-timestamp-…                                    TIMESTAMP(MICROS), not adjusted to UTC
//	                           time.Duration             INT64, nanoseconds
//	duration                   avro.LogicalDuration      group of months, days, milliseconds
//	record                     map[string]any            group
//	array                      []any                     LIST
//	map                                                  MAP
//	union of null and a type   nil and a type            that type; all columns are optional
//	any other union                                      JSON
//
// A json.Number is an integer or a double if one of them is the same number. A
// value of any other type has the type of its JSON. A schema's field is JSON if it is
// a record that contains itself, is nested deeper than maxNesting or has more than
// maxDeclared columns.
//
// Each group of fields has a column restName with the others, as a JSON object: values
// that do not fit the type of their column, names that are empty, longer than maxName
// or differ from that of a column only in case, and what exceeds maxNesting, maxFields
// or maxColumns.
//
// With the types Portable, a uuid and a time of day are STRING and a fixed is
// BYTE_ARRAY. A field that is null in all records of an object has no column in it,
// unless a schema describes it. Times are truncated to microseconds, because some
// engines refuse files with nanoseconds.
package columns

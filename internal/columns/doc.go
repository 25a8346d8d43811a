// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package columns writes records as Parquet. It owns the layouts, the types of
// columns and the values in them. It must not know S3 or how objects are named.
//
// An object is made in two passes over its records. The first infers the columns.
// It begins with the columns of the schema in the registry, or with none, and
// widens the type of each column until it fits all values. The second splits the
// records into the values of the columns. This is the record shredding of Dremel
// (Melnik et al., "Dremel: Interactive Analysis of Web-Scale Datasets", 2010).
//
//	Avro                       Go, without a schema      Parquet
//	boolean                    bool                      BOOLEAN
//	int                                                  INT32
//	long                       integers                  INT64
//	                           uint64 beyond int64       DECIMAL(20,0)
//	float                      float32                   FLOAT
//	double                     float64                   DOUBLE
//	decimal                    *big.Rat with an end      DECIMAL, of up to 38 digits
//	string, enum               string                    STRING
//	bytes                      []byte, opencdc.RawData   BYTE_ARRAY
//	fixed                                                FIXED_LEN_BYTE_ARRAY
//	uuid                                                 UUID
//	date                                                 DATE
//	time-millis, time-micros                             TIME(MICROS), not adjusted to UTC
//	timestamp-millis, -micros  time.Time                 TIMESTAMP(MICROS), adjusted to UTC
//	local-timestamp-…                                    TIMESTAMP(MICROS), not adjusted to UTC
//	                           time.Duration             INT64, nanoseconds
//	duration                                             group of months, days, milliseconds
//	record                     map[string]any            group
//	array                      []any                     LIST
//	map                                                  MAP
//	union of null and a type   nil and a type            that type; all columns are optional
//	any other union            values of several types   JSON
//
// A json.Number is an integer or a double if one of them is the same number. A
// value of any other type has the type of its JSON.
//
// Integers and doubles become a column of doubles, if a double represents each of
// the integers exactly. Any other mixture of types becomes JSON, and so does what
// Parquet or its readers do not support:
//
//   - a record without fields, or with names that are empty, longer than maxName or
//     differ only in case
//   - values nested deeper than maxNesting
//   - a structure with more than maxFields fields
//   - a record that contains itself
//   - a field of a schema with more than maxDeclared columns
//
// With the types Portable, a uuid and a time of day are STRING and a fixed is
// BYTE_ARRAY. A field that is null in all records of an object has no column,
// unless a schema describes it. Times are truncated to microseconds, because some
// engines refuse files with nanoseconds.
package columns

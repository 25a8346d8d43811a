// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package columns writes records as Parquet. It owns the layouts, the types of
// columns and the values in them. It must not know S3 or how objects are named.
//
// An object of Parquet is made in two passes over its records. The first finds
// the columns: it begins with what the schema in the registry describes, or with
// nothing, and makes each column wide enough for the values that it sees. The
// second takes the records apart into the values of the columns.
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
// json.Number is an integer or a double where one of them is the same number. A
// value of any other type is what its JSON says.
//
// Integers and doubles make a column of doubles, if a double holds each of the
// integers. Whatever else does not agree becomes JSON, and so does what Parquet
// or its readers have no column for: a record without fields, or with fields
// whose names are empty or differ in nothing but case; what is nested more than
// maxNesting deep; a structure with more than maxFields fields; a record inside
// of itself; a field of a schema with more than maxDeclared columns. With the
// types Portable, a uuid and a time of day are STRING and a fixed is BYTE_ARRAY.
// A field that is null in all records of an object has no column, unless a schema
// describes it. Times are cut to microseconds: engines that can't read nanoseconds
// refuse the file.
package columns

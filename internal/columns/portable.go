// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// The names of the types of Parquet.
const (
	// Exact types are Parquet's types for the logical types of Avro.
	Exact = "exact"
	// Portable types can be read by all engines. A UUID is a string in lower case. A
	// time of day is a string with six digits after the point, which sorts by time
	// and which engines can cast to their own types. Fixed bytes are bytes of any
	// size.
	Portable = "portable"
)

// Types returns the names of the types, the default first.
func Types() []string { return []string{Portable, Exact} }

// portableOf reports whether types are the portable ones.
func portableOf(types string) (bool, error) {
	switch types {
	case Exact, Portable:
		return types == Portable, nil
	default:
		return false, fmt.Errorf("types: %q is not one of %q", types, Types())
	}
}

// makePortable replaces types that engines do not support.
//
// Apache Spark refuses whole files with a UUID (in any version), a TIME (before 4.1)
// or fixed bytes (before 3.4), and Athena can't read UUID and TIME. See
// https://github.com/apache/spark/issues/55684. Remove when no such version is in
// use.
func (c *column) makePortable() {
	switch c.typ {
	case uuid:
		c.typ = uuidText
	case timeOfDay:
		c.typ = timeText
	case fixed:
		c.typ, c.size = binary, 0
	default:
	}
	for _, f := range c.fields {
		f.makePortable()
	}
}

func uuidTextOf(id [16]byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

func timeTextOf(d time.Duration) string { return time.Time{}.Add(d).Format("15:04:05.000000") }

// parseUUID returns the bytes of a UUID.
func parseUUID(s string) (id [16]byte, ok bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, false
	}
	n, err := hex.Decode(id[:], []byte(strings.ReplaceAll(s, "-", "")))
	return id, err == nil && n == len(id)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	stdjson "encoding/json"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/hamba/avro/v2"
)

const (
	// maxNesting is the limit of nested columns. Deeper values are JSON.
	maxNesting = 32
	// maxFields is the limit of inferred fields in an object. A structure that
	// exceeds it is JSON. Its names are probably data, as in a map of users by id.
	maxFields = 1000
)

// inferrer widens columns until they fit all values. It begins with the columns of a
// schema, or with unknown ones.
type inferrer struct {
	fields int // found so far
}

// infer widens c until it fits v. Null fits any type. depth is the depth of c.
func (i *inferrer) infer(c *column, v any, depth int) {
	if c.typ == jsonText {
		return
	}
	switch v := c.branch.unwrap(v).(type) {
	case nil:
	case bool:
		c.accept(boolean)
	case string:
		c.acceptText(v)
	case map[string]any:
		i.inferFields(c, v, depth)
	case opencdc.StructuredData:
		i.inferFields(c, v, depth)
	case []any:
		i.inferItems(c, v, depth)
	case []byte:
		c.acceptBytes(v)
	case opencdc.RawData:
		c.acceptBytes(v)
	case time.Time:
		c.acceptTime(v)
	case time.Duration:
		c.acceptDuration(v)
	case *big.Rat:
		c.acceptRat(v)
	case avro.LogicalDuration:
		if c.typ != duration {
			c.become(jsonText)
		}
	case stdjson.Number:
		c.acceptNumber(v)
	case float64:
		c.acceptDouble()
		c.undefined = c.undefined || math.IsNaN(v)
	case float32:
		c.acceptSingle()
		c.undefined = c.undefined || math.IsNaN(float64(v))
	default:
		if n, ok := value.IntegerOf(v); ok {
			c.acceptInteger(n)
			return
		}
		i.inferOther(c, v, depth)
	}
}

// inferOther is infer for a value of an unusual type, see value.Fallback.
func (i *inferrer) inferOther(c *column, v any, depth int) {
	switch v.(type) {
	case uint64, uint: // beyond int64
		c.acceptUnsigned()
		return
	}
	same, err := value.Fallback(v)
	if err != nil { // Check refuses it
		c.become(jsonText)
		return
	}
	i.infer(c, same, depth)
}

func (i *inferrer) inferFields(c *column, fields map[string]any, depth int) {
	switch {
	case fields == nil:
	case c.typ == mapping:
		for _, value := range fields {
			i.infer(c.fields[0], value, depth+1)
		}
	case c.typ != record && c.typ != unknown, depth == maxNesting:
		c.become(jsonText)
	default:
		c.typ = record
		seen := 0
		for _, f := range c.fields {
			if value, ok := fields[f.name]; ok {
				seen++
				i.infer(f, value, depth+1)
			}
		}
		if seen < len(fields) {
			i.inferNewFields(c, fields, depth)
		}
	}
}

// inferNewFields is infer for the fields that c does not have yet. It sorts them, so
// that the same records always have the same columns.
func (i *inferrer) inferNewFields(c *column, fields map[string]any, depth int) {
	var names []string
	for name := range fields {
		if !c.has(name) {
			names = append(names, name)
		}
	}
	if i.fields += len(names); i.fields > maxFields {
		c.become(jsonText)
		return
	}
	slices.Sort(names)
	for _, name := range names {
		i.infer(c.add(name), fields[name], depth+1)
	}
}

func (i *inferrer) inferItems(c *column, items []any, depth int) {
	switch {
	case items == nil:
	case c.typ != list && c.typ != unknown, depth == maxNesting:
		c.become(jsonText)
	default:
		if c.typ == unknown {
			c.typ, c.fields = list, []*column{{name: "element"}}
		}
		for _, item := range items {
			i.infer(c.fields[0], item, depth+1)
		}
	}
}

// accept makes c a column of type t, or JSON if it has another type.
func (c *column) accept(t columnType) {
	switch c.typ {
	case t:
	case unknown:
		c.typ = t
	default:
		c.become(jsonText)
	}
}

func (c *column) acceptText(s string) {
	switch c.typ {
	case uuid, uuidText:
		if _, ok := parseUUID(s); !ok {
			c.become(text)
		}
	default:
		c.accept(text)
	}
	c.long = c.long || len(s) > maxBound
}

func (c *column) acceptBytes(b []byte) {
	switch {
	case b == nil:
		return
	case c.typ == fixed && len(b) != c.size:
		size := c.size
		c.become(binary)
		c.long = size > maxBound
	case c.typ != fixed:
		c.accept(binary)
	}
	c.long = c.long || len(b) > maxBound
	c.ones = c.ones || len(b) > maxBound && isOnes(b[:maxBound])
}

// isOnes reports whether all bytes are 0xff.
func isOnes(b []byte) bool {
	for _, c := range b {
		if c != 0xff {
			return false
		}
	}
	return true
}

func (c *column) acceptTime(t time.Time) {
	switch c.typ {
	case localTimestamp:
	case date:
		if !t.Equal(t.UTC().Truncate(24 * time.Hour)) {
			c.become(jsonText)
		}
	default:
		c.accept(timestamp)
	}
}

func (c *column) acceptDuration(d time.Duration) {
	switch {
	case c.typ != timeOfDay && c.typ != timeText:
		c.acceptInteger(int64(d))
	case d < 0 || d >= 24*time.Hour || d%time.Microsecond != 0:
		c.become(jsonText)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	stdjson "encoding/json"
	"math/big"
	"slices"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/hamba/avro/v2"
)

const (
	// maxNesting is how deep columns may be nested. What is deeper is JSON.
	maxNesting = 32
	// maxFields is how many fields inference may find in an object. A structure
	// that would bring more is JSON: its names are data, as in a map of users by
	// their id.
	maxFields = 1000
)

// inferrer makes columns wide enough for the values that it sees. It begins with
// columns that a schema describes, or with unknown ones.
type inferrer struct {
	fields int // found so far
}

// infer makes c wide enough for v. Null fits everything. depth is that of c.
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
	case float32:
		c.acceptSingle()
	default:
		if n, ok := value.IntegerOf(v); ok {
			c.acceptInteger(n)
			return
		}
		i.inferOther(c, v, depth)
	}
}

// inferOther sees a value of a type that records seldom hold, as what it is in
// JSON, or bytes.
func (i *inferrer) inferOther(c *column, v any, depth int) {
	switch v.(type) {
	case uint64, uint: // more than an int64 holds
		c.acceptUnsigned()
		return
	}
	same, err := value.Fallback(v)
	if err != nil { // Check has refused it
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

// inferNewFields sees the fields that c does not have yet, in the order of their
// names, so that the same records always give the same columns.
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

// accept makes c a column of type t, or JSON if it holds values of another.
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

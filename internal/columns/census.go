// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	stdjson "encoding/json"
	"maps"
	"math/big"
	"slices"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/hamba/avro/v2"
)

// maxCounted is the limit of fields that are counted in a batch.
const maxCounted = 100_000

// census counts the values that a field without a column has, by the types of columns
// that would hold them. Nulls, empty lists and empty records have no type.
type census struct {
	left   *int // how many more fields are counted
	values int  // that have a type
	held   [typeCount]int
	own    [typeCount]bool // whether it is the type of some value, and not only one that would hold it
	fields map[string]*census
	item   *census // of lists
}

func newCensus() *census {
	left := maxCounted
	return &census{left: &left}
}

// typ returns the type that holds the most values, of those that some value has.
func (n *census) typ() columnType {
	best := unknown
	for t := range typeCount {
		if n.own[t] && (best == unknown || n.held[t] > n.held[best]) {
			best = t
		}
	}
	return best
}

// field returns the census of a field, or nil if there are too many.
func (n *census) field(name string) *census {
	if f := n.fields[name]; f != nil {
		return f
	}
	if *n.left == 0 {
		return nil
	}
	*n.left--
	if n.fields == nil {
		n.fields = map[string]*census{}
	}
	f := &census{left: n.left}
	n.fields[name] = f
	return f
}

func (n *census) items() *census {
	if n.item == nil {
		n.item = &census{left: n.left}
	}
	return n.item
}

// count counts the values in v that have no column in c. depth is the depth of c.
func (n *census) count(c *column, v any, depth int) {
	v = usual(v)
	switch fields, ok := fieldsOf(v); {
	case ok && c.typ == record:
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			field := n.field(name)
			if field == nil {
				continue
			}
			if f := c.field(name); f != nil {
				field.count(f, fields[name], depth+1)
			} else {
				field.countNew(fields[name], depth+1)
			}
		}
	case ok && c.typ == mapping:
		for _, v := range fields {
			n.items().count(c.fields[0], v, depth+1)
		}
	case c.typ == list:
		items, _ := v.([]any)
		for _, item := range items {
			n.items().count(c.fields[0], item, depth+1)
		}
	}
}

// countNew counts a value, and reports whether it has a type.
func (n *census) countNew(v any, depth int) bool {
	if v = usual(v); isNull(v) {
		return false
	}
	var has bool
	if fields, ok := fieldsOf(v); ok {
		has = depth < maxNesting && n.countFields(fields, depth)
	} else if items, ok := v.([]any); ok {
		has = depth < maxNesting && n.countItems(items, depth)
	} else {
		has = n.countScalar(v)
	}
	if has {
		n.values++
	}
	return has
}

func (n *census) countFields(fields map[string]any, depth int) bool {
	has := false
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if isNull(fields[name]) {
			continue
		}
		if f := n.field(name); f != nil {
			has = f.countNew(fields[name], depth+1) || has
		}
	}
	if has {
		n.is(record)
	}
	return has
}

func (n *census) countItems(items []any, depth int) bool {
	has := false
	for _, item := range items {
		has = n.items().countNew(item, depth+1) || has
	}
	if has {
		n.is(list)
	}
	return has
}

// is counts a value of a type.
func (n *census) is(t columnType) {
	n.own[t] = true
	n.held[t]++
}

func (n *census) countScalar(v any) bool {
	switch v := v.(type) {
	case bool:
		n.is(boolean)
	case string:
		n.is(text)
	case []byte, opencdc.RawData:
		n.is(binary)
	case time.Time:
		n.is(timestamp)
	case avro.LogicalDuration:
		n.is(duration)
	default:
		return n.countNumber(v)
	}
	return true
}

// countNumber counts a number for each type that holds it.
func (n *census) countNumber(v any) bool {
	_, isInteger := integerOf(v)
	_, isDouble := doubleOf(v)
	_, isDecimal := unscaledOf(v, maxPrecision, inferredScale)
	own := decimal
	switch v.(type) {
	case float64, float32:
		own = double
	case *big.Rat:
	case stdjson.Number:
		if isInteger {
			own = integer
		} else if isDouble {
			own = double
		}
	default:
		if isInteger {
			own = integer
		}
	}
	if own == decimal && !isDecimal {
		return false
	}
	n.own[own] = true
	n.held[integer] += count(isInteger)
	n.held[double] += count(isDouble)
	n.held[decimal] += count(isDecimal)
	return true
}

func count(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

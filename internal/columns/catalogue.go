// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/conduitio/conduit-connector-s3/internal/value"
)

const (
	// maxNesting is the limit of nested columns.
	maxNesting = 32
	// maxFields is the limit of fields of a record that become columns because of
	// their values. If there are more, their names are probably data, as in a map of
	// users by id.
	maxFields = 1000
	// maxColumns is the limit of all such columns of keys or payloads.
	maxColumns = 10_000
	// maxKnown is the limit of columns of all collections. If there are more, the
	// catalogue begins again.
	maxKnown = 200_000
)

// catalogue has the columns of each collection. A column keeps its type, so that
// engines can read all objects of a collection as one table. It forgets nothing
// while the process lives, unless a pipeline has very many columns.
type catalogue struct {
	mu          sync.Mutex
	collections map[string]*collection
}

// collection has the columns of a collection's keys and payloads.
type collection struct {
	key, payload *known
}

// known is a record of all fields that have a type.
type known struct {
	column
	size    int                     // columns in it
	schemas map[value.SchemaID]bool // that it has the columns of
}

func newKnown() *known {
	return &known{column: column{typ: record}, schemas: map[value.SchemaID]bool{}}
}

// of returns a collection. The caller holds mu.
func (c *catalogue) of(name string) *collection {
	found, ok := c.collections[name]
	if !ok {
		found = &collection{key: newKnown(), payload: newKnown()}
		if c.collections == nil {
			c.collections = map[string]*collection{}
		}
		c.collections[name] = found
	}
	return found
}

// forget removes everything if there is too much. The caller holds mu.
func (c *catalogue) forget() {
	size := 0
	for _, one := range c.collections {
		size += 1 + one.key.size + one.payload.size
	}
	if size > maxKnown {
		c.collections = nil
	}
}

// declare adds the columns of a schema.
func (k *known) declare(id value.SchemaID, schema *column) {
	if schema.typ != record || k.schemas[id] {
		return
	}
	if len(k.schemas) >= maxSchemas {
		clear(k.schemas)
	}
	k.schemas[id] = true
	k.declareIn(&k.column, schema)
}

func (k *known) declareIn(c, schema *column) {
	switch {
	case c.typ != schema.typ:
	case c.typ == record:
		taken := c.folded()
		for _, f := range schema.fields {
			if own := c.field(f.name); own != nil {
				k.declareIn(own, f)
			} else if name := fold(f.name); f.decided() && canName(f.name) && !taken[name] {
				taken[name] = true
				c.add(k.adopt(f))
			}
		}
	case c.typ == list || c.typ == mapping:
		k.declareIn(c.fields[0], schema.fields[0])
	}
}

// adopt returns a column with the type of one of a schema.
func (k *known) adopt(schema *column) *column {
	k.size++
	c := &column{
		name: schema.name, typ: schema.typ, precision: schema.precision, scale: schema.scale, size: schema.size,
		lowCardinality: schema.lowCardinality,
	}
	switch c.typ {
	case record:
		k.declareIn(c, schema)
	case list, mapping:
		c.fields = []*column{k.adopt(schema.fields[0])}
	case duration:
		c.fields = schema.fields
	default:
	}
	return c
}

// folded returns the names of a record's columns as engines compare them. None of
// them supports a column without a name.
func (c *column) folded() map[string]bool {
	taken := map[string]bool{"": true}
	for _, f := range c.fields {
		taken[fold(f.name)] = true
	}
	return taken
}

// learn adds the columns of fields that have none.
func (k *known) learn(c *column, n *census) {
	if n == nil {
		return
	}
	if e := c.element(); e != nil {
		k.learn(e, n.item)
	}
	if c.typ != record {
		return
	}
	for _, f := range c.fields {
		k.learn(f, n.fields[f.name])
	}
	k.learnNew(c, n)
}

// learnNew adds fields to a record: those that most records have, and of several
// that as many have, the first by name.
func (k *known) learnNew(c *column, n *census) {
	names := make([]string, 0, len(n.fields))
	for name := range n.fields {
		if c.field(name) == nil {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(n.fields[b].values, n.fields[a].values), strings.Compare(a, b))
	})
	taken := c.folded()
	for _, name := range names {
		if k.full(c) {
			return
		}
		if folded := fold(name); canName(name) && !taken[folded] {
			if f := k.decide(name, n.fields[name]); f != nil {
				taken[folded] = true
				c.add(f)
			}
		}
	}
}

// full reports whether a record gets no more fields.
func (k *known) full(c *column) bool { return len(c.fields) >= maxFields || k.size >= maxColumns }

// decide returns a column of the type that holds the most values, or nil if no type
// holds any.
func (k *known) decide(name string, n *census) *column {
	c := &column{name: name, typ: n.typ()}
	k.size++
	switch c.typ {
	case unknown:
		return nil
	case record:
		k.size++ // of its other fields
		k.learnNew(c, n)
	case list:
		element := k.decide("element", n.item)
		if element == nil {
			return nil
		}
		c.fields = []*column{element}
	case decimal:
		c.precision, c.scale = maxPrecision, inferredScale
	case duration:
		c.fields = durationFields()
	default:
	}
	return c
}

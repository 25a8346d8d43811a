// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"slices"
	"strings"
)

// view is the columns that the records of an object can have.
type view struct {
	key, keyRaw, payload, beforeRaw, afterRaw, metadata *column

	before, after *column // marked if some record has the payload with its fields
	columns       int     // how many there are
}

// newView returns the columns of a collection, as the schemas of the object describe
// them.
func newView(of *collection, keySchema, payloadSchema *column) *view {
	v := &view{}
	v.key, v.payload = v.described(of.key, &of.key.column, keySchema), v.described(of.payload, &of.payload.column, payloadSchema)
	v.before, v.after = v.numbered(column{typ: record}), v.numbered(column{typ: record})
	v.keyRaw, v.beforeRaw, v.afterRaw = v.numbered(column{typ: binary}), v.numbered(column{typ: binary}), v.numbered(column{typ: binary})
	v.metadata = v.numbered(column{typ: mapping})
	return v
}

func (v *view) numbered(c column) *column {
	c.number = v.columns
	v.columns++
	return &c
}

// described returns a copy of a column with what a schema says of it. schema may be
// nil. The fields of the schema come first, in its order, and then the others by
// name.
func (v *view) described(of *known, c, schema *column) *column {
	copied := v.numbered(*c)
	copied.full = c.typ == record && of.full(c)
	copied.fields, copied.index = nil, nil
	if schema != nil {
		copied.declared = schema.typ == c.typ
	}
	switch c.typ {
	case record:
		v.describedFields(of, copied, c, schema)
	case list, mapping:
		copied.fields = []*column{v.described(of, c.fields[0], schema.element())}
	case duration:
		copied.fields = c.fields
	default:
	}
	return copied
}

func (v *view) describedFields(of *known, to, c, schema *column) {
	if schema != nil && schema.typ == record {
		for _, f := range schema.fields {
			if own := c.index[f.name]; own != nil && to.index[f.name] == nil {
				to.add(v.described(of, own, f))
			}
		}
	}
	declared := len(to.fields)
	for _, f := range c.fields {
		if to.index[f.name] == nil {
			to.add(v.described(of, f, nil))
		}
	}
	slices.SortFunc(to.fields[declared:], func(a, b *column) int { return strings.Compare(a.name, b.name) })
}

// half returns the column of one of the two payloads. Without a schema, it has no fields
// in an object without such payloads, which would be nulls only.
func (v *view) half(name string, of *column) []*column {
	c := *v.payload
	if !of.used && !c.declared {
		c.fields, c.index = nil, nil
		c.withRest()
	}
	return c.named(name)
}

// table returns the columns that an object has: those that are used, and those of
// its schema. Every record gets a column for its other fields.
func (c *column) table(found []marks) {
	c.marks = found[c.number]
	switch c.typ {
	case record:
		c.fields = slices.DeleteFunc(c.fields, func(f *column) bool { return !f.declared && !found[f.number].used })
		c.index = nil
		fields := c.fields
		c.fields = nil
		for _, f := range fields {
			f.label = unreserved(f.name, restName)
			f.table(found)
			c.add(f)
		}
		c.withRest()
	case list, mapping:
		c.fields[0].table(found)
	default:
	}
}

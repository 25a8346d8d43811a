// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import "github.com/hamba/avro/v2"

// branch is the one type of a union besides null. The SDK's decoder gives a value
// of some types under the name of its type, as a map of one entry, and takes that
// name away again, but not where the union is nested in another one or where it
// is of items.
type branch struct {
	name string
	of   *column // what the schema describes; it never changes
}

func branchOf(s avro.Schema, of *column) *branch {
	if ref, ok := s.(*avro.RefSchema); ok {
		s = ref.Schema()
	}
	name := string(s.Type())
	if named, ok := s.(avro.NamedSchema); ok {
		name = named.FullName()
	} else if logical, ok := s.(avro.LogicalTypeSchema); ok && logical.Logical() != nil {
		name += "." + string(logical.Logical().Type())
	}
	return &branch{name: name, of: of}
}

// unwrap returns v without the name of its type. A value that the schema describes
// as it is, such as a map of maps, has no such name.
func (b *branch) unwrap(v any) any {
	if b == nil {
		return v
	}
	left := maxSearch
	if inner, ok := b.wrapped(v); ok && !b.of.describes(v, &left) {
		return inner
	}
	return v
}

// wrapped returns what v has under the name of its type, if it may be that.
func (b *branch) wrapped(v any) (any, bool) {
	fields, ok := v.(map[string]any)
	if !ok || len(fields) != 1 {
		return nil, false
	}
	inner, ok := fields[b.name]
	return inner, ok && b.of.holds(inner)
}

// maxSearch is how many values are looked at to tell whether a schema describes
// a value as it is. Where maps hold maps under the names of types, there are twice
// as many ways to read it at each level.
const maxSearch = 1 << 12

// holds reports whether v is fields, items or neither, as the values of c are.
func (c *column) holds(v any) bool {
	_, isFields := v.(map[string]any)
	_, isItems := v.([]any)
	return isFields == (c.typ == record || c.typ == mapping) && isItems == (c.typ == list)
}

// describes reports whether v is as the SDK decodes it, or can't be told apart
// from that within as many values as are left to look at.
func (c *column) describes(v any, left *int) bool {
	if *left--; *left < 0 {
		return true
	}
	if b := c.branch; b != nil {
		if inner, ok := b.wrapped(v); ok && !b.of.describes(v, left) {
			v = inner
		}
	}
	switch {
	case v == nil || c.typ == jsonText || c.typ == unknown:
		return true
	case !c.holds(v):
		return false
	}
	switch c.typ {
	case record:
		fields, _ := v.(map[string]any)
		for _, f := range c.fields {
			if value, ok := fields[f.name]; !ok || !f.describes(value, left) {
				return false
			}
		}
		return len(fields) == len(c.fields)
	case mapping:
		fields, _ := v.(map[string]any)
		for _, value := range fields {
			if !c.fields[0].describes(value, left) {
				return false
			}
		}
	case list:
		items, _ := v.([]any)
		for _, item := range items {
			if !c.fields[0].describes(item, left) {
				return false
			}
		}
	default:
	}
	return true
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import "github.com/hamba/avro/v2"

// branch is the only type of a union besides null.
//
// Conduit commons v0.6.0 (schema/avro/union.go): the decoder returns values of some
// types in a map with the name of the type as its only key. It removes these maps,
// but not in nested unions and not in the elements of arrays. Here the remaining
// ones are removed. Remove when TestSchema_NestedUnionsLeaveNoNames passes without.
type branch struct {
	name string
	of   *column // the column of the type; it never changes
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

// unwrap returns v without the map with the name of its type. A value that matches
// the schema unchanged, such as a map of maps, is not in such a map.
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

// wrapped returns the value in the map v with the name of the type, if v may be one.
func (b *branch) wrapped(v any) (any, bool) {
	fields, ok := v.(map[string]any)
	if !ok || len(fields) != 1 {
		return nil, false
	}
	inner, ok := fields[b.name]
	return inner, ok && b.of.holds(inner)
}

// maxSearch limits the number of values that are compared with a schema. If maps
// with the names of types contain each other, the number of interpretations doubles
// at each level.
const maxSearch = 1 << 12

// holds reports whether v is a map, a list or neither, like the values of c.
func (c *column) holds(v any) bool {
	_, isFields := v.(map[string]any)
	_, isItems := v.([]any)
	return isFields == (c.typ == record || c.typ == mapping) && isItems == (c.typ == list)
}

// describes reports whether v matches the schema of c, as far as the number of values
// that are left to compare allows to decide.
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

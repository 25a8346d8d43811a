// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

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

// bare returns v without the name of its type. A value that the schema describes
// as it is, such as a map of maps, has no such name.
func (b *branch) bare(v any) any {
	if b == nil {
		return v
	}
	fields, ok := v.(map[string]any)
	if !ok || len(fields) != 1 {
		return v
	}
	inner, ok := fields[b.name]
	if !ok || !b.of.holds(inner) || b.of.describes(v) {
		return v
	}
	return inner
}

// holds reports whether v is fields, items or neither, as the values of c are.
func (c *column) holds(v any) bool {
	_, isFields := v.(map[string]any)
	_, isItems := v.([]any)
	return isFields == (c.typ == record || c.typ == mapping) && isItems == (c.typ == list)
}

// describes reports whether v is as the SDK decodes it.
func (c *column) describes(v any) bool {
	v = c.branch.bare(v)
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
			if value, ok := fields[f.name]; !ok || !f.describes(value) {
				return false
			}
		}
		return len(fields) == len(c.fields)
	case mapping:
		fields, _ := v.(map[string]any)
		for _, value := range fields {
			if !c.fields[0].describes(value) {
				return false
			}
		}
	case list:
		items, _ := v.([]any)
		for _, item := range items {
			if !c.fields[0].describes(item) {
				return false
			}
		}
	default:
	}
	return true
}

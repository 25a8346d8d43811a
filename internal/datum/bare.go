// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package datum

import (
	"maps"
	"slices"
	"strings"
)

// Bare returns fields that another decoder has made of data, as Decode makes them:
// the value of a union is bare, and an empty array is not nil. Fields that do not
// match the schema are left as they are. It changes copies only, and is safe for
// concurrent use.
//
// Conduit commons v0.6.0 (schema/avro/union.go): the decoder returns values of some
// types in a map with the name of the type as its only key. It removes these maps,
// but not in nested unions and not in the elements of arrays. With hamba/avro
// v2.28.0, it returns nil for an empty array. Records come with such fields from a
// processor that does not encode them again. Remove when TestBare_AsDecode passes
// without.
func (s *Schema) Bare(fields map[string]any) map[string]any {
	same, _ := bare(s.root, fields, 0)
	if f, ok := same.(map[string]any); ok {
		return f
	}
	return fields
}

// bare returns a value of a type as Decode makes it, and whether that is another one
// than v.
func bare(n *node, v any, depth int) (any, bool) {
	if depth > maxDepth {
		return v, false
	}
	fields, isFields := v.(map[string]any)
	items, isItems := v.([]any)
	switch {
	case n.kind == union:
		return bareUnion(n, v, depth)
	case n.kind == array && (v == nil || isItems && items == nil):
		return []any{}, true
	case n.kind == array && isItems:
		return bareItems(n.inner[0], items, depth)
	case (n.kind == mapping || n.kind == record) && isFields:
		return bareFields(n, fields, depth)
	default:
		return v, false
	}
}

func bareItems(of *node, items []any, depth int) (any, bool) {
	var copied []any
	for i, item := range items {
		if same, changed := bare(of, item, depth+1); changed {
			if copied == nil {
				copied = slices.Clone(items)
			}
			copied[i] = same
		}
	}
	if copied == nil {
		return items, false
	}
	return copied, true
}

func bareFields(n *node, fields map[string]any, depth int) (any, bool) {
	var copied map[string]any
	set := func(name string, of *node) {
		if same, changed := bare(of, fields[name], depth+1); changed {
			if copied == nil {
				copied = maps.Clone(fields)
			}
			copied[name] = same
		}
	}
	if n.kind == mapping {
		for name := range fields {
			set(name, n.inner[0])
		}
	}
	for i, name := range n.names {
		if _, ok := fields[name]; ok {
			set(name, n.inner[i])
		}
	}
	if copied == nil {
		return fields, false
	}
	return copied, true
}

// bareUnion is bare for a union. A value that matches one of its types unchanged,
// such as a map of maps, is not in a map with the name of its type.
func bareUnion(n *node, v any, depth int) (any, bool) {
	left := maxSearch
	isBare := slices.ContainsFunc(n.inner, func(of *node) bool { return of.describes(v, &left) })
	for _, of := range n.inner {
		if inner, ok := of.wrapped(v); ok && !isBare {
			inner, _ = bare(of, inner, depth+1)
			return inner, true
		}
	}
	for _, of := range n.inner {
		if v != nil && of.kind != null && of.holds(v) {
			return bare(of, v, depth+1)
		}
	}
	return v, false
}

// wrapped returns the value in the map v with the name of the type, if v may be one.
func (n *node) wrapped(v any) (any, bool) {
	fields, ok := v.(map[string]any)
	if !ok || len(fields) != 1 {
		return nil, false
	}
	for name, inner := range fields { // such as bytes.decimal
		base, _, _ := strings.Cut(name, ".")
		isName := name == n.name || base == n.name && n.kind != record && n.kind != mapping && n.kind != array
		empty := inner == nil && n.kind == array
		return inner, isName && (empty || inner != nil && n.holds(inner))
	}
	return nil, false
}

// maxSearch limits the number of values that are compared with a schema. If maps
// with the names of types contain each other, the number of interpretations doubles
// at each level.
const maxSearch = 1 << 12

// holds reports whether v is a map, a list or neither, like the values of n.
func (n *node) holds(v any) bool {
	_, isFields := v.(map[string]any)
	_, isItems := v.([]any)
	return isFields == (n.kind == record || n.kind == mapping) && isItems == (n.kind == array)
}

// describes reports whether v matches n, or would without maps with the names of types
// inside of it, as far as the number of values that are left to compare allows to
// decide.
func (n *node) describes(v any, left *int) bool {
	if *left--; *left < 0 {
		return true
	}
	if n.kind == union {
		return n.describesOne(v, left)
	}
	fields, _ := v.(map[string]any)
	switch {
	case n.kind == null || v == nil:
		return v == nil
	case !n.holds(v):
		return false
	case n.kind == record:
		return len(fields) == len(n.names) && n.describesFields(fields, left)
	case n.kind == mapping:
		return n.describesFields(fields, left)
	case n.kind == array:
		items, _ := v.([]any)
		return !slices.ContainsFunc(items, func(item any) bool { return !n.inner[0].describes(item, left) })
	default:
		return true
	}
}

// describesOne is describes for a union, whose values may be in maps.
func (n *node) describesOne(v any, left *int) bool {
	for _, of := range n.inner {
		if of.describes(v, left) {
			return true
		}
		if inner, ok := of.wrapped(v); ok && of.describes(inner, left) {
			return true
		}
	}
	return false
}

func (n *node) describesFields(fields map[string]any, left *int) bool {
	if n.kind == mapping {
		for _, v := range fields {
			if !n.inner[0].describes(v, left) {
				return false
			}
		}
		return true
	}
	for i, name := range n.names {
		if v, ok := fields[name]; !ok || !n.inner[i].describes(v, left) {
			return false
		}
	}
	return true
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import "slices"

// KeyOrder are those that the map at one place of a record had last, in the order
// in which they are written. The next record mostly has the same ones there: then
// they need not be sorted and escaped again. Of a list, all elements are at one
// place.
type KeyOrder struct {
	keys []orderedKey
	text []byte
}

// orderedKey is a name in a map.
type orderedKey struct {
	name       string
	begin, end int       // of what is written of it, in names.text
	below      *KeyOrder // of what the map has there; nil until it is needed
}

// Written returns what is written of the name at a place in the order.
func (n *KeyOrder) Written(i int) []byte { return n.text[n.keys[i].begin:n.keys[i].end] }

// Name returns the name at a place in the order.
func (n *KeyOrder) Name(i int) string { return n.keys[i].name }

// ValuesOf appends the values of m in the order of its names, which are then
// those in n, and reports whether n did not have them before. The order is that
// in which w writes them; without a w it is any.
func ValuesOf[V any](w *JSONWriter, n *KeyOrder, m map[string]V, values []V) ([]V, bool) {
	values, all := lookUp(n, m, values)
	if all {
		return values, false
	}
	collect(n, m)
	if w != nil {
		n.sort(w)
	}
	values, _ = lookUp(n, m, values)
	return values, true
}

// lookUp appends the values of m and reports whether n has all of its names. If
// not, it appends nothing.
func lookUp[V any](n *KeyOrder, m map[string]V, values []V) ([]V, bool) {
	if len(n.keys) != len(m) {
		return values, false
	}
	begin := len(values)
	for i := range n.keys {
		v, ok := m[n.keys[i].name]
		if !ok {
			clear(values[begin:])
			return values[:begin], false
		}
		values = append(values, v)
	}
	return values, true
}

// collect makes n hold the names of m, in any order.
func collect[V any](n *KeyOrder, m map[string]V) {
	n.keys = n.keys[:0]
	for text := range m {
		n.keys = append(n.keys, orderedKey{name: text})
	}
}

// sort puts the names in the order in which w writes them, and writes them.
func (n *KeyOrder) sort(w *JSONWriter) {
	slices.SortFunc(n.keys, func(a, b orderedKey) int { return w.compare(a.name, b.name) })
	n.text = n.text[:0]
	for i := range n.keys {
		n.keys[i].begin = len(n.text)
		n.text = append(w.AppendString(n.text, n.keys[i].name), ':')
		n.keys[i].end = len(n.text)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import "slices"

// KeyOrder remembers the names in a map, sorted and escaped as they are written.
// There is one for each place in a record that has a map. The next record usually
// has the same names there, which need not be sorted and escaped again. All
// elements of a list are in the same place.
type KeyOrder struct {
	keys []orderedKey
	text []byte // the names as they are written
}

// orderedKey is a name in a KeyOrder.
type orderedKey struct {
	name       string
	begin, end int       // in KeyOrder.text
	below      *KeyOrder // of the map in this place; nil until it is needed
}

// Written returns the name at an index as it is written, with its quotes and colon.
func (n *KeyOrder) Written(i int) []byte { return n.text[n.keys[i].begin:n.keys[i].end] }

// Name returns the name at an index.
func (n *KeyOrder) Name(i int) string { return n.keys[i].name }

// ValuesOf appends the values of m in the order of n, and reports whether the names
// in m are others than those in n, which it then replaces. The order is that in
// which w writes them, and any if w is nil.
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

// lookUp appends the values of m if n has the same names, and reports whether it
// has.
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

// collect sets the names of n to those of m, in any order.
func collect[V any](n *KeyOrder, m map[string]V) {
	n.keys = n.keys[:0]
	for text := range m {
		n.keys = append(n.keys, orderedKey{name: text})
	}
}

// sort sorts and escapes the names as w does.
func (n *KeyOrder) sort(w *JSONWriter) {
	slices.SortFunc(n.keys, func(a, b orderedKey) int { return w.compare(a.name, b.name) })
	n.text = n.text[:0]
	for i := range n.keys {
		n.keys[i].begin = len(n.text)
		n.text = append(w.AppendString(n.text, n.keys[i].name), ':')
		n.keys[i].end = len(n.text)
	}
}

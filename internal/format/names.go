// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import "slices"

// names are those that the map at one place of a record had last, in the order
// in which they are written. The next record mostly has the same ones there: then
// they need not be sorted and escaped again. Of a list, all elements are at one
// place.
type names struct {
	known []name
	text  []byte
}

// name is a name in a map.
type name struct {
	name       string
	begin, end int    // of what is written of it, in names.text
	below      *names // of what the map has there; nil until it is needed
}

func (n *names) written(i int) []byte { return n.text[n.known[i].begin:n.known[i].end] }

// valuesOf appends the values of m in the order of its names, which are then
// those in n, and reports whether n did not have them before. The order is that
// in which w writes them; without a w it is any.
func valuesOf[V any](w *jsonWriter, n *names, m map[string]V, values []V) ([]V, bool) {
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
func lookUp[V any](n *names, m map[string]V, values []V) ([]V, bool) {
	if len(n.known) != len(m) {
		return values, false
	}
	begin := len(values)
	for i := range n.known {
		v, ok := m[n.known[i].name]
		if !ok {
			clear(values[begin:])
			return values[:begin], false
		}
		values = append(values, v)
	}
	return values, true
}

// collect makes n hold the names of m, in any order.
func collect[V any](n *names, m map[string]V) {
	n.known = n.known[:0]
	for text := range m {
		n.known = append(n.known, name{name: text})
	}
}

// sort puts the names in the order in which w writes them, and writes them.
func (n *names) sort(w *jsonWriter) {
	slices.SortFunc(n.known, func(a, b name) int { return w.compare(a.name, b.name) })
	n.text = n.text[:0]
	for i := range n.known {
		n.known[i].begin = len(n.text)
		n.text = append(w.text(n.text, n.known[i].name), ':')
		n.known[i].end = len(n.text)
	}
}

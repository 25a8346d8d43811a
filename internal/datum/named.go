// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package datum

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// fullName returns a name with its namespace.
func fullName(name, namespace string) string {
	if namespace == "" || strings.Contains(name, ".") {
		return name
	}
	return namespace + "." + name
}

// name notes n under the name and the aliases of m. It returns the namespace of
// what is inside of n.
func (p *parser) name(n *node, m map[string]any, namespace string) (string, error) {
	name, _ := m["name"].(string)
	if name == "" {
		return "", errors.New("a type has no name")
	}
	if own, _ := m["namespace"].(string); own != "" {
		namespace = own
	}
	full := fullName(name, namespace)
	if _, ok := p.named[full]; ok {
		return "", fmt.Errorf("two types are named %q", full)
	}
	p.named[full], n.name = n, full
	if dot := strings.LastIndexByte(full, '.'); dot >= 0 {
		namespace = full[:dot]
	}
	aliases, _ := m["aliases"].([]any)
	for _, a := range aliases {
		alias, _ := a.(string)
		if alias = fullName(alias, namespace); p.named[alias] == nil {
			p.named[alias] = n
		}
	}
	return namespace, nil
}

func (p *parser) record(m map[string]any, namespace string, depth int) (*node, error) {
	n := &node{kind: record}
	namespace, err := p.name(n, m, namespace)
	if err != nil {
		return nil, err
	}
	fields, ok := m["fields"].([]any)
	if !ok {
		return nil, errors.New("a record has no fields")
	}
	n.names, n.inner = make([]string, len(fields)), make([]*node, len(fields))
	for i, f := range fields {
		field, _ := f.(map[string]any)
		name, _ := field["name"].(string)
		t, ok := field["type"]
		if name == "" || !ok {
			return nil, errors.New("a field has no name or no type")
		}
		delete(field, "default")
		n.names[i] = name
		if n.inner[i], err = p.parse(t, namespace, depth+1); err != nil {
			return nil, under(name, err)
		}
	}
	return n, nil
}

func (p *parser) enum(m map[string]any, namespace string) (*node, error) {
	n := &node{kind: enum}
	if _, err := p.name(n, m, namespace); err != nil {
		return nil, err
	}
	symbols, _ := m["symbols"].([]any)
	for _, s := range symbols {
		symbol, ok := s.(string)
		if !ok {
			return nil, errors.New("an enum's symbol is not a string")
		}
		n.names = append(n.names, symbol)
	}
	delete(m, "default")
	return n, nil
}

// durationSize is the size of a duration: months, days and milliseconds.
const durationSize = 12

func (p *parser) fixed(m map[string]any, namespace string) (*node, error) {
	size, ok := wholeNumber(m["size"])
	if !ok || size < 0 {
		return nil, fmt.Errorf("%v is not a size", m["size"])
	}
	n := &node{kind: fixed, size: size}
	if _, err := p.name(n, m, namespace); err != nil {
		return nil, err
	}
	if m["logicalType"] == "duration" && size == durationSize {
		n.kind = duration
		return n, nil
	}
	power, ok, err := p.decimal(m)
	if precision, _ := wholeNumber(m["precision"]); ok && precision <= digitsOf(size) {
		n.kind, n.power = fixedDecimal, power
	}
	return n, err
}

// digitsOf returns how many digits any decimal of so many bytes may have.
func digitsOf(size int) int {
	if size == 0 {
		return math.MaxInt // as hamba/avro has it
	}
	return int(math.Floor(math.Log10(2) * (8*float64(size) - 1)))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package datum

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strings"
	"unicode/utf8"
)

const (
	// maxText is how long a schema may be, in bytes.
	maxText = 1 << 20
	// maxTypes is how many types the text of a schema may use.
	maxTypes = 100_000
	// maxNesting is how deep types may be nested in the text of a schema.
	maxNesting = 100
	// maxScale is how many digits of a decimal may follow its point: a decimal of
	// any size is a fraction whose denominator has that many.
	maxScale = 1000
)

// Schema is a schema whose text has been read. It never changes.
type Schema struct {
	root *node
	text string
}

// Text returns the schema as JSON, without defaults: no reader of what it returns
// has to check those, which takes some of them time without end.
func (s *Schema) Text() string { return s.text }

// kind is a type, or a type with a meaning of its own.
type kind uint8

const (
	null kind = iota
	boolean
	integer
	long
	float
	double
	bytes
	text
	fixed
	enum
	record
	array
	mapping
	union
	date
	timeMillis
	timeMicros
	timestampMillis
	timestampMicros
	decimal      // bytes
	fixedDecimal // fixed
	duration     // fixed
)

// node is a type. Named types are the same node wherever they are used, so that
// nodes may form a circle.
type node struct {
	kind  kind
	name  string   // the full one of a named type, without its meaning
	size  int      // of a fixed type
	power *big.Int // of a decimal: what its unscaled value is divided by
	names []string // of a record's fields, or an enum's symbols
	inner []*node  // types of fields, of a union, or the one of items or of values
}

var primitives = map[string]*node{
	"null": {kind: null, name: "null"}, "boolean": {kind: boolean, name: "boolean"}, "int": {kind: integer, name: "int"}, "long": {kind: long, name: "long"},
	"float": {kind: float, name: "float"}, "double": {kind: double, name: "double"}, "bytes": {kind: bytes, name: "bytes"}, "string": {kind: text, name: "string"},
}

// meanings are the logical types that change what a value is in Go, by the type
// that they are of.
var meanings = map[string]map[string]*node{
	"int": {"date": {kind: date, name: "int"}, "time-millis": {kind: timeMillis, name: "int"}},
	"long": {
		"time-micros":            {kind: timeMicros, name: "long"},
		"timestamp-millis":       {kind: timestampMillis, name: "long"},
		"timestamp-micros":       {kind: timestampMicros, name: "long"},
		"local-timestamp-millis": {kind: timestampMillis, name: "long"},
		"local-timestamp-micros": {kind: timestampMicros, name: "long"},
	},
}

// Parse reads the text of an Avro schema. What it takes is bounded, whatever the
// text.
func Parse(source string) (*Schema, error) {
	switch {
	case len(source) > maxText:
		return nil, fmt.Errorf("an Avro schema of %d bytes is longer than %d", len(source), maxText)
	case !utf8.ValidString(source):
		return nil, errors.New("an Avro schema that is not UTF-8")
	}
	decoder := json.NewDecoder(strings.NewReader(source))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("an Avro schema that is not JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("an Avro schema that is not JSON: it does not end with its value")
	}
	p := parser{named: map[string]*node{}, powers: map[int]*big.Int{}}
	root, err := p.parse(tree, "", 0)
	if err != nil {
		return nil, fmt.Errorf("avro schema: %w", err)
	}
	clean, err := json.Marshal(tree)
	if err != nil {
		return nil, fmt.Errorf("avro schema: %w", err)
	}
	return &Schema{root: root, text: string(clean)}, nil
}

// parser makes nodes of JSON, from which it removes the defaults.
type parser struct {
	named  map[string]*node
	powers map[int]*big.Int // of ten, by scale
	types  int              // read so far
}

func (p *parser) parse(v any, namespace string, depth int) (*node, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("types are nested deeper than %d", maxNesting)
	}
	if p.types++; p.types > maxTypes {
		return nil, fmt.Errorf("it has more than %d types", maxTypes)
	}
	switch v := v.(type) {
	case nil:
		return primitives["null"], nil
	case string:
		return p.find(v, namespace)
	case []any:
		return p.union(v, namespace, depth)
	case map[string]any:
		return p.object(v, namespace, depth)
	default:
		return nil, fmt.Errorf("%v is not a type", v)
	}
}

func (p *parser) find(name, namespace string) (*node, error) {
	if n, ok := primitives[name]; ok {
		return n, nil
	}
	if n, ok := p.named[fullName(name, namespace)]; ok {
		return n, nil
	}
	return nil, fmt.Errorf("no type is named %q", name)
}

func (p *parser) union(types []any, namespace string, depth int) (*node, error) {
	n := &node{kind: union, inner: make([]*node, len(types))}
	for i, t := range types {
		var err error
		if n.inner[i], err = p.parse(t, namespace, depth+1); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (p *parser) object(m map[string]any, namespace string, depth int) (*node, error) {
	if types, ok := m["type"].([]any); ok {
		return p.union(types, namespace, depth)
	}
	name, ok := m["type"].(string)
	if !ok {
		return nil, errors.New("a type has no name")
	}
	switch name {
	case "record", "error":
		return p.record(m, namespace, depth)
	case "enum":
		return p.enum(m, namespace)
	case "fixed":
		return p.fixed(m, namespace)
	case "array":
		return p.container(node{kind: array, name: name}, m, "items", namespace, depth)
	case "map":
		return p.container(node{kind: mapping, name: name}, m, "values", namespace, depth)
	case "bytes":
		if power, ok, err := p.decimal(m); ok || err != nil {
			return &node{kind: decimal, name: name, power: power}, err
		}
	}
	if logical, ok := m["logicalType"].(string); ok {
		if n, ok := meanings[name][logical]; ok {
			return n, nil
		}
	}
	return p.find(name, namespace)
}

func (p *parser) container(n node, m map[string]any, of, namespace string, depth int) (*node, error) {
	t, ok := m[of]
	if !ok {
		return nil, fmt.Errorf("a type has no %s", of)
	}
	inner, err := p.parse(t, namespace, depth+1)
	n.inner = []*node{inner}
	return &n, err
}

// decimal returns what divides the values of a decimal, and whether m is one: a
// decimal that is invalid is none.
func (p *parser) decimal(m map[string]any) (*big.Int, bool, error) {
	precision, _ := wholeNumber(m["precision"])
	scale, scaleOK := wholeNumber(m["scale"])
	scaleOK = scaleOK || m["scale"] == nil
	if m["logicalType"] != "decimal" || precision <= 0 || !scaleOK || scale < 0 || scale > precision {
		return nil, false, nil
	}
	if scale > maxScale {
		return nil, false, fmt.Errorf("a decimal's scale of %d is more than %d", scale, maxScale)
	}
	power, ok := p.powers[scale]
	if !ok {
		power = new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
		p.powers[scale] = power
	}
	return power, true, nil
}

// wholeNumber returns a number of a schema, which may be written as a fraction.
func wholeNumber(v any) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		return 0, false
	}
	return int(f), true
}

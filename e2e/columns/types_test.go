// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"time"

	"pgregory.net/rapid"
)

// fieldType is a type of values: how Avro describes it, how a value is made, and
// what a reader must find of it.
type fieldType struct {
	avro     any
	required bool // never null: the SDK marshals no such null
	// draw returns a value as a record holds it.
	draw func(t *rapid.T) any
	// read returns what a reader finds of a value in a column that follows a
	// schema; inferred that in a column whose type was inferred, if it is not the
	// same.
	read, inferred func(v any) any
}

func (f fieldType) want(v any, declared bool) any {
	switch {
	case v == nil:
		return nil
	case !declared && f.inferred != nil:
		return f.inferred(v)
	case f.read != nil:
		return f.read(v)
	default:
		return v
	}
}

func logical(of, name string) map[string]any { return map[string]any{"type": of, "logicalType": name} }

var (
	bytesGen = rapid.SliceOfN(rapid.Byte(), 0, 40)
	timeGen  = rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMicro(rapid.Int64Range(-60_000_000_000_000_000, 250_000_000_000_000_000).Draw(t, "micros")).UTC()
	})
)

func number(n int64) any { return new(big.Rat).SetInt64(n) }

// leafTypes are the types of columns that hold no others.
func leafTypes() map[string]fieldType {
	return map[string]fieldType{
		"boolean": {avro: "boolean", draw: func(t *rapid.T) any { return rapid.Bool().Draw(t, "boolean") }},
		"int": {
			avro: "int", draw: func(t *rapid.T) any { return int(rapid.Int32().Draw(t, "int")) },
			read: func(v any) any { return number(int64(v.(int))) },
		},
		"long": {
			avro: "long", draw: func(t *rapid.T) any { return rapid.Int64().Draw(t, "long") },
			read: func(v any) any { return number(v.(int64)) },
		},
		"float": {
			avro: "float", draw: func(t *rapid.T) any { return rapid.Float32().Draw(t, "float") },
			read: func(v any) any { return float64(v.(float32)) },
		},
		"double": {avro: "double", draw: func(t *rapid.T) any {
			return rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1)})).Draw(t, "double")
		}},
		"string":  {avro: "string", draw: func(t *rapid.T) any { return rapid.String().Draw(t, "string") }},
		"bytes":   {avro: "bytes", draw: func(t *rapid.T) any { return bytesGen.Draw(t, "bytes") }},
		"decimal": decimalType(20, 4), "decimal32": decimalType(9, 2), "decimal64": decimalType(18, 0), "decimal38": decimalType(38, 38),
		"date": {
			avro: logical("int", "date"),
			draw: func(t *rapid.T) any { return timeGen.Draw(t, "date").Truncate(24 * time.Hour) },
		},
		"time": {
			avro: logical("long", "time-micros"),
			draw: func(t *rapid.T) any {
				return time.Duration(rapid.Int64Range(0, 86_399_999_999).Draw(t, "time")) * time.Microsecond
			},
			inferred: func(v any) any { return number(int64(v.(time.Duration))) },
		},
		"timestamp":       {avro: logical("long", "timestamp-micros"), draw: func(t *rapid.T) any { return timeGen.Draw(t, "timestamp") }},
		"timestampMillis": {avro: logical("long", "timestamp-millis"), draw: func(t *rapid.T) any { return timeGen.Draw(t, "timestamp").Truncate(time.Millisecond) }},
		"uuid": {
			avro: logical("string", "uuid"),
			draw: func(t *rapid.T) any {
				b := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid")
				return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
			},
		},
		"enum": {
			avro: map[string]any{"type": "enum", "symbols": []string{"red", "green"}},
			draw: func(t *rapid.T) any { return rapid.SampledFrom([]string{"red", "green"}).Draw(t, "enum") }, required: true,
		},
	}
}

func decimalType(precision, scale int) fieldType {
	return fieldType{
		avro: map[string]any{"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale},
		draw: func(t *rapid.T) any {
			digits := rapid.SliceOfN(rapid.ByteRange('0', '9'), 1, precision).Draw(t, "digits")
			n, _ := new(big.Int).SetString(string(digits), 10)
			if rapid.Bool().Draw(t, "negative") {
				n.Neg(n)
			}
			return new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
		},
	}
}

// drawType returns a type, perhaps with others inside.
func drawType(t *rapid.T, name string, depth int) fieldType {
	leaves := leafTypes()
	kinds := rapid.SampledFrom([]string{"leaf", "leaf", "leaf", "record", "list", "map"})
	kind := kinds.Draw(t, "kind")
	if depth == 3 {
		kind = "leaf"
	}
	switch kind {
	case "record":
		return recordType(t, name, depth)
	case "list":
		return listType(drawType(t, name+"_e", depth+1))
	case "map":
		return mapType(drawType(t, name+"_v", depth+1))
	default:
		names := make([]string, 0, len(leaves))
		for name := range leaves {
			names = append(names, name)
		}
		leaf := leaves[rapid.SampledFrom(sorted(names)).Draw(t, "type")]
		if e, ok := leaf.avro.(map[string]any); ok && e["type"] == "enum" {
			e["name"] = name
		}
		return leaf
	}
}

// described returns a type as the type of a field, which may be null.
func (f fieldType) described() any {
	if f.required {
		return f.avro
	}
	return []any{"null", f.avro}
}

func recordType(t *rapid.T, name string, depth int) fieldType {
	fields := map[string]fieldType{}
	var described []any
	for i := range rapid.IntRange(1, 5).Draw(t, "fields") {
		field := fmt.Sprintf("f%d", i)
		fields[field] = drawType(t, name+field, depth+1)
		described = append(described, map[string]any{"name": field, "type": fields[field].described()})
	}
	each := func(v any, of func(fieldType, any) any) any {
		values := map[string]any{}
		for name, value := range v.(map[string]any) {
			if value != nil {
				values[name] = of(fields[name], value)
			}
		}
		return values
	}
	return fieldType{
		avro: map[string]any{"type": "record", "name": name, "fields": described}, required: true,
		draw: func(t *rapid.T) any {
			values := map[string]any{}
			for _, field := range sortedKeys(fields) {
				values[field] = nil
				if fields[field].required || rapid.IntRange(0, 4).Draw(t, "null") > 0 {
					values[field] = fields[field].draw(t)
				}
			}
			return values
		},
		read:     func(v any) any { return each(v, func(f fieldType, v any) any { return f.want(v, true) }) },
		inferred: func(v any) any { return each(v, func(f fieldType, v any) any { return f.want(v, false) }) },
	}
}

func listType(of fieldType) fieldType {
	each := func(v any, declared bool) any {
		items := []any{}
		for _, item := range v.([]any) {
			items = append(items, of.want(item, declared))
		}
		return items
	}
	return fieldType{
		avro: map[string]any{"type": "array", "items": of.avro}, required: true,
		draw: func(t *rapid.T) any {
			items := []any{}
			for range rapid.IntRange(0, 3).Draw(t, "items") {
				items = append(items, of.draw(t))
			}
			return items
		},
		read:     func(v any) any { return each(v, true) },
		inferred: func(v any) any { return each(v, false) },
	}
}

func mapType(of fieldType) fieldType {
	each := func(v any, declared bool) any {
		values := map[string]any{}
		for name, value := range v.(map[string]any) {
			values[name] = of.want(value, declared)
		}
		return values
	}
	return fieldType{
		avro: map[string]any{"type": "map", "values": of.avro}, required: true,
		draw: func(t *rapid.T) any {
			values := map[string]any{}
			for i := range rapid.IntRange(0, 3).Draw(t, "values") {
				values[fmt.Sprintf("k%d", i)] = of.draw(t)
			}
			return values
		},
		read:     func(v any) any { return each(v, true) },
		inferred: func(v any) any { return each(v, false) },
	}
}

func schemaText(f fieldType) string {
	text, err := json.Marshal(f.avro)
	if err != nil {
		panic(err)
	}
	return string(text)
}

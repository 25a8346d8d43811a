// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"time"

	"github.com/hamba/avro/v2"
	"pgregory.net/rapid"
)

// fieldType is a type of values: how Avro describes it, how a value is made, and
// what a reader must find of it.
type fieldType struct {
	avro any
	// branch is the name that Avro's encoder wants for a value in a union; empty
	// if it finds that out.
	branch string
	// never null: the SDK can't decode it in a union.
	required, mayBeNull bool
	// draw returns a value as a record holds it.
	draw func(t *rapid.T) any
	// encode returns a value as Avro's encoder wants it; nil if it is the same.
	encode func(v any) any
	// read returns what a reader finds of a value in a column that follows a
	// schema; inferred that in a column whose type was inferred, if it is not the
	// same.
	read, inferred func(v any) any
}

func (f fieldType) encoded(v any) any {
	if v == nil || f.encode == nil {
		return v
	}
	return f.encode(v)
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

// mapKey draws names of values in maps, of which some could be those of types.
var mapKey = rapid.SampledFrom([]string{"k0", "k1", "map", "array", "row", "rowf0", "é", "a.b"})

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
			draw: func(t *rapid.T) any { return rapid.SampledFrom([]string{"red", "green"}).Draw(t, "enum") },
		},
		"fixed": {
			avro: map[string]any{"type": "fixed", "size": 3},
			draw: func(t *rapid.T) any { return [3]byte(rapid.SliceOfN(rapid.Byte(), 3, 3).Draw(t, "fixed")) },
			read: func(v any) any { b := v.([3]byte); return b[:] },
		},
		"duration": {
			avro: map[string]any{"type": "fixed", "size": 12, "logicalType": "duration"},
			draw: func(t *rapid.T) any {
				return avro.LogicalDuration{Months: rapid.Uint32().Draw(t, "months"), Days: rapid.Uint32().Draw(t, "days"), Milliseconds: rapid.Uint32().Draw(t, "milliseconds")}
			},
			read: func(v any) any {
				d := v.(avro.LogicalDuration)
				return map[string]any{"months": number(int64(d.Months)), "days": number(int64(d.Days)), "milliseconds": number(int64(d.Milliseconds))}
			},
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

// drawType returns a type, perhaps with others inside, and perhaps one that may
// be null.
func drawType(t *rapid.T, name string, depth int) fieldType {
	of := drawRequired(t, name, depth)
	if of.required || !rapid.Bool().Draw(t, "nullable") {
		return of
	}
	return nullable(of)
}

func drawRequired(t *rapid.T, name string, depth int) fieldType {
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
		leaf := leaves[rapid.SampledFrom(sortedKeys(leaves)).Draw(t, "type")]
		if described, ok := leaf.avro.(map[string]any); ok && (described["type"] == "enum" || described["type"] == "fixed") {
			described["name"], leaf.branch = name, name
		}
		return leaf
	}
}

func nullable(of fieldType) fieldType {
	f := of
	f.avro = []any{"null", of.avro}
	f.branch, f.mayBeNull = "", true
	f.draw = func(t *rapid.T) any {
		if rapid.IntRange(0, 4).Draw(t, "null") == 0 {
			return nil
		}
		return of.draw(t)
	}
	f.encode = func(v any) any {
		if of.branch == "" {
			return of.encoded(v)
		}
		return map[string]any{of.branch: of.encoded(v)}
	}
	return f
}

func recordType(t *rapid.T, name string, depth int) fieldType {
	fields := map[string]fieldType{}
	var described []any
	for i := range rapid.IntRange(1, 5).Draw(t, "fields") {
		field := fmt.Sprintf("f%d", i)
		fields[field] = drawType(t, name+field, depth+1)
		described = append(described, map[string]any{"name": field, "type": fields[field].avro})
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
		avro: map[string]any{"type": "record", "name": name, "fields": described}, branch: name,
		draw: func(t *rapid.T) any {
			values := map[string]any{}
			for _, field := range sortedKeys(fields) {
				values[field] = fields[field].draw(t)
			}
			return values
		},
		encode: func(v any) any {
			values := map[string]any{}
			for name, value := range v.(map[string]any) {
				values[name] = fields[name].encoded(value)
			}
			return values
		},
		read:     func(v any) any { return each(v, func(f fieldType, v any) any { return f.want(v, true) }) },
		inferred: func(v any) any { return each(v, func(f fieldType, v any) any { return f.want(v, false) }) },
	}
}

func listType(of fieldType) fieldType {
	each := func(v any, convert func(any) any) any {
		items := []any{}
		for _, item := range v.([]any) {
			items = append(items, convert(item))
		}
		return items
	}
	return fieldType{
		avro: map[string]any{"type": "array", "items": of.avro}, branch: "array", required: of.required,
		draw: func(t *rapid.T) any {
			items := []any{}
			for range rapid.IntRange(0, 3).Draw(t, "items") {
				items = append(items, of.draw(t))
			}
			return items
		},
		encode:   func(v any) any { return each(v, of.encoded) },
		read:     func(v any) any { return each(v, func(v any) any { return of.want(v, true) }) },
		inferred: func(v any) any { return each(v, func(v any) any { return of.want(v, false) }) },
	}
}

func mapType(of fieldType) fieldType {
	each := func(v any, convert func(any) any) map[string]any {
		values := map[string]any{}
		for name, value := range v.(map[string]any) {
			values[name] = convert(value)
		}
		return values
	}
	return fieldType{
		avro: map[string]any{"type": "map", "values": of.avro}, branch: "map", required: of.mayBeNull || of.required,
		draw: func(t *rapid.T) any {
			values := map[string]any{}
			for range rapid.IntRange(0, 3).Draw(t, "values") {
				values[mapKey.Draw(t, "key")] = of.draw(t)
			}
			return values
		},
		encode: func(v any) any { return each(v, of.encoded) },
		read:   func(v any) any { return each(v, func(v any) any { return of.want(v, true) }) },
		inferred: func(v any) any { // its names are columns
			values := each(v, func(v any) any { return of.want(v, false) })
			maps.DeleteFunc(values, func(_ string, v any) bool { return v == nil })
			return values
		},
	}
}

func schemaText(f fieldType) string {
	text, err := json.Marshal(f.avro)
	if err != nil {
		panic(err)
	}
	return string(text)
}

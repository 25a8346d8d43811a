// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	logical "github.com/parquet-go/parquet-go/format"
	"gotest.tools/v3/assert"
)

// jsonValue is what was read from a column of JSON.
type jsonValue string

// readRows reads the rows of a Parquet file as maps: groups and maps as maps,
// lists as slices, null as nil, and leaves by their logical types.
func readRows(t testing.TB, file []byte) (*parquet.Schema, []map[string]any) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	assert.NilError(t, err)
	checkBounds(t, f)
	reader := parquet.NewGenericReader[any](f)
	defer reader.Close()
	var rows []map[string]any
	for {
		buffer := make([]parquet.Row, 16)
		n, err := reader.ReadRows(buffer)
		for _, row := range buffer[:n] {
			r := assembler{leaves: make([][]parquet.Value, len(f.Schema().Columns()))}
			for _, v := range row {
				r.leaves[v.Column()] = append(r.leaves[v.Column()], v.Clone())
			}
			rows = append(rows, r.group(f.Schema(), 0, 0, 0).(map[string]any))
		}
		if errors.Is(err, io.EOF) {
			return f.Schema(), rows
		}
		assert.NilError(t, err)
	}
}

// assembler puts a row together from the values of its leaves, as the format's
// documentation describes it.
type assembler struct{ leaves [][]parquet.Value }

func (a *assembler) read(n parquet.Node, leaf, definition, repetition int) any {
	if n.Optional() {
		definition++
		if a.leaves[leaf][0].DefinitionLevel() < definition {
			a.drop(leaf, leaves(n))
			return nil
		}
	}
	switch {
	case n.Leaf():
		v := a.leaves[leaf][0]
		a.drop(leaf, 1)
		return valueOf(n.Type(), v)
	case logicalName(n.Type()) == "LIST":
		items := []any{}
		a.repeated(n, leaf, definition, repetition, func() {
			items = append(items, a.read(field(n, 0).Fields()[0], leaf, definition+1, repetition+1))
		})
		return items
	case logicalName(n.Type()) == "MAP":
		values := map[string]any{}
		a.repeated(n, leaf, definition, repetition, func() {
			fields := field(n, 0).Fields()
			name := a.read(fields[0], leaf, definition+1, repetition+1)
			values[name.(string)] = a.read(fields[1], leaf+1, definition+1, repetition+1)
		})
		return values
	default:
		return a.group(n, leaf, definition, repetition)
	}
}

func (a *assembler) group(n parquet.Node, leaf, definition, repetition int) any {
	fields := map[string]any{}
	for _, f := range n.Fields() {
		fields[f.Name()] = a.read(f, leaf, definition, repetition)
		leaf += leaves(f)
	}
	return joined(fields)
}

// joined returns the fields of a group with those that have no column, whose values are
// JSON, and with bytes in the place of the fields of which there are none.
func joined(fields map[string]any) map[string]any {
	if text, ok := fields["_rest"].(string); ok {
		var rest map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &rest); err != nil {
			panic(err)
		}
		for name, value := range rest {
			fields[name] = jsonValue(value)
		}
	}
	delete(fields, "_rest")
	for _, name := range []string{"key", "before", "after", "_key"} {
		if raw := fields[name+"_raw"]; raw != nil {
			fields[name] = raw
		}
		delete(fields, name+"_raw")
	}
	return fields
}

// withoutRest returns a schema without the columns of fields that have none.
func withoutRest(schema string) string {
	return regexp.MustCompile(`(?m)^\t*optional binary _rest \(STRING\);\n`).ReplaceAllString(schema, "")
}

func (a *assembler) repeated(n parquet.Node, leaf, definition, repetition int, element func()) {
	if a.leaves[leaf][0].DefinitionLevel() <= definition {
		a.drop(leaf, leaves(n))
		return
	}
	for more := true; more; more = len(a.leaves[leaf]) > 0 && a.leaves[leaf][0].RepetitionLevel() > repetition {
		element()
	}
}

func (a *assembler) drop(leaf, n int) {
	for i := leaf; i < leaf+n; i++ {
		a.leaves[i] = a.leaves[i][1:]
	}
}

func field(n parquet.Node, i int) parquet.Node { return n.Fields()[i] }

func leaves(n parquet.Node) int {
	if n.Leaf() {
		return 1
	}
	sum := 0
	for _, f := range n.Fields() {
		sum += leaves(f)
	}
	return sum
}

// logicalName returns the name of a logical type without its parameters.
func logicalName(typ interface{ LogicalType() *logical.LogicalType }) string {
	if l := typ.LogicalType(); l != nil {
		name, _, _ := strings.Cut(l.String(), "(")
		return name
	}
	return ""
}

func valueOf(typ parquet.Type, v parquet.Value) any {
	switch logicalName(typ) {
	case "STRING", "ENUM":
		return string(v.ByteArray())
	case "JSON":
		return jsonValue(v.ByteArray())
	case "UUID":
		return [16]byte(v.ByteArray())
	case "DECIMAL":
		return decimalValue(typ, v)
	case "DATE":
		return time.Unix(int64(v.Int32())*24*60*60, 0).UTC()
	case "TIME":
		return time.Duration(v.Int64()) * time.Microsecond
	case "TIMESTAMP":
		return time.UnixMicro(v.Int64()).UTC()
	}
	switch v.Kind() {
	case parquet.Boolean:
		return v.Boolean()
	case parquet.Int32:
		return int64(v.Int32())
	case parquet.Int64:
		return v.Int64()
	case parquet.Float:
		return v.Float()
	case parquet.Double:
		return v.Double()
	default:
		return append([]byte{}, v.ByteArray()...)
	}
}

func decimalValue(typ parquet.Type, v parquet.Value) *big.Rat {
	var unscaled *big.Int
	switch v.Kind() {
	case parquet.Int32:
		unscaled = big.NewInt(int64(v.Int32()))
	case parquet.Int64:
		unscaled = big.NewInt(v.Int64())
	default:
		unscaled = new(big.Int).SetBytes(v.ByteArray())
		if v.ByteArray()[0] >= 0x80 {
			unscaled.Sub(unscaled, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v.ByteArray()))))
		}
	}
	scale := int64(typ.LogicalType().Value.(*logical.DecimalType).Scale)
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(scale), nil)
	return new(big.Rat).SetFrac(unscaled, power)
}

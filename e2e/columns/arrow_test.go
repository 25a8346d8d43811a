// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"bytes"
	"fmt"
	"math/big"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// readArrow reads a file with Arrow, and the types of its columns.
func readArrow(t tester, file []byte) ([]map[string]any, map[string]string) {
	t.Helper()
	table, err := pqarrow.ReadTable(t.Context(), bytes.NewReader(file), parquet.NewReaderProperties(memory.DefaultAllocator), pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatalf("read with arrow: %v", err)
	}
	defer table.Release()
	types := map[string]string{}
	for _, f := range table.Schema().Fields() {
		types[f.Name] = f.Type.String()
	}
	return arrowRows(table), types
}

func arrowValue(column arrow.Array, i int) any {
	if column.IsNull(i) {
		return nil
	}
	switch a := column.(type) {
	case array.ExtensionArray:
		return arrowExtension(a, i)
	case *array.Boolean:
		return a.Value(i)
	case *array.Int32:
		return number(int64(a.Value(i)))
	case *array.Int64:
		return number(a.Value(i))
	case *array.Float32:
		return float64(a.Value(i))
	case *array.Float64:
		return a.Value(i)
	case *array.String:
		return a.Value(i)
	case *array.Binary:
		return append([]byte{}, a.Value(i)...)
	case *array.FixedSizeBinary:
		return append([]byte{}, a.Value(i)...)
	case *array.Decimal128:
		return ratio(a.Value(i).BigInt(), int(a.DataType().(*arrow.Decimal128Type).Scale))
	case *array.Date32:
		return a.Value(i).ToTime()
	case *array.Time64:
		return time.Duration(a.Value(i)) * time.Microsecond
	case *array.Timestamp:
		return a.Value(i).ToTime(arrow.Microsecond)
	case *array.Struct:
		fields := map[string]any{}
		for c, f := range a.DataType().(*arrow.StructType).Fields() {
			if value := arrowValue(a.Field(c), i); value != nil {
				fields[f.Name] = value
			}
		}
		return fields
	case *array.Map:
		values := map[string]any{}
		begin, end := a.ValueOffsets(i)
		for j := begin; j < end; j++ {
			values[arrowValue(a.Keys(), int(j)).(string)] = arrowValue(a.Items(), int(j))
		}
		return values
	case *array.List:
		items := []any{}
		begin, end := a.ValueOffsets(i)
		for j := begin; j < end; j++ {
			items = append(items, arrowValue(a.ListValues(), int(j)))
		}
		return items
	default:
		panic(fmt.Sprintf("arrow: %T", column))
	}
}

func arrowExtension(a array.ExtensionArray, i int) any {
	value := arrowValue(a.Storage(), i)
	switch a.ExtensionType().ExtensionName() {
	case "arrow.uuid":
		return uuidText(value.([]byte))
	default:
		return value
	}
}

func uuidText(b []byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func ratio(unscaled *big.Int, scale int) *big.Rat {
	return new(big.Rat).SetFrac(unscaled, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// Arrow for Go has no datasets. These are the rules of those of Arrow for C++
// (MakeExecBatch, CastStruct and Schema::Merge), without those that convert
// values: whether they find the same values depends on which file is the first.
//
//   - A field has the same type in all files that have it. Structs, lists and maps
//     are the same if what they have in common is.
//   - A field that a file does not have is null in its rows, so that a field of a
//     struct that is never null must be in all files.

// unify returns the fields of both.
func unify(path string, a, b []arrow.Field) ([]arrow.Field, error) {
	at := map[string]int{}
	for i, f := range a {
		at[f.Name] = i
	}
	all := append([]arrow.Field{}, a...)
	for _, f := range b {
		i, ok := at[f.Name]
		if !ok {
			f.Nullable = true
			all = append(all, f)
			continue
		}
		typ, err := unifyTypes(path+"."+f.Name, all[i].Type, f.Type)
		if err != nil {
			return nil, err
		}
		all[i].Type, all[i].Nullable = typ, all[i].Nullable || f.Nullable
	}
	return all, nil
}

func unifyTypes(path string, a, b arrow.DataType) (arrow.DataType, error) {
	if a.ID() != b.ID() {
		return nil, fmt.Errorf("types: %s is %s and %s", path[1:], a, b)
	}
	switch a := a.(type) {
	case *arrow.StructType:
		fields, err := unify(path, a.Fields(), b.(*arrow.StructType).Fields())
		return arrow.StructOf(fields...), err
	case *arrow.ListType:
		element, err := unifyTypes(path+".element", a.Elem(), b.(*arrow.ListType).Elem())
		if err != nil {
			return nil, err
		}
		return arrow.ListOf(element), nil
	case *arrow.MapType:
		item, err := unifyTypes(path+".value", a.ItemType(), b.(*arrow.MapType).ItemType())
		if err != nil {
			return nil, err
		}
		return arrow.MapOf(a.KeyType(), item), nil
	}
	if !arrow.TypeEqual(a, b) {
		return nil, fmt.Errorf("types: %s is %s and %s", path[1:], a, b)
	}
	return a, nil
}

// sameNames returns an error if two fields next to each other differ in nothing
// but case: Spark and Athena take them for one.
func sameNames(path string, fields []arrow.Field) error {
	names := map[string]string{}
	for _, f := range fields {
		folded := strings.ToLower(strings.ToUpper(f.Name))
		if other, ok := names[folded]; ok {
			return fmt.Errorf("names: %s has the fields %q and %q", path, other, f.Name)
		}
		names[folded] = f.Name
		typ := f.Type
		if list, ok := typ.(*arrow.ListType); ok {
			typ = list.Elem()
		}
		if s, ok := typ.(*arrow.StructType); ok {
			if err := sameNames(path+"."+f.Name, s.Fields()); err != nil {
				return err
			}
		}
	}
	return nil
}

// tableColumns are the columns of a table.
type tableColumns struct {
	fields []arrow.Field
	files  int
	in     map[string]int // how many of the files have a column
}

// arrowTable reads files as one table.
func arrowTable(ctx context.Context, files [][]byte) ([]map[string]any, tableColumns, error) {
	var rows []map[string]any
	columns := tableColumns{files: len(files), in: map[string]int{}}
	for i, file := range files {
		table, err := pqarrow.ReadTable(ctx, bytes.NewReader(file), parquet.NewReaderProperties(memory.DefaultAllocator), pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
		if err != nil {
			return nil, columns, err
		}
		fields := table.Schema().Fields()
		for _, f := range fields {
			columns.in[f.Name]++
		}
		if i > 0 {
			if fields, err = unify("", columns.fields, fields); err != nil {
				return nil, columns, err
			}
		}
		columns.fields = fields
		rows = append(rows, arrowRows(table)...)
		table.Release()
	}
	return rows, columns, sameNames("the table", columns.fields)
}

func arrowRows(table arrow.Table) []map[string]any {
	reader := array.NewTableReader(table, 0)
	defer reader.Release()
	var rows []map[string]any
	for reader.Next() {
		batch := reader.RecordBatch()
		for i := range int(batch.NumRows()) {
			row := map[string]any{}
			for c, f := range table.Schema().Fields() {
				row[f.Name] = arrowValue(batch.Column(c), i)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

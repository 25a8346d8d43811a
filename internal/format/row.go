// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/parquet-go/parquet-go"
)

const (
	columnBefore = "before"
	columnAfter  = "after"
)

// The columns that have values, in the order of the schema.
const (
	operationColumn = iota
	positionColumn
	keyColumn
	metadataNameColumn
	metadataValueColumn
	beforeColumn
	afterColumn
)

// columns are the fields of a group, in the order in which they stand in the
// file. A parquet.Group alone sorts them by name.
type columns []struct {
	name string
	node parquet.Node
}

func (c columns) node() parquet.Node {
	group := make(parquet.Group, len(c))
	names := make([]string, len(c))
	for i, column := range c {
		group[column.name], names[i] = column.node, column.name
	}
	return orderedGroup{Group: group, names: names}
}

type orderedGroup struct {
	parquet.Group
	names []string
}

func (g orderedGroup) Fields() []parquet.Field {
	fields := slices.Clone(g.Group.Fields())
	slices.SortFunc(fields, func(a, b parquet.Field) int {
		return slices.Index(g.names, a.Name()) - slices.Index(g.names, b.Name())
	})
	return fields
}

// rowOf returns rec as a row of shape.schema. It shares rec's bytes.
func rowOf(rec opencdc.Record) (parquet.Row, error) {
	if err := check(rec); err != nil {
		return nil, err
	}
	row := make(parquet.Row, 0, 5+2*max(1, len(rec.Metadata)))
	row = append(row,
		parquet.ByteArrayValue([]byte(rec.Operation.String())).Level(0, 0, operationColumn),
		parquet.ByteArrayValue(rec.Position).Level(0, 0, positionColumn),
	)
	row, err := appendData(row, keyColumn, fieldKey, rec.Key)
	if err != nil {
		return nil, err
	}
	row = appendMetadata(row, rec.Metadata)
	if row, err = appendData(row, beforeColumn, fieldBefore, rec.Payload.Before); err != nil {
		return nil, err
	}
	return appendData(row, afterColumn, fieldAfter, rec.Payload.After)
}

// appendData appends an optional value: null if there is no data.
func appendData(row parquet.Row, column int, field string, data opencdc.Data) (parquet.Row, error) {
	switch kindOf(data) {
	case raw:
		return append(row, parquet.ByteArrayValue(data.Bytes()).Level(0, 1, column)), nil
	case structured:
		text, err := marshal(data.(opencdc.StructuredData)) //nolint:forcetypeassert // by its kind
		if err != nil {
			return nil, &fieldError{field: field, err: err}
		}
		return append(row, parquet.ByteArrayValue(text).Level(0, 1, column)), nil
	default:
		return append(row, parquet.NullValue().Level(0, 0, column)), nil
	}
}

// appendMetadata appends the two columns of the map, sorted by name.
func appendMetadata(row parquet.Row, metadata opencdc.Metadata) parquet.Row {
	if len(metadata) == 0 {
		return append(row,
			parquet.NullValue().Level(0, 0, metadataNameColumn),
			parquet.NullValue().Level(0, 0, metadataValueColumn),
		)
	}
	names := make([]string, 0, len(metadata))
	for name := range metadata {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		row = append(row, parquet.ByteArrayValue([]byte(name)).Level(min(i, 1), 1, metadataNameColumn))
	}
	for i, name := range names {
		row = append(row, parquet.ByteArrayValue([]byte(metadata[name])).Level(min(i, 1), 1, metadataValueColumn))
	}
	return row
}

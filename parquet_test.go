// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/parquet-go/parquet-go"
	"gotest.tools/v3/assert"
)

// parquetRow is what the acceptance suite compares of a row.
type parquetRow struct {
	Operation string            `parquet:"operation"`
	Position  []byte            `parquet:"position"`
	Key       []byte            `parquet:"key,optional"`
	Metadata  map[string]string `parquet:"metadata"`
	Payload   struct {
		Before []byte `parquet:"before,optional"`
		After  []byte `parquet:"after,optional"`
	} `parquet:"payload"`
}

func readParquet(t *testing.T, file []byte) []opencdc.Record {
	t.Helper()
	rows, err := parquet.Read[parquetRow](bytes.NewReader(file), int64(len(file)))
	assert.NilError(t, err)
	records := make([]opencdc.Record, len(rows))
	for i, row := range rows {
		var operation opencdc.Operation
		assert.NilError(t, operation.UnmarshalText([]byte(row.Operation)))
		records[i] = opencdc.Record{
			Position: row.Position, Operation: operation, Metadata: row.Metadata, Key: spelled(t, row.Key),
			Payload: opencdc.Change{After: spelled(t, row.Payload.After)},
		}
	}
	return records
}

// spelled returns raw data as it is and JSON as OpenCDC spells it (with HTML's
// characters escaped), because the suite compares bytes.
func spelled(t *testing.T, data []byte) opencdc.RawData {
	t.Helper()
	var fields opencdc.StructuredData
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if !json.Valid(data) || decoder.Decode(&fields) != nil {
		return data
	}
	return fields.Bytes()
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3_test

import (
	"bytes"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/parquet-go/parquet-go"
	"gotest.tools/v3/assert"
)

func readParquet(t *testing.T, file []byte) []opencdc.Record {
	t.Helper()
	rows, err := parquet.Read[any](bytes.NewReader(file), int64(len(file)))
	assert.NilError(t, err)
	records := make([]opencdc.Record, len(rows))
	for i, row := range rows {
		columns := row.(map[string]any)
		var operation opencdc.Operation
		assert.NilError(t, operation.UnmarshalText(spelled(columns["operation"])))
		records[i] = opencdc.Record{
			Position: opencdc.Position(spelled(columns["position"])), Operation: operation,
			Metadata: opencdc.Metadata{}, Key: spelled(columns["key"]),
			Payload: opencdc.Change{After: spelled(columns["payload"].(map[string]any)["after"])},
		}
		for name, value := range columns["metadata"].(map[string]any) {
			records[i].Metadata[name] = string(spelled(value))
		}
	}
	return records
}

// spelled returns raw data as it is and fields as OpenCDC spells them, because
// the acceptance suite compares bytes.
func spelled(data any) opencdc.RawData {
	switch data := data.(type) {
	case []byte:
		return data
	case string:
		return opencdc.RawData(data)
	case map[string]any:
		for name, value := range data {
			switch value := value.(type) {
			case nil: // the field of another record
				delete(data, name)
			case []byte:
				data[name] = string(value)
			}
		}
		return opencdc.StructuredData(data).Bytes()
	default:
		return nil
	}
}

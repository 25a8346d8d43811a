// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination_test

import (
	"maps"
	"testing"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-connector-s3/destination"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// Athena and Glue refuse a table with a partition key that is the name of a column.
func TestConfigure_PartitionKeysThatAreColumns(t *testing.T) {
	flat := config.Config{destination.ConfigFormat: "parquet", destination.ConfigParquetLayout: "flat"}
	debezium := config.Config{destination.ConfigSdkRecordFormat: "debezium/json", destination.ConfigSdkRecordFormatOptions: "debezium.schema.name=foo"}
	for _, test := range []struct {
		partition, column string
		settings          config.Config
	}{
		{"operation={{ .Operation }}", "operation", nil},
		{"op={{ .Operation }}", "", nil},
		{"a/Key={{ .Key }}", "Key", config.Config{destination.ConfigFormat: "parquet"}},
		{`{{ if eq .Operation "delete" }}x{{ else }}payload=1{{ end }}`, "payload", nil},
		{"operation={{ .Operation }}", "", flat},
		{"_operation={{ .Operation }}", "_operation", flat},
		{"operation={{ .Operation }}", "", debezium},
		{"operation/{{ .Operation }}", "", nil},
	} {
		settings := config.Config{destination.ConfigPartition: test.partition}
		maps.Copy(settings, test.settings)
		_, err := configure(t.Context(), t, newServer(), settings)
		if test.column == "" {
			assert.Check(t, err)
		} else {
			assert.Check(t, is.ErrorContains(err, `partition: the folder "`+test.column+`=…" has the name of a column`))
		}
	}
}

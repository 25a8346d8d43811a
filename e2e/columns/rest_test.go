// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// The queries of docs/parquet.md find the values that fit no column.
func TestDocs_QueriesOfTheRest(t *testing.T) {
	docs, err := os.ReadFile("../../docs/parquet.md")
	assert.NilError(t, err)
	queries := regexp.MustCompile(`(?s)-- (?:DuckDB|Which)[^\n]*\n(.*?);`).FindAllStringSubmatch(string(docs), -1)
	assert.Assert(t, cmp.Len(queries, 2))

	type fields = opencdc.StructuredData
	recs := []opencdc.Record{create(fields{"amount": 1.5}), create(fields{"amount": 2.5}), create(fields{"amount": "4.25", "": 1})}
	folder := t.TempDir()
	file := encode(t, format.Options{Format: format.Parquet}, recs)
	assert.NilError(t, os.WriteFile(filepath.Join(folder, "orders.parquet"), file, 0o600))
	var found []string
	for _, q := range queries {
		rows, _ := query(t, openDuckDB(t), strings.ReplaceAll(q[1], "s3://bucket/orders", folder)+" ORDER BY 1")
		for _, row := range rows {
			found = append(found, fmt.Sprint(row["amount"], " ", row["field"]))
		}
	}
	assert.Check(t, cmp.DeepEqual(found, []string{"1.5 <nil>", "2.5 <nil>", "4.25 <nil>", "<nil> ", "<nil> amount"}))
}

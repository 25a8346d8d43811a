// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// TestReadme_Query runs the README's query over what its pipeline writes, in a
// folder in place of the bucket.
func TestReadme_Query(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	assert.NilError(t, err)
	queries := regexp.MustCompile("(?ms)^```sql\n(.*?)^```$").FindAllStringSubmatch(string(text), -1)
	assert.Assert(t, is.Len(queries, 1))
	bucket := regexp.MustCompile(`s3://[^/']+`)
	assert.Assert(t, bucket.MatchString(queries[0][1]))

	folder := t.TempDir()
	assert.NilError(t, os.Mkdir(filepath.Join(folder, "events"), 0o700))
	for i, batch := range [][]opencdc.Record{
		{create(opencdc.StructuredData{"id": 1, "name": "ann"}), create(opencdc.StructuredData{"id": 2, "name": "bob"})},
		{create(opencdc.StructuredData{"id": 3, "name": "ann"})},
	} {
		body := encode(t, format.Options{Format: format.Parquet}, batch)
		assert.NilError(t, os.WriteFile(filepath.Join(folder, "events", fmt.Sprintf("%d.parquet", i)), body, 0o600))
	}
	rows, _ := query(t, openDuckDB(t), bucket.ReplaceAllString(queries[0][1], folder))
	assert.Check(t, is.Equal(fmt.Sprint(rows), "[map[name:ann records:2/1] map[name:bob records:1/1]]"))
}

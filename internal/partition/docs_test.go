// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func TestDocs_Examples(t *testing.T) {
	text, err := os.ReadFile("../../docs/folders.md")
	assert.NilError(t, err)
	blocks := strings.Split(string(text), "```")
	var example struct {
		Metadata opencdc.Metadata
		Key      string
		Payload  struct{ Before, After opencdc.StructuredData }
	}
	assert.NilError(t, json.Unmarshal([]byte(strings.TrimPrefix(blocks[1], "json")), &example))
	rec := opencdc.Record{
		Operation: opencdc.OperationUpdate, Metadata: example.Metadata, Key: opencdc.RawData(example.Key),
		Payload: opencdc.Change{Before: example.Payload.Before, After: example.Payload.After},
	}
	tried := 0
	for i := 3; i < len(blocks); i += 2 {
		for pair := range strings.SplitSeq(strings.TrimSpace(blocks[i]), "\n\n") {
			template, want, _ := strings.Cut(pair, "\n")
			got, err := folderOf(t, template, rec)
			assert.Check(t, err, template)
			assert.Check(t, is.Equal(got, want), template)
			tried++
		}
	}
	assert.Check(t, tried > 10)
}

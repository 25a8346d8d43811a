// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	compare "cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// generated is how many records a generator makes: a full buffer and a bit.
const generated = 1234

// TestGeneratorToS3 writes records whose payload is a file's bytes, and others
// with fields, in both formats.
func TestGeneratorToS3(t *testing.T) {
	t.Parallel()
	target, payload := newBucket(t, "to", false), []byte("no utf-8: \x00\xff\xfe\n\"")
	file := filepath.Join(t.TempDir(), "payload")
	assert.NilError(t, os.WriteFile(file, payload, 0o600))
	sources := map[string]connector{
		"raw":    generator("format.type", "file", "format.options.path", file),
		"fields": generator("format.type", "structured", "format.options.id", "int", "format.options.name", "string"),
	}
	checks := map[string]func(*testing.T, opencdc.Record){
		"raw": func(t *testing.T, r opencdc.Record) {
			t.Helper()
			assert.Check(t, cmp.DeepEqual(r.Payload.After, opencdc.Data(opencdc.RawData(payload))))
		},
		"fields": checkFields,
	}

	var pipelines []pipeline
	for kind, source := range sources {
		for _, plugin := range plugins {
			for _, format := range formats {
				id := kind + "-" + plugin + "-" + format
				pipelines = append(pipelines, newPipeline(id, source, s3(plugin, target, "prefix", id+"/", "format", format)))
			}
		}
	}
	e := startEngine(t, pipelines...)
	for _, p := range pipelines {
		waitForRecords(t, e, target, p.ID+"/", generated)
	}
	shutdown(t, e)
	for kind := range sources {
		for _, plugin := range plugins {
			for _, format := range formats {
				id := kind + "-" + plugin + "-" + format
				t.Run(id, func(t *testing.T) {
					records := readRecords(t, target, id+"/")
					slices.SortFunc(records, byPosition) // several objects are written at a time
					assert.Check(t, cmp.Len(records, generated))
					for i, r := range records {
						assert.Check(t, cmp.Equal(string(r.Position), strconv.Itoa(i+1)))
						assert.Check(t, cmp.Equal(r.Operation, opencdc.OperationCreate))
						assert.Check(t, len(r.Key.Bytes()) > 0)
						assert.Check(t, r.Payload.Before == nil)
						assert.Check(t, cmp.Equal(r.Metadata["opencdc.collection"], "things"))
						checks[kind](t, r)
					}
				})
			}
		}
	}
}

// byPosition orders the generator's records as they were made.
func byPosition(a, b opencdc.Record) int {
	return compare.Or(compare.Compare(len(a.Position), len(b.Position)), bytes.Compare(a.Position, b.Position))
}

// generator is Conduit's own source of made-up records.
func generator(settings ...string) connector {
	all := map[string]string{
		"recordCount":                   strconv.Itoa(generated),
		"collections.things.operations": "create",
	}
	for i := 0; i < len(settings); i += 2 {
		all["collections.things."+settings[i]] = settings[i+1]
	}
	return connector{Plugin: "builtin:generator", Settings: all}
}

// checkFields finds the two fields with the types that they had.
func checkFields(t *testing.T, r opencdc.Record) {
	t.Helper()
	fields, ok := r.Payload.After.(opencdc.StructuredData)
	assert.Assert(t, ok, "%T", r.Payload.After)
	assert.Check(t, cmp.Len(fields, 2))
	_, ok = fields["name"].(string)
	assert.Check(t, ok, "name: %T", fields["name"])
	switch id := fields["id"].(type) {
	case float64: // of JSON
		assert.Check(t, id >= 0)
	case int64: // of Parquet
		assert.Check(t, id >= 0)
	default:
		t.Errorf("id: %T", id)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// newRegistry starts a schema registry, as Confluent's, that has the first version
// of each subject.
func newRegistry(t *testing.T, schemas map[string]string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /subjects", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[]") })
	mux.HandleFunc("GET /subjects/{subject}/versions/1", func(w http.ResponseWriter, r *http.Request) {
		subject := r.PathValue("subject")
		w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"subject": subject, "version": 1, "id": 1, "schemaType": "AVRO", "schema": schemas[subject],
		})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// wrapped is an object that unwrap.opencdc makes a record of: whoever may write the
// object decides on the schema and the bytes of the record.
func wrapped(t *testing.T, subject, payload string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"operation": "create",
		"metadata": map[string]string{
			opencdc.MetadataPayloadSchemaSubject: subject, opencdc.MetadataPayloadSchemaVersion: "1",
		},
		"payload": map[string]any{"after": []byte(payload)},
	})
	assert.NilError(t, err)
	return string(text)
}

// TestHostileSchemas writes records that claim 2^40 items in six bytes, or whose
// schema contains itself or takes 2^60 fields. Conduit, which has the connector
// compiled in, lives: what can't be decoded is refused, and the rest is written.
func TestHostileSchemas(t *testing.T) {
	t.Parallel()
	doubled := `"null"`
	for i := range 60 {
		second := fmt.Sprintf(`"L%d"`, i-1)
		if i == 0 {
			second = `"null"`
		}
		doubled = fmt.Sprintf(`{"type":"record","name":"L%d","fields":[{"name":"a","type":%s},{"name":"b","type":%s}]}`, i, doubled, second)
	}
	registry := newRegistry(t, map[string]string{
		"tags":    `{"type":"record","name":"Row","fields":[{"name":"tags","type":{"type":"array","items":"string"}}]}`,
		"nulls":   `{"type":"record","name":"Row","fields":[{"name":"nulls","type":{"type":"array","items":"null"}}]}`,
		"list":    `{"type":"record","name":"Node","fields":[{"name":"n","type":"int"},{"name":"next","type":["null","Node"]}]}`,
		"fixed":   `{"type":"record","name":"Row","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":-5}}]}`,
		"doubled": doubled,
	})
	const claim = "\x80\x80\x80\x80\x80\x40"
	refused := []object{
		{key: "a", body: []byte(wrapped(t, "tags", claim))},
		{key: "b", body: []byte(wrapped(t, "nulls", claim))},
		{key: "c", body: []byte(wrapped(t, "fixed", claim))},
		{key: "d", body: []byte(wrapped(t, "doubled", claim))},
	}
	for _, plugin := range plugins {
		t.Run(plugin, func(t *testing.T) {
			t.Parallel()
			bucket, target, dir := newBucket(t, "from", true), newBucket(t, "to", false), t.TempDir()
			var pipelines []pipeline
			for _, format := range []string{"json", "parquet"} {
				p := newPipeline(format, s3(plugin, bucket), s3(plugin, target, "format", format, "prefix", format+"/"))
				p.Processors = []processor{{ID: "unwrap", Plugin: "unwrap.opencdc"}}
				p.DeadLetterQueue = &deadLetterQueue{Plugin: "builtin:file", Settings: map[string]string{"path": filepath.Join(dir, format)}}
				pipelines = append(pipelines, p)
			}
			e := startEngineWith(t, engine.Config{
				Dir: t.TempDir(), Pipelines: pipelineFile(t, pipelines),
				Flags: []string{"--schema-registry.type=confluent", "--schema-registry.confluent.connection-string=" + registry},
			})
			for i, o := range refused { // one by one: the SDK refuses what follows in a batch
				put(t, bucket, o.key, string(o.body))
				for _, p := range pipelines {
					waitForLines(t, e, filepath.Join(dir, p.ID), i+1)
				}
			}
			put(t, bucket, "y", wrapped(t, "list", "\x02\x02\x04\x00"))
			put(t, bucket, "z", wrapped(t, "tags", "\x02\x02a\x00"))
			for _, p := range pipelines {
				assert.Check(t, cmp.Len(waitForRecords(t, e, target, p.ID+"/", 2), 2))
			}
			shutdown(t, e)
			for _, p := range pipelines {
				records := readFile(t, filepath.Join(dir, p.ID))
				assert.Assert(t, cmp.Len(records, len(refused)))
				assert.Check(t, cmp.Contains(records[0].Metadata["conduit.dlq.nack.error"], `field "tags"`))
			}
			for _, o := range readBucket(t, target, "json/") {
				text := string(o.body)
				assert.Check(t, strings.Contains(text, `{"tags":["a"]}`) || strings.Contains(text, `{"n":1,"next":{"n":2,"next":null}}`), text)
			}
		})
	}
}

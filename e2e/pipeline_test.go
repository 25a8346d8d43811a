// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
	"gotest.tools/v3/assert"
)

// pipeline is an entry of a pipeline file.
type pipeline struct {
	ID         string      `json:"id"`
	Status     string      `json:"status"`
	Connectors []connector `json:"connectors"`
	Processors []processor `json:"processors,omitempty"`

	DeadLetterQueue *deadLetterQueue `json:"dead-letter-queue,omitempty"`
}

// processor changes the records of a pipeline.
type processor struct {
	ID     string `json:"id"`
	Plugin string `json:"plugin"`
}

// deadLetterQueue is where records go that the destination refuses.
type deadLetterQueue struct {
	Plugin     string            `json:"plugin"`
	Settings   map[string]string `json:"settings"`
	WindowSize int               `json:"window-size"` // 0 lets any number of records be refused
}

// connector is one end of a pipeline in a pipeline file.
type connector struct {
	ID       string            `json:"id"`
	Type     string            `json:"type"`
	Plugin   string            `json:"plugin"`
	Settings map[string]string `json:"settings"`
}

// newPipeline returns a pipeline that runs from the start.
func newPipeline(id string, source, destination connector) pipeline {
	source.ID, source.Type = "source", "source"
	destination.ID, destination.Type = "destination", "destination"
	return pipeline{ID: id, Status: "running", Connectors: []connector{source, destination}}
}

// s3 is the connector, "builtin" or "standalone", with what it needs to reach
// the bucket; settings are pairs of name and value that are added.
func s3(plugin, bucket string, settings ...string) connector {
	return connector{Plugin: plugin + ":s3", Settings: access(bucket, settings...)}
}

func access(bucket string, settings ...string) map[string]string {
	return with(map[string]string{
		"aws.accessKeyId":     s3server.AccessKeyID,
		"aws.secretAccessKey": s3server.SecretAccessKey,
		"aws.region":          s3server.Region,
		"aws.endpoint":        store.Endpoint,
		"aws.bucket":          bucket,
	}, settings...)
}

// with returns a copy of settings with the pairs of name and value set in it.
func with(settings map[string]string, pairs ...string) map[string]string {
	settings = maps.Clone(settings)
	for i := 0; i < len(pairs); i += 2 {
		settings[pairs[i]] = pairs[i+1]
	}
	return settings
}

// pipelineFile writes a pipeline file and returns its path. JSON is YAML too.
func pipelineFile(t *testing.T, pipelines []pipeline) string {
	t.Helper()
	text, err := json.MarshalIndent(map[string]any{"version": "2.2", "pipelines": pipelines}, "", "  ")
	assert.NilError(t, err)
	path := filepath.Join(t.TempDir(), "pipelines.yaml")
	assert.NilError(t, os.WriteFile(path, text, 0o600))
	return path
}

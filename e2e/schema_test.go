// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"maps"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/destination"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gotest.tools/v3/assert"
)

func settingsSchema(t *testing.T, side string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../docs/" + side + ".schema.json")
	assert.NilError(t, err)
	return schema
}

// TestSchema_AcceptsTheReadme checks what the README's pipelines set.
func TestSchema_AcceptsTheReadme(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, text := range pipelineFiles(readFences(t, "../README.md")) {
		for _, c := range parsePipelines(t, text, nil) {
			if !strings.HasSuffix(c.Plugin, "s3") {
				continue
			}
			settings := map[string]any{}
			for name, value := range c.Settings {
				settings[name] = value
			}
			assert.Check(t, settingsSchema(t, c.Type).Validate(settings))
			checked++
		}
	}
	assert.Check(t, checked > 1)
}

// TestSchema_Values checks settings as a pipeline's file may have them.
func TestSchema_Values(t *testing.T) {
	t.Parallel()
	required := map[string]any{
		destination.ConfigAwsAccessKeyId: "id", destination.ConfigAwsSecretAccessKey: "secret",
		destination.ConfigAwsRegion: "eu-central-1", destination.ConfigAwsBucket: "orders",
	}
	schema := settingsSchema(t, "destination")
	assert.Check(t, schema.Validate(required))
	for name, values := range map[string][]any{
		destination.ConfigFormat:            {"json", "parquet", "${FORMAT}", "$FORMAT", ""},
		destination.ConfigUploadConcurrency: {8, "8", "${UPLOADS}"},
		destination.ConfigBucketKeyEnabled:  {true, "false", "${KEYS}"},
		destination.ConfigSdkBatchDelay:     {"1s", "1m30s", "0", "1.5h"},
		destination.ConfigAwsEndpoint:       {"http://localhost:9000", "${S3_ENDPOINT}"},
	} {
		for _, value := range values {
			settings := maps.Clone(required)
			settings[name] = value
			assert.Check(t, schema.Validate(settings), "%s: %v", name, value)
		}
	}
	for name, values := range map[string][]any{
		destination.ConfigFormat:            {"csv", 1},
		destination.ConfigUploadConcurrency: {0, 65, "many", 1.5},
		destination.ConfigBucketKeyEnabled:  {"perhaps", 3},
		destination.ConfigSdkBatchDelay:     {"1", "soon", 5},
		destination.ConfigAwsEndpoint:       {"localhost"},
		destination.ConfigAwsBucket:         {"", "a/b", nil},
		"aws.buckets":                       {"orders"},
	} {
		for _, value := range values {
			settings := maps.Clone(required)
			settings[name] = value
			assert.Check(t, schema.Validate(settings) != nil, "%s: %v", name, value)
		}
	}
	for name := range required {
		settings := maps.Clone(required)
		delete(settings, name)
		assert.Check(t, schema.Validate(settings) != nil, "without %s", name)
	}
}

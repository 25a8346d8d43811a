// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// fixture returns the root of a small module in a temporary folder. Like this
// module it depends on the SDK, whose parameters gen reads.
func fixture(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	assert.NilError(t, os.CopyFS(root, os.DirFS("testdata/module")))
	for _, name := range []string{"go.mod", "go.sum"} {
		assert.NilError(t, copyFile("..", root, name))
	}
	return root
}

// replace edits a file of the fixture.
func replace(t *testing.T, root, path, before, after string) {
	t.Helper()
	content := read(t, root, path)
	assert.Assert(t, strings.Contains(content, before), "%s does not hold %q", path, before)
	content = strings.ReplaceAll(content, before, after)
	assert.NilError(t, os.WriteFile(filepath.Join(root, path), []byte(content), 0o644))
}

func read(t *testing.T, root, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, path))
	assert.NilError(t, err)
	return string(content)
}

// tree returns every file under root with its content.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[path] = read(t, root, path)
		}
		return err
	})
	assert.NilError(t, err)
	return files
}

func TestRun_WritesWhatCheckAccepts(t *testing.T) {
	root := fixture(t)
	var out bytes.Buffer
	assert.NilError(t, run(t.Context(), root, false, &out))
	want := []string{
		"wrote source/params_gen.go",
		"wrote destination/params_gen.go",
		"wrote connector.yaml",
		"wrote README.md",
		"wrote docs/parameters.md",
		"wrote docs/source.schema.json",
		"wrote docs/destination.schema.json",
	}
	assert.Check(t, cmp.DeepEqual(strings.Split(strings.TrimSpace(out.String()), "\n"), want))

	out.Reset()
	assert.NilError(t, run(t.Context(), root, true, &out))
	assert.NilError(t, run(t.Context(), root, false, &out))
	assert.Check(t, cmp.Equal(out.String(), ""), "a second run found something to do")
}

func TestRun_CheckNamesEveryStaleFileAndChangesNothing(t *testing.T) {
	root := fixture(t)
	var out bytes.Buffer
	assert.NilError(t, run(t.Context(), root, false, &out))
	assert.NilError(t, os.Remove(filepath.Join(root, "source/params_gen.go")))
	replace(t, root, "docs/parameters.md", "# Parameters", "# Everything")
	replace(t, root, "README.md", "| `format` |", "| `formats` |")
	replace(t, root, "connector.yaml", "default: 1s", "default: 2s")
	before := tree(t, root)

	out.Reset()
	err := run(t.Context(), root, true, &out)
	assert.Check(t, cmp.ErrorIs(err, errStale))
	assert.Check(t, cmp.ErrorContains(err, "go run ./gen"))
	for _, want := range []string{
		"source/params_gen.go: missing\n",
		"docs/parameters.md: stale from line 3 on\n",
		"README.md: stale",
		"connector.yaml: stale",
	} {
		assert.Check(t, cmp.Contains(out.String(), want))
	}
	assert.Check(t, !strings.Contains(out.String(), "destination/params_gen.go"), out.String())
	assert.Check(t, cmp.DeepEqual(tree(t, root), before))
}

func TestRun_MendsABrokenGeneratedFile(t *testing.T) {
	root := fixture(t)
	var out bytes.Buffer
	assert.NilError(t, run(t.Context(), root, false, &out))
	want := tree(t, root)
	replace(t, root, "source/params_gen.go", "package source", "<<<<<<< ours")

	assert.NilError(t, run(t.Context(), root, false, &out))
	assert.Check(t, cmp.DeepEqual(tree(t, root), want))
}

func TestGenerate_IsDeterministic(t *testing.T) {
	root := fixture(t)
	want, err := generate(t.Context(), root)
	assert.NilError(t, err)
	for range 3 {
		got, err := generate(t.Context(), root)
		assert.NilError(t, err)
		for i := range want {
			assert.Check(t, cmp.Equal(got[i].path, want[i].path))
			assert.Check(t, bytes.Equal(got[i].content, want[i].content), want[i].path)
		}
	}
}

func TestGenerate_KeepsWhatIsWrittenByHand(t *testing.T) {
	root := fixture(t)
	assert.NilError(t, run(t.Context(), root, false, &bytes.Buffer{}))

	readme := read(t, root, "README.md")
	assert.Check(t, cmp.Contains(readme, "Conduit replaces {{ .Key }} itself.\n"))
	assert.Check(t, strings.HasSuffix(readme, "\n\nThe end.\n"))
	assert.Check(t, !strings.Contains(readme, "stale"))

	connector := read(t, root, "connector.yaml")
	for _, want := range []string{
		"name: fixture\n", "summary: Written by hand.\n", "    The first line.\n\n    The last line.\n",
		"version: v1.2.3\n", "author: Somebody\n",
	} {
		assert.Check(t, cmp.Contains(connector, want))
	}
	assert.Check(t, !strings.Contains(connector, "gone"))
}

func TestGenerate_DescribesParameters(t *testing.T) {
	root := fixture(t)
	assert.NilError(t, run(t.Context(), root, false, &bytes.Buffer{}))

	for path, wants := range map[string][]string{
		"README.md": {
			"| name | description | type | required | default | example |\n",
			"| `period` | The time between two \\| scans. | duration | no | `1s` | `30s` |\n",
			"| `include` | What is read, separated by commas. | string | no |  | `a/**,*.{csv,tsv}` |\n",
			"| `aws.bucket` | The name of the bucket. | string | yes |  | `orders` |\n",
			"| `sdk.batch.size` | Maximum size of batch before it gets read from the source. | int | no | `7` |  |\n",
			"| `sdk.batch.size` | Maximum size of batch before it gets written to the destination. | int | no | `1000` |  |\n",
		},
		"docs/parameters.md": {
			"### `period`\n\nThe time between\ntwo | scans.\n\n- Type: duration\n- Required: no\n- Default: `1s`\n- Example: `30s`\n",
			"- Required: yes\n- Default: none\n- Validations: one of `json`, `parquet`\n- Example: `parquet`\n",
			"- Default: `7`\n- Validations: greater than `-1`\n",
			"- Validations: regex `^[a-z]+$`\n",
			"`sdk.batch.size` is the most records that an object holds",
			"`sdk.record.format` and its options apply to the format `json` only",
		},
		"docs/source.schema.json": {
			`"title": "Settings of the S3 source"`,
			`"required": [` + "\n" + `    "aws.bucket"` + "\n" + `  ]`,
			`"description": "The time between two | scans.",`,
			`"description": "What is read, separated by commas.",` + "\n" + `      "examples": [` + "\n" + `        "a/**,*.{csv,tsv}"`,
		},
		"docs/destination.schema.json": {
			`"json",` + "\n" + `            "parquet"`,
			`"additionalProperties": false,`,
		},
		"source/params_gen.go": {
			"// Code generated by paramgen. DO NOT EDIT.\n",
			`ConfigPeriod                         = "period"`,
		},
	} {
		for _, want := range wants {
			assert.Check(t, cmp.Contains(read(t, root, path), want), path)
		}
	}
}

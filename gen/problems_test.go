// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// edit is a replacement in a file of the fixture.
type edit struct{ path, before, after string }

func TestGenerate_ReportsEveryProblem(t *testing.T) {
	for name, test := range map[string]struct {
		edits []edit
		want  []string
	}{
		"unknown overrides on both sides": {
			edits: []edit{
				{"source/config.go", "sdk.batch.size=7", "sdk.batch.sice=7"},
				{"destination/config.go", "sdk.batch.delay=1s", "sdk.batch.dely=1s"},
			},
			want: []string{
				`source: tag defaults: no parameter is named "sdk.batch.sice"`,
				`destination: tag defaults: no parameter is named "sdk.batch.dely"`,
			},
		},
		"override that is no pair": {
			edits: []edit{{"source/config.go", "sdk.batch.size=7", "sdk.batch.size"}},
			want:  []string{`tag defaults: "sdk.batch.size" is not a new name=value`},
		},
		"override that stands twice": {
			edits: []edit{{"source/config.go", "sdk.batch.size=7", "sdk.batch.size=7,sdk.batch.size=8"}},
			want:  []string{`tag defaults: "sdk.batch.size=8" is not a new name=value`},
		},
		"values that their parameters refuse": {
			edits: []edit{
				{"source/config.go", "sdk.batch.size=7", "sdk.batch.size=seven"},
				{"source/config.go", `example:"30s"`, `example:"soon"`},
				{"destination/config.go", `example:"parquet"`, `example:"csv"`},
			},
			want: []string{
				`source: default of "sdk.batch.size": `,
				`source: example of "period": `,
				`destination: example of "format": `,
			},
		},
		"example of an unknown parameter": {
			edits: []edit{{"source/config.go", "sdk.batch.delay=5s", "sdk.batch.pause=5s"}},
			want:  []string{`source: tag examples: no parameter is named "sdk.batch.pause"`},
		},
		"parameter without an example": {
			edits: []edit{{"internal/bucket/config.go", ` example:"orders"`, ""}},
			want: []string{
				`source: parameter "aws.bucket" has no example tag`,
				`destination: parameter "aws.bucket" has no example tag`,
			},
		},
		"struct that does not parse": {
			edits: []edit{{"source/config.go", "type Config struct {", "type Config strukt {"}},
			want:  []string{"parse the parameters of source: ", " source/config.go:"},
		},
		"readme without tags": {
			edits: []edit{{"README.md", "readmegen:", "gen:"}},
			want: []string{
				"make README.md: ",
				"tag <!-- readmegen:source.parameters.table --> is missing",
				"tag <!-- readmegen:destination.parameters.table --> is missing",
			},
		},
		"specification that is no YAML": {
			edits: []edit{{"connector.yaml", "name: fixture", "name: ["}},
			want:  []string{"make connector.yaml: "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := fixture(t)
			for _, e := range test.edits {
				replace(t, root, e.path, e.before, e.after)
			}
			before := tree(t, root)

			err := run(t.Context(), root, false, &bytes.Buffer{})
			for _, want := range test.want {
				assert.Check(t, cmp.ErrorContains(err, want))
			}
			assert.Check(t, cmp.DeepEqual(tree(t, root), before), "files were written")
		})
	}
}

func TestGenerate_MissingHandWrittenFile(t *testing.T) {
	for _, path := range []string{"README.md", "connector.yaml", "source/config.go", "go.mod"} {
		t.Run(path, func(t *testing.T) {
			root := fixture(t)
			assert.NilError(t, os.Remove(filepath.Join(root, path)))
			_, err := generate(t.Context(), root)
			assert.Check(t, err != nil)
		})
	}
}

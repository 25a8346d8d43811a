// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// A second directive would make files that -check knows nothing of.
func TestDirective_IsTheOnlyOne(t *testing.T) {
	var found []string
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		content, err := fs.ReadFile(root, name)
		for line := range strings.Lines(string(content)) {
			if strings.HasPrefix(line, "//go:generate ") {
				found = append(found, name+": "+strings.TrimSpace(line))
			}
		}
		return err
	})
	assert.NilError(t, err)
	assert.Check(t, cmp.DeepEqual(found, []string{"connector.go: //go:generate " + command}))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// copyHandWritten copies into scratch what paramgen needs of the module in
// root, without its generated files and tests: paramgen parses whole folders,
// so a generated file that is broken would stop it.
func copyHandWritten(root, scratch string) error {
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(root, scratch, name); err != nil {
			return err
		}
	}
	for _, dir := range []string{"source", "destination", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !isHandWritten(entry.Name()) {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			return copyFile(root, scratch, name)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func isHandWritten(name string) bool {
	return strings.HasSuffix(name, ".go") &&
		!strings.HasSuffix(name, "_test.go") &&
		!strings.HasSuffix(name, "_gen.go")
}

func copyFile(root, scratch, name string) error {
	content, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return err
	}
	path := filepath.Join(scratch, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// file is a generated file; its path is relative to the module's root.
type file struct {
	path    string
	content []byte
}

// staleFile is a file whose content on disk is not the generated one.
type staleFile struct {
	file
	why string
}

// compare returns the files that are missing in root or differ there.
func compare(root string, files []file) ([]staleFile, error) {
	var stale []staleFile
	var errs []error
	for _, f := range files {
		got, err := os.ReadFile(filepath.Join(root, f.path))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			stale = append(stale, staleFile{f, "missing"})
		case err != nil:
			errs = append(errs, err)
		case !bytes.Equal(got, f.content):
			why := fmt.Sprintf("stale from line %d on", firstDifference(got, f.content))
			stale = append(stale, staleFile{f, why})
		}
	}
	return stale, errors.Join(errs...)
}

// firstDifference returns the number of the first line that differs.
func firstDifference(got, want []byte) int {
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			return i + 1
		}
	}
	return min(len(g), len(w)) + 1
}

// write puts the fresh content of stale files into root.
func write(root string, stale []staleFile, out io.Writer) error {
	for _, f := range stale {
		path := filepath.Join(root, f.path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.content, 0o644); err != nil {
			return err
		}
		fmt.Fprintln(out, "wrote", f.path)
	}
	return nil
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/conduitio/conduit-connector-sdk/conn-sdk-cli/readmegen"
)

const readmePath = "README.md"

// readmeTags are the tags between which the README's tables stand.
var readmeTags = [...]string{"source.parameters.table", "destination.parameters.table"}

// The table that takes the place of readmegen's own: as Markdown, with a
// column for examples.
//
//go:embed readme/parameters.table.tmpl
var readmeTemplates embed.FS

var templateFuncs = template.FuncMap{"code": code, "cell": cell}

// makeReadme returns the README with fresh tables. What stands outside of
// readmegen's tags is kept as it is.
func makeReadme(root string, data map[string]any) ([]byte, error) {
	readme, err := os.ReadFile(filepath.Join(root, readmePath))
	if err != nil {
		return nil, err
	}
	if err := checkTags(string(readme)); err != nil {
		return nil, fmt.Errorf("make %s: %w", readmePath, err)
	}
	dir, err := os.MkdirTemp("", "gen")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	// readmegen takes the whole file for a template: braces of the text, such
	// as those of Conduit's own templates, are to come out as they are.
	escaped := strings.ReplaceAll(string(readme), "{{", `{{"{{"}}`)
	path := filepath.Join(dir, readmePath)
	if err := os.WriteFile(path, []byte(escaped), 0o600); err != nil {
		return nil, err
	}
	templates, err := fs.Sub(readmeTemplates, "readme")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = readmegen.Generate(readmegen.GenerateOptions{
		Data:        data,
		ReadmePath:  path,
		Out:         &out,
		FuncMap:     templateFuncs,
		TemplatesFS: templates,
	})
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", readmePath, err)
	}
	return out.Bytes(), nil
}

// checkTags reports every tag that the README lacks.
func checkTags(readme string) error {
	var errs []error
	for _, tag := range readmeTags {
		if open := "<!-- readmegen:" + tag + " -->"; !strings.Contains(readme, open) {
			errs = append(errs, fmt.Errorf("tag %s is missing", open))
		}
	}
	return errors.Join(errs...)
}

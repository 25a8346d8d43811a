// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// documents are the texts that name tests, files and other texts.
var documents = []string{"README.md", "DESIGN.md", "docs/batches.md", "docs/drop-in.md", "docs/upstream.md"}

func TestDocuments_NameTestsThatExist(t *testing.T) {
	exist := testsOfTheProject(t)
	for _, document := range documents {
		text := read(t, document)
		for _, name := range regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w*`).FindAllString(text, -1) {
			assert.Check(t, exist[name], "%s names %s, which no file has", document, name)
		}
	}
}

func TestDocuments_NameFilesThatExist(t *testing.T) {
	for _, document := range documents {
		text := read(t, document)
		for _, match := range regexp.MustCompile("`([\\w./-]+/[\\w.-]+\\.(?:go|yml|yaml|md|json))`").FindAllStringSubmatch(text, -1) {
			_, err := os.Stat(match[1])
			assert.Check(t, err, "%s names %s", document, match[1])
		}
	}
}

func TestDocuments_LinksResolve(t *testing.T) {
	for _, document := range documents {
		text := read(t, document)
		for _, match := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			path, anchor, _ := strings.Cut(match[1], "#")
			if strings.Contains(path, "://") {
				continue
			}
			if path == "" {
				path = document
			} else {
				path = filepath.Join(filepath.Dir(document), path)
			}
			_, err := os.Stat(path)
			assert.Check(t, err, "%s links to %s", document, match[1])
			if err == nil && anchor != "" {
				assert.Check(t, anchorsOf(read(t, path))[anchor], "%s links to %s, which has no such heading", document, match[1])
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	assert.NilError(t, err)
	return string(text)
}

// testsOfTheProject returns the names of the tests in the project's files, those
// of its other modules included.
func testsOfTheProject(t *testing.T) map[string]bool {
	t.Helper()
	declaration := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	names := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && len(path) > 1 && strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		for _, match := range declaration.FindAllStringSubmatch(read(t, path), -1) {
			names[match[1]] = true
		}
		return nil
	})
	assert.NilError(t, err)
	return names
}

// anchorsOf returns the anchors that GitHub gives to the headings of a text in
// Markdown.
func anchorsOf(text string) map[string]bool {
	anchors := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		heading := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(match[1]), "")
		anchors[strings.ReplaceAll(heading, " ", "-")] = true
	}
	return anchors
}

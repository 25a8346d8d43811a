// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/build"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// TestDropIn_DocumentedStepsBuildConduit runs the commands of docs/drop-in.md in
// a copy of Conduit.
func TestDropIn_DocumentedStepsBuildConduit(t *testing.T) {
	t.Parallel()
	folders, err := build.FindFolders(t.Context())
	assert.NilError(t, err)
	conduit := filepath.Join(t.TempDir(), "conduit")
	source := strings.TrimSpace(goRun(t, ".", "list", "-m", "-f", "{{.Dir}}", "github.com/conduitio/conduit"))
	assert.NilError(t, os.CopyFS(conduit, os.DirFS(source)))

	for _, command := range documentedCommands(t, filepath.Join(folders.Root, "docs", "drop-in.md")) {
		goRun(t, conduit, strings.Fields(strings.ReplaceAll(command, "=../conduit-connector-s3", "="+folders.Root))[1:]...)
	}
	out, err := exec.CommandContext(t.Context(), filepath.Join(conduit, "conduit"), "version").CombinedOutput()
	assert.NilError(t, err, "%s", out)
	assert.Check(t, is.Equal(goVersion(t, conduit), goVersion(t, folders.Root)), "what Conduit needs at least")
}

// documentedCommands returns the lines of the first block of commands, all of
// which are of go.
func documentedCommands(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	assert.NilError(t, err)
	block := regexp.MustCompile("(?s)```sh\n(.*?)\n```").FindSubmatch(text)
	assert.Assert(t, is.Len(block, 2), "no commands in %s", path)
	return strings.Split(string(block[1]), "\n")
}

// goVersion returns what the go line of a module names.
func goVersion(t *testing.T, dir string) string {
	t.Helper()
	var mod struct{ Go string }
	assert.NilError(t, json.Unmarshal([]byte(goRun(t, dir, "mod", "edit", "-json")), &mod))
	return mod.Go
}

// goRun runs the go command and returns what it prints.
func goRun(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	assert.NilError(t, err, "go %s: %s", strings.Join(args, " "), problems.String())
	return string(out)
}

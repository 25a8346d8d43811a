// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
	"gopkg.in/yaml.v3"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
	"gotest.tools/v3/poll"
)

// readmeVariables are what a pipeline file in the README may refer to.
func readmeVariables(bucket string) map[string]string {
	return map[string]string{
		"S3_ACCESS_KEY_ID":     s3server.AccessKeyID,
		"S3_SECRET_ACCESS_KEY": s3server.SecretAccessKey,
		"S3_REGION":            s3server.Region,
		"S3_ENDPOINT":          store.Endpoint,
		"S3_BUCKET":            bucket,
	}
}

// TestReadme_Pipelines runs each pipeline file in the README until a record
// has come through it.
func TestReadme_Pipelines(t *testing.T) {
	t.Parallel()
	files := pipelineFiles(readFences(t, "../README.md"))
	var types []string
	for i, text := range files {
		for _, c := range parsePipelines(t, text, nil) {
			if strings.HasSuffix(c.Plugin, "s3") {
				types = append(types, c.Type)
			}
		}
		t.Run(fmt.Sprint(i+1), func(t *testing.T) { runReadmePipeline(t, text) })
	}
	assert.Check(t, slices.Contains(types, "source"), "no pipeline with a source")
	assert.Check(t, slices.Contains(types, "destination"), "no pipeline with a destination")
}

// TestReadme_Commands finds each command of the README among those that tests
// or CI run.
func TestReadme_Commands(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../Makefile")
	assert.NilError(t, err)
	commands := commands(readFences(t, "../README.md"))
	assert.Check(t, len(commands) > 0, "no commands")
	for _, command := range commands {
		t.Run(command, func(t *testing.T) { checkCommand(t, command, string(makefile)) })
	}
}

// TestReadme_Fences reads what is like the README.
func TestReadme_Fences(t *testing.T) {
	fences := parseFences("# Title\n\n```sh\n# a comment\nmake demo\n\nmake \\\n  test\n```\ntext `make none`\n" +
		"```yaml\n# pipeline\nversion: \"2.2\"\npipelines:\n  - id: a\n```\n```yaml\nother: file\n```\n")
	assert.Check(t, cmp.DeepEqual(commands(fences), []string{"make demo", "make test"}))
	assert.Check(t, cmp.DeepEqual(pipelineFiles(fences), []string{"# pipeline\nversion: \"2.2\"\npipelines:\n  - id: a\n"}))
}

// fence is a block of code in a text in Markdown.
type fence struct {
	language, text string
}

func readFences(t *testing.T, path string) []fence {
	t.Helper()
	text, err := os.ReadFile(path)
	assert.NilError(t, err)
	return parseFences(string(text))
}

func parseFences(text string) []fence {
	var fences []fence
	for _, match := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		fences = append(fences, fence{language: match[1], text: match[2]})
	}
	return fences
}

// pipelineFiles returns the blocks that are pipeline files.
func pipelineFiles(fences []fence) []string {
	var files []string
	for _, f := range fences {
		if f.language == "yaml" && regexp.MustCompile(`(?m)^pipelines:`).MatchString(f.text) {
			files = append(files, f.text)
		}
	}
	return files
}

// commands returns the lines of the blocks for a shell.
func commands(fences []fence) []string {
	var commands []string
	for _, f := range fences {
		if !slices.Contains([]string{"sh", "bash", "shell", "console"}, f.language) {
			continue
		}
		joined := regexp.MustCompile(`\\\n\s*`).ReplaceAllString(f.text, "")
		for line := range strings.Lines(joined) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				commands = append(commands, line)
			}
		}
	}
	return commands
}

// parsePipelines returns the connectors of a pipeline file. Variables are
// replaced unless they are nil; one that is not known fails the test.
func parsePipelines(t *testing.T, text string, variables map[string]string) []connector {
	t.Helper()
	if variables != nil {
		text = os.Expand(text, func(name string) string {
			value, ok := variables[name]
			assert.Check(t, ok, "the pipeline file refers to the unknown variable %s", name)
			return value
		})
	}
	var file struct {
		Pipelines []struct {
			Connectors []connector
		}
	}
	assert.NilError(t, yaml.Unmarshal([]byte(text), &file))
	var connectors []connector
	for _, p := range file.Pipelines {
		connectors = append(connectors, p.Connectors...)
	}
	return connectors
}

func runReadmePipeline(t *testing.T, text string) {
	t.Helper()
	variables, dir := readmeVariables(newBucket(t, "readme", true)), t.TempDir()
	connectors := parsePipelines(t, text, variables)
	for _, c := range connectors {
		prepareReadme(t, dir, c)
	}

	path := filepath.Join(dir, "readme.yaml")
	assert.NilError(t, os.WriteFile(path, []byte(text), 0o600))
	// A file without aws.endpoint is one for AWS; here it leads to the server.
	env := []string{"AWS_ENDPOINT_URL=" + store.Endpoint}
	for name, value := range variables {
		env = append(env, name+"="+value)
	}
	e := startEngineWith(t, engine.Config{Dir: dir, Pipelines: path, Env: env})
	for _, c := range connectors {
		if c.Type == "destination" {
			waitForReadme(t, e, dir, c)
		}
	}
}

// prepareReadme makes what a connector of the README expects to find.
func prepareReadme(t *testing.T, dir string, c connector) {
	t.Helper()
	switch plugin := pluginName(c); {
	case plugin == "s3":
		bucket := c.Settings["aws.bucket"]
		if !strings.HasPrefix(bucket, "readme-") {
			assert.NilError(t, s3server.CreateBucket(t.Context(), store.Client(), bucket, true))
		}
		if c.Type == "source" {
			put(t, bucket, c.Settings["prefix"]+"object", `{"a":1}`)
		}
	case plugin == "file" && c.Type == "source":
		assert.NilError(t, os.WriteFile(filepath.Join(dir, c.Settings["path"]), []byte("a line\n"), 0o600))
	case plugin == "file", plugin == "generator":
	default:
		t.Fatalf("no test knows the plugin %q", c.Plugin)
	}
}

// waitForReadme waits until a destination of the README holds a record.
func waitForReadme(t *testing.T, e *engine.Engine, dir string, c connector) {
	t.Helper()
	if pluginName(c) == "file" {
		waitForLines(t, e, filepath.Join(dir, c.Settings["path"]), 1)
		return
	}
	waitFor(t, e, func() poll.Result {
		if len(readBucket(t, c.Settings["aws.bucket"], c.Settings["prefix"])) == 0 {
			return poll.Continue("nothing was written yet")
		}
		return poll.Success()
	})
	if c.Settings["mode"] == "objects" {
		return
	}
	assert.Check(t, len(readRecords(t, c.Settings["aws.bucket"], c.Settings["prefix"])) > 0)
}

// pluginName returns the name in builtin:name@version.
func pluginName(c connector) string {
	name := c.Plugin[strings.Index(c.Plugin, ":")+1:]
	name, _, _ = strings.Cut(name, "@")
	return name
}

// checkCommand fails if nothing runs the command. A go build is run here.
func checkCommand(t *testing.T, command, makefile string) {
	t.Helper()
	words := strings.Fields(command)
	switch {
	case words[0] == "make" && len(words) > 1:
		for _, target := range words[1:] {
			if !strings.Contains(target, "=") {
				assert.Check(t, regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(target)+`:`).MatchString(makefile), "no target %s", target)
			}
		}
	case strings.HasPrefix(command, "go build "):
		if i := slices.Index(words, "-o"); i >= 0 && i+1 < len(words) {
			words[i+1] = filepath.Join(t.TempDir(), filepath.Base(words[i+1]))
		}
		cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
		cmd.Dir = ".."
		text, err := cmd.CombinedOutput()
		assert.NilError(t, err, "%s", text)
	case strings.HasPrefix(command, "go mod edit -replace "):
		// e2e/go.mod has such a line, and every test here builds with it.
		assert.Check(t, strings.Contains(command, "github.com/conduitio/conduit-connector-s3="), "another module")
	case strings.HasPrefix(command, "git clone "), strings.HasPrefix(command, "cd "), strings.HasPrefix(command, "conduit run"):
		// The first thing that CI does; and what every test here does.
	default:
		t.Errorf("no test runs this command")
	}
}

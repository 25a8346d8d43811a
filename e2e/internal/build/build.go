// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package build builds the programs that the tests and the demo run: the S3
// servers, Conduit with the connector of this checkout compiled in, and the
// standalone connector. It installs Polars, which the tests read with. It owns
// the cache folder; it knows nothing of how the programs are run.
package build

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const connectorModule = "github.com/conduitio/conduit-connector-s3"

// Programs are the paths of what All has built.
type Programs struct {
	MinIO      string // the S3 server
	VersityGW  string // another S3 server, only for the tests
	Engine     string // Conduit with the connector built in
	Connectors string // the folder that holds the standalone connector
}

// All builds what the tests run: what is missing or out of date. It tells out
// what takes long. It needs the go command and a working directory inside this
// module. Only one process builds at a time, the others wait for it.
func All(ctx context.Context, out io.Writer) (Programs, error) {
	return programs(ctx, out, true)
}

// ForDemo builds what the demo runs, as All does for the tests.
func ForDemo(ctx context.Context, out io.Writer) (Programs, error) {
	return programs(ctx, out, false)
}

func programs(ctx context.Context, out io.Writer, tests bool) (Programs, error) {
	folders, err := FindFolders(ctx)
	if err != nil {
		return Programs{}, err
	}
	root, cache := folders.Root, folders.Cache
	unlock, err := lock(filepath.Join(cache, "lock"))
	if err != nil {
		return Programs{}, err
	}
	defer unlock()

	programs := Programs{
		Engine:     filepath.Join(cache, "bin", "conduit"),
		Connectors: filepath.Join(cache, "bin", "connectors"),
	}
	programs.MinIO, err = buildOnce(ctx, out, cache, task{
		name: "MinIO, the S3 server of the tests", time: "3 to 5 minutes, once",
		dir: filepath.Join(root, "e2e", "tools"), output: "minio", pkg: "github.com/minio/minio",
	})
	if err != nil {
		return Programs{}, err
	}
	if tests {
		programs.VersityGW, err = buildOnce(ctx, out, cache, task{
			name: "versitygw, the other S3 server of the tests", time: "1 to 3 minutes, once",
			dir: filepath.Join(root, "e2e", "tools", "versitygw"), output: "versitygw",
			pkg: "github.com/versity/versitygw/cmd/versitygw",
		})
		if err != nil {
			return Programs{}, err
		}
	}
	for _, t := range []task{
		{
			name: "Conduit with the connector built in", time: "some minutes the first time",
			dir: filepath.Join(root, "e2e"), output: programs.Engine, pkg: "github.com/conduitio/conduit/cmd/conduit",
		},
		{
			name: "the standalone connector", time: "a minute the first time",
			dir: root, output: filepath.Join(programs.Connectors, "conduit-connector-s3"), pkg: "./cmd/connector",
		},
	} {
		if err := goBuild(ctx, out, t); err != nil {
			return Programs{}, err
		}
	}
	return programs, nil
}

// Folders are where things lie.
type Folders struct {
	Root  string // of the repository
	Cache string
}

// FindFolders looks where this module's checkout and its cache are.
func FindFolders(ctx context.Context) (Folders, error) {
	root, err := goList(ctx, "-m", "-f", "{{.Dir}}", connectorModule)
	return Folders{Root: root, Cache: cacheDir(root)}, err
}

// cacheDir is the folder that the environment variable CACHE names, from the
// repository's root if it is relative, or .cache there.
func cacheDir(root string) string {
	dir := os.Getenv("CACHE")
	switch {
	case dir == "":
		return filepath.Join(root, ".cache")
	case filepath.IsAbs(dir):
		return dir
	default:
		return filepath.Join(root, dir)
	}
}

// buildOnce builds a program once for each go.sum of its module. The task's output
// is the program's name in the cache, which the version of go.sum is added to.
func buildOnce(ctx context.Context, out io.Writer, cache string, t task) (string, error) {
	versions, err := os.ReadFile(filepath.Join(t.dir, "go.sum"))
	if err != nil {
		return "", fmt.Errorf("read the versions for %s: %w", t.output, err)
	}
	sum := sha256.Sum256(versions)
	binary := filepath.Join(cache, fmt.Sprintf("%s-%x", t.output, sum[:6]))
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}

	// Under another name until it is whole, so that a build that is cut off
	// leaves nothing that looks like a program.
	t.output = binary + ".partial"
	if err := goBuild(ctx, out, t); err != nil {
		return "", err
	}
	return binary, os.Rename(t.output, binary)
}

func goList(ctx context.Context, args ...string) (string, error) {
	text, err := exec.CommandContext(ctx, "go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("go list %s: %w", strings.Join(args, " "), explain(err))
	}
	return strings.TrimSpace(string(text)), nil
}

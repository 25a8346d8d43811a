// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package build

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// polarsVersion is the release of Polars for Node.js that the tests read with.
const polarsVersion = "0.25.2"

// Polars installs Polars for Node.js in the cache and returns the path that
// Node.js requires it by. It needs npm, and the npm registry the first time.
// Only one process installs at a time, the others wait for it.
func Polars(ctx context.Context, out io.Writer) (string, error) {
	folders, err := FindFolders(ctx)
	if err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(folders.Cache, "lock-polars"))
	if err != nil {
		return "", err
	}
	defer unlock()
	return polars(ctx, out, folders.Cache)
}

func polars(ctx context.Context, out io.Writer, cache string) (string, error) {
	dir := filepath.Join(cache, "polars-"+polarsVersion)
	module := filepath.Join(dir, "node_modules", "nodejs-polars")
	if _, err := os.Stat(dir); err == nil {
		return module, nil
	}
	platform, err := polarsPlatform()
	if err != nil {
		return "", err
	}
	// Under another name until it is whole, as buildOnce does.
	partial := dir + ".partial"
	if err := os.MkdirAll(partial, 0o755); err != nil {
		return "", err
	}
	stop := announce(out, task{name: "Polars, which the tests read Parquet with", time: "some seconds, once"})
	// The part for this platform is named because npm leaves it out with Node.js
	// 20, which runs it: it asks for 22.
	cmd := exec.CommandContext(ctx, "npm", "install", "--prefix", partial, "--save-exact", "--no-audit", "--no-fund",
		"nodejs-polars@"+polarsVersion, "nodejs-polars-"+platform+"@"+polarsVersion)
	text, err := cmd.CombinedOutput()
	stop()
	if err != nil {
		return "", fmt.Errorf("install Polars, which needs Node.js and npm: %w\n%s", err, text)
	}
	return module, os.Rename(partial, dir)
}

// polarsPlatform returns the name of the part that is compiled.
func polarsPlatform() (string, error) {
	switch platform := runtime.GOOS + "/" + runtime.GOARCH; platform {
	case "linux/amd64":
		return "linux-x64-gnu", nil
	case "linux/arm64":
		return "linux-arm64-gnu", nil
	case "darwin/amd64":
		return "darwin-x64", nil
	case "darwin/arm64":
		return "darwin-arm64", nil
	default:
		return "", fmt.Errorf("there is no Polars for %s", platform)
	}
}

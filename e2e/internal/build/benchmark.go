// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package build

import (
	"context"
	"io"
	"path/filepath"
)

// Benchmark are the paths of what the benchmark runs.
type Benchmark struct {
	Subject   string // what drives the connector, and the limits
	Engine    string // Conduit with the ends of the benchmark
	Connector string // the standalone connector
	Rclone    string // empty if it was not asked for
}

// ForBenchmark builds what the benchmark runs, as All does for the tests.
func ForBenchmark(ctx context.Context, out io.Writer, folders Folders, rclone bool) (Benchmark, error) {
	unlock, err := lock(filepath.Join(folders.Cache, "lock"))
	if err != nil {
		return Benchmark{}, err
	}
	defer unlock()

	var b Benchmark
	if rclone {
		b.Rclone, err = buildOnce(ctx, out, folders.Cache, task{
			name: "rclone, which the benchmark compares with", time: "some minutes, once",
			dir: filepath.Join(folders.Root, "e2e", "bench", "tools"), output: "rclone", pkg: ".",
		})
		if err != nil {
			return Benchmark{}, err
		}
	}
	bin, module := filepath.Join(folders.Cache, "bench", "bin"), filepath.Join(folders.Root, "e2e")
	b.Subject, b.Engine = filepath.Join(bin, "subject"), filepath.Join(bin, "engine")
	b.Connector = filepath.Join(bin, "conduit-connector-s3")
	for _, t := range []task{
		{name: "the benchmark's subjects", time: "a minute the first time", dir: module, output: b.Subject, pkg: "./bench/subject"},
		{name: "Conduit for the benchmark", time: "some minutes the first time", dir: module, output: b.Engine, pkg: "./bench/engine"},
		{name: "the standalone connector", time: "a minute the first time", dir: folders.Root, output: b.Connector, pkg: "./cmd/connector"},
	} {
		if err := goBuild(ctx, out, t); err != nil {
			return Benchmark{}, err
		}
	}
	return b, nil
}

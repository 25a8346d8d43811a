// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Command gen makes every file that names a parameter from the two Config
// structs: the Go constants, connector.yaml's parameters, the tables of the
// README, docs/parameters.md and the JSON Schemas of the settings. It reads the structs as syntax, so that it
// works while generated files are missing or broken, and therefore must not
// import the connector's packages.
//
// With -check it changes nothing, names each stale file and exits with 1. It
// runs in the root of the module.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// command is what makes every generated file anew.
const command = "go run ./gen"

var errStale = errors.New("generated files are stale")

func main() {
	check := flag.Bool("check", false, "compare the generated files with fresh ones, change nothing")
	flag.Parse()
	if err := run(context.Background(), ".", *check, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run makes the files of the module in root and reports to out what it wrote
// or, with check, what is stale; then the error is errStale.
func run(ctx context.Context, root string, check bool, out io.Writer) error {
	files, err := generate(ctx, root)
	if err != nil {
		return err
	}
	stale, err := compare(root, files)
	if err != nil {
		return err
	}
	if !check {
		return write(root, stale, out)
	}
	if len(stale) == 0 {
		return nil
	}
	for _, f := range stale {
		fmt.Fprintf(out, "%s: %s\n", f.path, f.why)
	}
	return fmt.Errorf("%w; this mends them: %s", errStale, command)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Command prepare builds the programs that the tests and the demo run, installs
// Polars for the tests, and says what it is doing, which "go test" would only
// show when it is done.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/build"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	_, err := build.All(ctx, os.Stdout)
	if err == nil {
		_, err = build.Polars(ctx, os.Stdout)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

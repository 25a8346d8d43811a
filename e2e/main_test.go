// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package e2e runs pipelines in the real Conduit engine, with the connector
// built in and as a standalone plugin, against a real S3 server.
package e2e

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/build"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/minio"
)

// What every test uses: written by TestMain before the first test, read-only
// from then on.
var (
	programs build.Programs
	store    *minio.Server
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	if programs, err = build.All(ctx, os.Stderr); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "e2e-minio-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)

	if store, err = minio.Start(ctx, programs.MinIO, dir); err != nil {
		return 0, err
	}
	defer store.Stop()
	return m.Run(), nil
}

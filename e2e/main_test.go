// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package e2e runs pipelines in the real Conduit engine, with the connector
// built in and as a standalone plugin, against real S3 servers.
package e2e

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/build"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/minio"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/versitygw"
)

// What every test uses: written by TestMain before the first test, read-only
// from then on.
var (
	programs build.Programs
	store    *s3server.Server // MinIO
	other    *s3server.Server // versitygw, for what must hold on any store
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
	for _, s := range []struct {
		name   string
		start  func(ctx context.Context, binary, dir string) (*s3server.Server, error)
		binary string
		server **s3server.Server
	}{
		{"minio", minio.Start, programs.MinIO, &store},
		{"versitygw", versitygw.Start, programs.VersityGW, &other},
	} {
		dir, err := os.MkdirTemp("", "e2e-"+s.name+"-")
		if err != nil {
			return 0, err
		}
		defer os.RemoveAll(dir)
		if *s.server, err = s.start(ctx, s.binary, dir); err != nil {
			return 0, err
		}
		defer (*s.server).Stop()
	}
	return m.Run(), nil
}

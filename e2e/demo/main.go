// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Command demo shows the connector at work: it runs an S3 server, and Conduit
// with a pipeline that copies a bucket's objects and their changes into
// Parquet, changes the bucket, and reads the Parquet back. It leaves nothing
// running and no files but those in the cache folder.
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/build"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/minio"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
)

//go:embed pipeline.yaml
var pipeline []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	programs, err := build.ForDemo(ctx, out)
	if err != nil {
		return err
	}
	start := time.Now()
	dir, err := os.MkdirTemp("", "s3-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	server, err := minio.Start(ctx, programs.MinIO, dir)
	if err != nil {
		return err
	}
	defer server.Stop()
	fmt.Fprintln(out, "MinIO, the S3 server, listens on", server.Endpoint)

	s := &story{out: out, client: server.Client()}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	conduit, err := startConduit(ctx, programs, server, dir)
	if err != nil {
		return err
	}
	defer conduit.Kill()
	fmt.Fprintln(out, "Conduit runs e2e/demo/pipeline.yaml and listens on", conduit.URL())

	if err := s.tell(ctx, conduit); err != nil {
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		return errors.Join(err, fmt.Errorf("conduit's log:\n%s", conduit.Log()))
	}
	server.Stop()
	fmt.Fprintf(out, "\nAll stopped after %s; nothing is left running.\n", time.Since(start).Round(100*time.Millisecond))
	return nil
}

func startConduit(ctx context.Context, programs build.Programs, server *s3server.Server, dir string) (*engine.Engine, error) {
	file := filepath.Join(dir, "pipeline.yaml")
	if err := os.WriteFile(file, pipeline, 0o600); err != nil {
		return nil, err
	}
	return engine.Start(ctx, engine.Config{
		Binary: programs.Engine, Connectors: programs.Connectors, Pipelines: file, Dir: dir,
		Env: []string{
			"S3_ACCESS_KEY_ID=" + s3server.AccessKeyID,
			"S3_SECRET_ACCESS_KEY=" + s3server.SecretAccessKey,
			"S3_REGION=" + s3server.Region,
			"S3_ENDPOINT=" + server.Endpoint,
		},
	})
}

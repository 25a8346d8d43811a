// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package minio runs a MinIO server as a process on the loopback interface,
// in a folder of its own. It owns the server's settings; it knows nothing of
// Conduit. MinIO itself is never imported.
package minio

import (
	"context"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
)

// Start runs the program binary with its data and its log in dir, which exists,
// and returns when the server is ready.
func Start(ctx context.Context, binary, dir string) (*s3server.Server, error) {
	return s3server.Start(ctx, s3server.Program{
		Name: "minio", Health: "/minio/health/ready", Log: filepath.Join(dir, "minio.log"),
		Command: func(address string) *exec.Cmd {
			cmd := exec.Command(binary, "server", "--quiet", "--address", address, filepath.Join(dir, "data"))
			cmd.Env = environment(dir)
			return cmd
		},
	})
}

// environment is all that the server sees, so that no setting of the machine
// changes it.
func environment(dir string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + dir,
		"MINIO_ROOT_USER=" + s3server.AccessKeyID,
		"MINIO_ROOT_PASSWORD=" + s3server.SecretAccessKey,
		"MINIO_SITE_REGION=" + s3server.Region,
		"MINIO_DOMAIN=localhost",
		"MINIO_BROWSER=off",
		"MINIO_UPDATE=off",
		"MINIO_KMS_SECRET_KEY=my-key:" + base64.StdEncoding.EncodeToString(make([]byte, 32)),
	}
}

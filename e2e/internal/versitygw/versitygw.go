// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package versitygw runs versitygw, an S3 gateway to a file system that has
// nothing in common with MinIO, as a process on the loopback interface, in a
// folder of its own. It owns the gateway's settings; it knows nothing of Conduit.
package versitygw

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
)

// Start runs the program binary with its data and its log in dir, which is
// absolute, exists and has extended attributes, and returns when the server is
// ready.
func Start(ctx context.Context, binary, dir string) (*s3server.Server, error) {
	// The folder of the old versions must not lie in that of the buckets.
	data, versions := filepath.Join(dir, "data"), filepath.Join(dir, "versions")
	for _, folder := range []string{data, versions} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("start versitygw: %w", err)
		}
	}
	return s3server.Start(ctx, s3server.Program{
		Name: "versitygw", Health: "/health", Log: filepath.Join(dir, "versitygw.log"),
		Command: func(address string) *exec.Cmd {
			cmd := exec.Command(binary,
				"--access", s3server.AccessKeyID, "--secret", s3server.SecretAccessKey, "--region", s3server.Region,
				"--port", address, "--health", "/health", "--virtual-domain", "localhost", "--quiet",
				"posix", "--versioning-dir", versions, data)
			// Nothing else, so that no setting of the machine changes it.
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
			return cmd
		},
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package minio runs a MinIO server as a process on the loopback interface,
// in a folder of its own. It owns the server's settings and credentials; it
// knows nothing of Conduit. MinIO itself is never imported.
package minio

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/process"
)

// What every server is started with.
const (
	AccessKeyID     = "testaccess"
	SecretAccessKey = "testsecret123"
	Region          = "us-east-1"
)

// attempts is how often a start is tried: the port that was free may be taken
// by the time the server listens on it.
const attempts = 3

// startTimeout is how long a server may take until it answers.
const startTimeout = time.Minute

// Server is a server that runs.
type Server struct {
	Endpoint string // http://127.0.0.1:PORT

	process *process.Process
}

// Start runs the program binary with its data and its log in dir, which exists,
// and returns when the server is ready.
func Start(ctx context.Context, binary, dir string) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var errs []error
	for range attempts {
		server, err := start(ctx, binary, dir)
		if err == nil {
			return server, nil
		}
		errs = append(errs, err)
		if !errors.Is(err, process.ErrEnded) {
			break
		}
	}
	return nil, fmt.Errorf("start minio: %w", errors.Join(errs...))
}

func start(ctx context.Context, binary, dir string) (*Server, error) {
	address, err := process.FreeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, "server", "--quiet", "--address", address, filepath.Join(dir, "data"))
	cmd.Env = environment(dir)
	p, err := process.Start(cmd, filepath.Join(dir, "minio.log"))
	if err != nil {
		return nil, err
	}
	server := &Server{Endpoint: "http://" + address, process: p}
	if err := p.Ready(ctx, server.Endpoint+"/minio/health/ready"); err != nil {
		server.Stop()
		return nil, fmt.Errorf("%w\n%s", err, p.Log())
	}
	return server, nil
}

// environment is all that the server sees, so that no setting of the machine
// changes it.
func environment(dir string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + dir,
		"MINIO_ROOT_USER=" + AccessKeyID,
		"MINIO_ROOT_PASSWORD=" + SecretAccessKey,
		"MINIO_SITE_REGION=" + Region,
		"MINIO_DOMAIN=localhost",
		"MINIO_BROWSER=off",
		"MINIO_UPDATE=off",
		"MINIO_KMS_SECRET_KEY=my-key:" + base64.StdEncoding.EncodeToString(make([]byte, 32)),
	}
}

// Stop ends the server at once. Its data stays in its folder.
func (s *Server) Stop() { s.process.Kill() }

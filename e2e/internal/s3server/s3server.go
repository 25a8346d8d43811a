// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package s3server runs an S3 server as a process on the loopback interface and
// gives access to it. It owns the credentials and the life of the process; the
// packages of the servers know their programs. It knows nothing of Conduit.
package s3server

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
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

// Program says how a server is run.
type Program struct {
	Name    string
	Command func(address string) *exec.Cmd // that listens on the address
	Health  string                         // the path that answers 200 once the server is ready
	Log     string                         // the file that it prints to
}

// Server is a server that runs. Its methods are safe for concurrent use.
type Server struct {
	Name     string // of the program
	Endpoint string // http://127.0.0.1:PORT

	process *process.Process
}

// Start runs the program on a free port and returns when the server is ready.
func Start(ctx context.Context, program Program) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var errs []error
	for range attempts {
		server, err := start(ctx, program)
		if err == nil {
			return server, nil
		}
		errs = append(errs, err)
		if !errors.Is(err, process.ErrEnded) {
			break
		}
	}
	return nil, fmt.Errorf("start %s: %w", program.Name, errors.Join(errs...))
}

func start(ctx context.Context, program Program) (*Server, error) {
	address, err := process.FreeAddress()
	if err != nil {
		return nil, err
	}
	p, err := process.Start(program.Command(address), program.Log)
	if err != nil {
		return nil, err
	}
	server := &Server{Name: program.Name, Endpoint: "http://" + address, process: p}
	if err := p.Ready(ctx, server.Endpoint+program.Health); err != nil {
		server.Stop()
		return nil, fmt.Errorf("%w\n%s", err, p.Log())
	}
	return server, nil
}

// Stop ends the server at once. Its data stays in its folder.
func (s *Server) Stop() { s.process.Kill() }

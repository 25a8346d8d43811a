// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package engine runs Conduit as a process and talks to its HTTP API. It owns
// Conduit's flags and the shape of its API; it knows nothing of S3.
package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/process"
)

// Config says how to run Conduit.
type Config struct {
	Binary     string
	Connectors string   // the folder of the standalone connectors
	Pipelines  string   // the folder of the pipeline files, or one file; empty for none
	Dir        string   // where the database and the log lie; exists. A restart in the same folder goes on
	Env        []string // NAME=value, for the ${NAME} in pipeline files
	Flags      []string // further flags of conduit run
}

// attempts is how often a start is tried: the ports that were free may be
// taken by the time Conduit listens on them.
const attempts = 3

// startTimeout is how long Conduit may take until its API answers.
const startTimeout = time.Minute

// Engine is Conduit, running.
type Engine struct {
	API

	process *process.Process
}

// Start runs Conduit and returns when its API answers.
func Start(ctx context.Context, cfg Config) (*Engine, error) {
	if cfg.Pipelines == "" {
		cfg.Pipelines = filepath.Join(cfg.Dir, "pipelines")
		if err := os.MkdirAll(cfg.Pipelines, 0o700); err != nil {
			return nil, fmt.Errorf("start conduit: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var errs []error
	for range attempts {
		engine, err := start(ctx, cfg)
		if err == nil {
			return engine, nil
		}
		errs = append(errs, err)
		if !errors.Is(err, process.ErrEnded) || !strings.Contains(err.Error(), "address already in use") {
			break
		}
	}
	return nil, fmt.Errorf("start conduit: %w", errors.Join(errs...))
}

func start(ctx context.Context, cfg Config) (*Engine, error) {
	http, err := process.FreeAddress()
	if err != nil {
		return nil, err
	}
	// No one talks gRPC to it, so the system may choose that port.
	cmd := exec.Command(cfg.Binary, "run",
		"--api.http.address", http, "--api.grpc.address", "127.0.0.1:0",
		"--db.badger.path", filepath.Join(cfg.Dir, "conduit.db"),
		"--connectors.path", cfg.Connectors,
		"--processors.path", filepath.Join(cfg.Dir, "processors"),
		"--pipelines.path", cfg.Pipelines,
		"--log.format", "json",
	)
	cmd.Args = append(cmd.Args, cfg.Flags...)
	cmd.Dir = cfg.Dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + cfg.Dir, "TMPDIR=" + os.TempDir()}, cfg.Env...)
	p, err := process.Start(cmd, filepath.Join(cfg.Dir, "conduit.log"))
	if err != nil {
		return nil, err
	}
	engine := &Engine{API: API{url: "http://" + http}, process: p}
	if err := p.Ready(ctx, engine.url+"/healthz"); err != nil {
		p.Kill()
		return nil, fmt.Errorf("%w\n%s", err, p.Log())
	}
	return engine, nil
}

// Shutdown asks Conduit to stop its pipelines and end, as Ctrl-C does, and
// waits until it has. When ctx ends first, Conduit is killed and the error
// says so.
func (e *Engine) Shutdown(ctx context.Context) error {
	if err := e.process.Interrupt(ctx); err != nil {
		return fmt.Errorf("shut conduit down: %w", err)
	}
	return nil
}

// Kill ends Conduit and its standalone connectors at once, as kill -9 does.
func (e *Engine) Kill() { e.process.Kill() }

// Ended says whether Conduit has ended, by itself or not.
func (e *Engine) Ended() bool {
	select {
	case <-e.process.Done():
		return true
	default:
		return false
	}
}

// Log returns what Conduit has printed so far, one JSON object a line.
func (e *Engine) Log() string { return e.process.Log() }

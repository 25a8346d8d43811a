// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package runner runs the programs that are measured, each job in a process of
// its own.
package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/build"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/process"
)

// deadline bounds one run, whatever it does.
const deadline = 5 * time.Minute

// Runner starts programs. It is not safe for concurrent use; what it has
// started is.
type Runner struct {
	Programs    build.Benchmark
	Dir         string // for what the programs write; exists
	ProfileKind string // cpu or mem; empty for no profiles
	Profiles    string // the folder of the profiles

	started int
}

// Run is a program that runs.
type Run struct {
	job     job.Job
	process *process.Process
	log     string
}

// Start starts a job. label names its profile.
func (r *Runner) Start(label string, j job.Job) (*Run, error) {
	r.started++
	dir := filepath.Join(r.Dir, fmt.Sprintf("run-%04d", r.started))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	j.Dir, j.Plugin = dir, r.Programs.Connector
	j.Result, j.Ready = filepath.Join(dir, "result.json"), filepath.Join(dir, "ready")
	if r.ProfileKind != "" {
		name := strings.Map(fileName, label+" "+string(j.Kind)) + "." + r.ProfileKind + ".pprof"
		j.ProfileKind, j.Profile = r.ProfileKind, filepath.Join(r.Profiles, name)
	}
	file, log := filepath.Join(dir, "job.json"), filepath.Join(dir, "log")
	if err := job.Write(file, j); err != nil {
		return nil, err
	}
	cmd := exec.Command(r.program(j.Kind), file)
	cmd.Dir, cmd.Env = dir, environment(dir)
	p, err := process.Start(cmd, log)
	if err != nil {
		return nil, err
	}
	return &Run{job: j, process: p, log: log}, nil
}

func (r *Runner) program(kind job.Kind) string {
	if kind == job.SourceEngine || kind == job.DestinationEngine {
		return r.Programs.Engine
	}
	return r.Programs.Subject
}

// environment is all that a program sees, so that no setting of the machine
// changes it.
func environment(dir string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir()}
}

func fileName(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return r
	case 'A' <= r && r <= 'Z':
		return r - 'A' + 'a'
	default:
		return '-'
	}
}

// Do runs a job to its end.
func (r *Runner) Do(ctx context.Context, label string, j job.Job) (job.Result, error) {
	run, err := r.Start(label, j)
	if err != nil {
		return job.Result{}, err
	}
	return run.Wait(ctx)
}

// Wait waits until the program has ended and returns its result. If the end of
// ctx or the deadline comes first, the program is killed.
func (r *Run) Wait(ctx context.Context) (job.Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, deadline, errDeadline)
	defer cancel()
	select {
	case <-r.process.Done():
		return r.result()
	case <-ctx.Done():
		r.process.Kill()
		return job.Result{}, r.fail(context.Cause(ctx))
	}
}

var errDeadline = fmt.Errorf("it was not done after %s", deadline)

// Ready waits until the program says that it is ready.
func (r *Run) Ready(ctx context.Context) error {
	return r.Until(ctx, func() bool {
		_, err := os.Stat(r.job.Ready)
		return err == nil
	})
}

// Until waits until a condition holds, which is looked at often. When it fails
// the program is gone.
func (r *Run) Until(ctx context.Context, condition func() bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, deadline, errDeadline)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-r.process.Done():
			return r.fail(errEnded)
		case <-ctx.Done():
			r.process.Kill()
			return r.fail(context.Cause(ctx))
		}
	}
	return nil
}

var errEnded = errors.New("it ended too early")

// Stop asks the program to end and returns its result.
func (r *Run) Stop(ctx context.Context) (job.Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errDeadline)
	defer cancel()
	if err := r.process.Interrupt(ctx); err != nil {
		return job.Result{}, r.fail(err)
	}
	return r.result()
}

// Kill ends the program, if it still runs.
func (r *Run) Kill() { r.process.Kill() }

func (r *Run) result() (job.Result, error) {
	result, err := job.ReadResult(r.job.Result)
	if err != nil {
		return job.Result{}, r.fail(fmt.Errorf("it left no result: %w", err))
	}
	return result, nil
}

func (r *Run) fail(err error) error {
	return fmt.Errorf("%s: %w\n%s", r.job.Kind, err, r.process.Log())
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Command bench measures the connector on this machine: it prints a report and,
// unless it is quick or profiles, writes docs/performance.md with its charts and the
// headline of the README. It leaves nothing running.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/machine"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/report"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/runner"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/scenario"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/store"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/build"
)

func main() {
	quick := flag.Bool("quick", false, "measure a little in a minute, write no docs, and fail when a figure is out of bounds")
	profile := flag.String("profile", "", "write profiles of what is measured: cpu or mem")
	only := flag.String("only", "", "measure snapshot, scans, growth, latency, requests or destination only, and write no docs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, *quick, *only, *profile)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, quick bool, only, profile string) error {
	if profile != "" && profile != "cpu" && profile != "mem" {
		return fmt.Errorf("profile %q is neither cpu nor mem", profile)
	}
	plan := scenario.Full()
	if quick {
		plan = scenario.Quick()
	}
	folders, err := build.FindFolders(ctx)
	if err != nil {
		return err
	}
	dir := filepath.Join(folders.Cache, "bench")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := machine.Check(plan.Need(), machine.Free(dir)); err != nil {
		return fmt.Errorf("there is no room for the benchmark:\n%w", err)
	}
	programs, err := build.ForBenchmark(ctx, out, folders, plan.Rclone)
	if err != nil {
		return err
	}
	r, err := measure(ctx, out, plan, only, programs, dir, profile)
	if err != nil {
		return err
	}
	r.Quick, r.Version = quick, version(ctx, folders.Root)
	whole := !quick && only == "" && profile == "" // a profile takes time of its own
	if err := write(out, r, whole, folders.Root, dir); err != nil {
		return err
	}
	if failures := r.Failures(); len(failures) > 0 {
		return errors.New("out of bounds:\n" + strings.Join(failures, "\n"))
	}
	return nil
}

// measure runs all scenarios of a plan.
func measure(ctx context.Context, out io.Writer, plan scenario.Plan, only string, programs build.Benchmark, dir, profile string) (report.Report, error) {
	work, err := os.MkdirTemp(dir, "work-")
	if err != nil {
		return report.Report{}, err
	}
	defer os.RemoveAll(work)
	profiles := filepath.Join(dir, "profiles")
	if err := errors.Join(os.RemoveAll(profiles), os.MkdirAll(profiles, 0o755)); err != nil {
		return report.Report{}, err
	}
	s, err := store.Start()
	if err != nil {
		return report.Report{}, err
	}
	defer s.Close()

	start := time.Now()
	b := scenario.Bench{
		Store: s, Plan: plan, Only: only, Out: out,
		Runner: &runner.Runner{Programs: programs, Dir: work, ProfileKind: profile, Profiles: profiles},
	}
	sections, err := b.Run(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return report.Report{}, errors.New("interrupted")
		}
		return report.Report{}, err
	}
	written, err := filepath.Glob(filepath.Join(profiles, "*.pprof"))
	return report.Report{
		Machine: machine.Describe(), Took: time.Since(start), Sections: sections, Profiles: written,
	}, err
}

// version names the commit that is measured, and its date.
func version(ctx context.Context, root string) string {
	cmd := exec.CommandContext(ctx, "git", "log", "-1", "--date=short", "--format=commit %h of %cd")
	cmd.Dir = root
	text, err := cmd.Output()
	if err != nil {
		return "unknown (not a git checkout)"
	}
	return strings.TrimSpace(string(text))
}

// write prints the report and keeps it in dir; a whole one goes into the docs as
// well.
func write(out io.Writer, r report.Report, whole bool, root, dir string) error {
	text, err := r.Markdown()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, text)
	path := filepath.Join(dir, "report.md")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return err
	}
	fmt.Fprintln(out, "written:", path)
	if !whole {
		return nil
	}
	docs := filepath.Join(root, "docs")
	if err := os.WriteFile(filepath.Join(docs, "performance.md"), []byte(text), 0o644); err != nil {
		return err
	}
	for _, s := range r.Sections {
		for _, c := range s.Charts {
			if err := c.Draw(filepath.Join(docs, c.File)); err != nil {
				return err
			}
		}
	}
	return writeHeadline(r, filepath.Join(root, "README.md"))
}

func writeHeadline(r report.Report, path string) error {
	readme, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := r.Headline(string(readme), scenario.Headline())
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

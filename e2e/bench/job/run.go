// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package job

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"syscall"
)

// Main does the job in the file that the command line names and ends the
// process. do returns when its work is done or ctx ends, which is no error.
func Main(do func(ctx context.Context, j Job) (Result, error)) {
	if err := run(do); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0) // whatever still runs in the background
}

func run(do func(ctx context.Context, j Job) (Result, error)) error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: %s JOB", os.Args[0])
	}
	j, err := Read(os.Args[1])
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	end, err := j.profile()
	if err != nil {
		return err
	}
	result, err := do(ctx, j)
	if err != nil {
		return fmt.Errorf("%s: %w", j.Kind, err)
	}
	if err := end(); err != nil {
		return fmt.Errorf("write the profile: %w", err)
	}
	result.Peak = max(result.Peak, Peak(os.Getpid()))
	return Write(j.Result, result)
}

// profile begins the profile that the job asks for. The returned function ends
// it.
func (j Job) profile() (end func() error, err error) {
	if j.Profile == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(j.Profile)
	if err != nil {
		return nil, err
	}
	if j.ProfileKind == "cpu" {
		if err := pprof.StartCPUProfile(file); err != nil {
			return nil, err
		}
		return func() error { pprof.StopCPUProfile(); return file.Close() }, nil
	}
	return func() error {
		runtime.GC()
		if err := pprof.Lookup("allocs").WriteTo(file, 0); err != nil {
			return err
		}
		return file.Close()
	}, nil
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// task is one run of go build.
type task struct {
	name   string // what is built, in words
	time   string // how long it takes, in words
	dir    string // of the module that the package is built from
	output string
	pkg    string
}

// What takes longer than quiet is announced, and from then on every interval.
const (
	quiet    = 2 * time.Second
	interval = 30 * time.Second
)

func goBuild(ctx context.Context, out io.Writer, t task) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", t.output, t.pkg)
	cmd.Dir = t.dir

	stop := announce(out, t)
	text, err := cmd.CombinedOutput()
	stop()
	if err != nil {
		return fmt.Errorf("build %s: %w\n%s", t.name, err, text)
	}
	return nil
}

// announce says what is built as soon as it takes long, and that it goes on,
// until the returned function is called.
func announce(out io.Writer, t task) (stop func()) {
	start, quit, ended := time.Now(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		timer := time.NewTimer(quiet)
		defer timer.Stop()
		for n := 0; ; n++ {
			select {
			case <-quit:
				if n > 0 {
					fmt.Fprintf(out, "built %s in %s\n", t.name, time.Since(start).Round(time.Second))
				}
				return
			case <-timer.C:
				if n == 0 {
					fmt.Fprintf(out, "building %s (%s) …\n", t.name, t.time)
				} else {
					fmt.Fprintf(out, "still building %s: %s\n", t.name, time.Since(start).Round(time.Second))
				}
				timer.Reset(interval)
			}
		}
	}()
	return func() { close(quit); <-ended }
}

// explain adds what a command printed on standard error.
func explain(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return err
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package process runs the programs that the tests and the demo need. It owns
// their lives: whatever ends this process, even a kill, ends them and what
// they started. It knows nothing of what they do.
package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// Process is a program that runs. Its methods are safe for concurrent use.
type Process struct {
	cmd   *exec.Cmd
	log   string
	guard *guard
	done  chan struct{}
	err   error // set before done is closed
}

// Start runs cmd in a process group of its own and appends what it prints to
// the file log. It returns as soon as the program runs.
func Start(cmd *exec.Cmd, log string) (*Process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", cmd.Path, err)
	}
	defer out.Close() //nolint:errcheck // the program has it open as well

	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	p := &Process{cmd: cmd, log: log, done: make(chan struct{})}
	if p.guard, err = newGuard(cmd.Process.Pid); err != nil {
		p.killGroup()
		_ = cmd.Wait()
		return nil, err
	}
	go p.wait()
	return p, nil
}

// wait ends what the program left behind as soon as it has ended.
func (p *Process) wait() {
	p.err = p.cmd.Wait()
	p.killGroup()
	p.guard.dismiss()
	close(p.done)
}

// Done is closed when the program has ended and nothing that it started runs.
func (p *Process) Done() <-chan struct{} { return p.done }

// Interrupt asks the program to end, as Ctrl-C does, and waits until it has.
// When ctx ends first, the program is killed and the error says so. The error
// is otherwise the program's own.
func (p *Process) Interrupt(ctx context.Context) error {
	// An error means that it has ended already.
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("wait for the end of %s: %w", p.cmd.Path, context.Cause(ctx))
	}
}

// Kill ends the program and what it started at once, as kill -9 does, and
// waits until they are gone.
func (p *Process) Kill() {
	select {
	case <-p.done: // the group's number may be another's by now
	default:
		p.killGroup()
		<-p.done
	}
}

func (p *Process) killGroup() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}

// Log returns what the program has printed so far.
func (p *Process) Log() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return fmt.Sprintf("(no log: %v)", err)
	}
	return string(text)
}

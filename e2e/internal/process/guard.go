// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package process

import (
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"syscall"
)

// guard kills a process group when this process ends without having done so.
// It is a shell that waits for the end of a pipe which only this process
// holds: however this process ends, the system closes the pipe.
type guard struct {
	shell *exec.Cmd
	pipe  io.Closer
}

const guardScript = `read -r _ || kill -9 "-$1"`

func newGuard(group int) (*guard, error) {
	shell := exec.Command("/bin/sh", "-c", guardScript, "guard", strconv.Itoa(group))
	// In a group of its own, Ctrl-C in a terminal does not reach it.
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := shell.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("open a pipe to the guard of process group %d: %w", group, err)
	}
	if err := shell.Start(); err != nil {
		return nil, fmt.Errorf("start the guard of process group %d: %w", group, err)
	}
	return &guard{shell: shell, pipe: pipe}, nil
}

// dismiss ends the guard without harm: the group's number may be given to
// other processes from now on.
func (g *guard) dismiss() {
	_ = g.shell.Process.Kill()
	_ = g.shell.Wait()
	_ = g.pipe.Close()
}

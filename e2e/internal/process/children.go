// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package process

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
)

// Children returns the ids of the processes that the program has started and
// that run now, in ascending order.
func (p *Process) Children() ([]int, error) {
	list, err := exec.Command("ps", "-A", "-o", "pid=,pgid=,stat=").Output()
	if err != nil {
		return nil, fmt.Errorf("list the processes: %w", err)
	}
	group := p.cmd.Process.Pid
	var ids []int
	lines := bufio.NewScanner(bytes.NewReader(list))
	for lines.Scan() {
		var id, of int
		var state string
		if _, err := fmt.Sscan(lines.Text(), &id, &of, &state); err != nil {
			return nil, fmt.Errorf("list the processes: %q: %w", lines.Text(), err)
		}
		isZombie := strings.HasPrefix(state, "Z")
		if of == group && id != group && !isZombie {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// KillChild ends one of the Children at once, as kill -9 does, and does not wait
// for its end. One that has ended already is no error.
func (p *Process) KillChild(id int) error {
	if err := syscall.Kill(id, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill process %d: %w", id, err)
	}
	return nil
}

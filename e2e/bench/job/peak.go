// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package job

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// Peak returns the most memory that a process has had resident, in bytes, or 0
// where the system does not tell. The resource usage that wait reports is no
// use: it begins with the memory of the process that forked.
func Peak(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		if value, found := bytes.CutPrefix(line, []byte("VmHWM:")); found {
			fields := bytes.Fields(value)
			kib, err := strconv.ParseInt(string(fields[0]), 10, 64)
			if err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package machine looks at the machine that the benchmark runs on: what it is,
// and whether it has room.
package machine

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Machine is what a reader must know to compare numbers.
type Machine struct {
	CPU    string // the model's name; empty if the system does not tell
	Cores  int
	Memory int64 // in bytes, 0 if the system does not tell
	OS     string
	Go     string
}

// Describe looks at this machine.
func Describe() Machine {
	memory, _ := meminfo("MemTotal:")
	return Machine{
		CPU: cpuModel(), Cores: runtime.NumCPU(), Memory: memory,
		OS: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(),
	}
}

func (m Machine) String() string {
	parts := []string{m.CPU, fmt.Sprintf("%d cores", m.Cores)}
	if m.CPU == "" {
		parts = parts[1:]
	}
	if m.Memory > 0 {
		parts = append(parts, Size(m.Memory)+" of memory")
	}
	return strings.Join(append(parts, m.OS, m.Go), ", ")
}

func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range bytes.Lines(text) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if string(bytes.TrimSpace(name)) == "model name" {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}

// meminfo returns a field of the system's memory in bytes, and whether the
// system tells it.
func meminfo(field string) (int64, bool) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(text) {
		value, found := bytes.CutPrefix(line, []byte(field))
		if !found {
			continue
		}
		kib, err := strconv.ParseInt(string(bytes.Fields(value)[0]), 10, 64)
		return kib << 10, err == nil
	}
	return 0, false
}

// Free returns what is free for use: of the memory, and of the disk that holds
// dir. A number that the system does not tell is Unknown.
func Free(dir string) Room {
	free := Room{Memory: Unknown, Disk: Unknown}
	if memory, known := meminfo("MemAvailable:"); known {
		free.Memory = memory
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err == nil {
		free.Disk = int64(fs.Bavail) * int64(fs.Bsize) //nolint:unconvert // its type depends on the system
	}
	return free
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package job is what the benchmark and the programs that it measures tell each
// other: a job on the way there, a result on the way back, each a JSON file.
package job

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Kind names what a program is to do.
type Kind string

// The connector, at the layers at which it is used.
const (
	Source            Kind = "source"
	SourcePlugin      Kind = "source plugin"
	SourceEngine      Kind = "source engine"
	Destination       Kind = "destination"
	DestinationPlugin Kind = "destination plugin"
	DestinationEngine Kind = "destination engine"
)

// The limits: the least that has to be done for the same work.
const (
	LimitSnapshot Kind = "limit snapshot" // list, and get 16 at a time
	LimitScan     Kind = "limit scan"     // list the versions, page after page
	LimitUploads  Kind = "limit uploads"  // list the uploads in progress, then as LimitScan
	LimitChanges  Kind = "limit changes"  // list every period, get what is new
	LimitEncode   Kind = "limit encode"   // encode batches
	LimitPut      Kind = "limit put"      // put the bytes of encoded batches
)

// Job is one run of a program.
type Job struct {
	Kind     Kind
	Settings map[string]string // of the connector; the limits read what they need
	Position string            // that a source starts from
	// Records is how many records are read or written before the program ends
	// by itself; without it the program ends when it is interrupted.
	Records int
	// Times asks for the time at which each record behind the first Before came.
	Times  bool
	Before int
	// Ready is a file that is made once Before records have come.
	Ready  string
	Batch  int           // records in an object that is written, or in a message
	Write  int           // records that a destination is given at once
	Period time.Duration // of a limit that polls or scans
	Plugin string        // the binary of the standalone connector
	Dir    string        // for the program's files; exists
	Result string        // the file that the result is written to

	Profile     string // the file that a profile is written to; empty for none
	ProfileKind string // cpu or mem
}

// Result is what a run has to tell. Times are those of the machine's clock, which
// all processes share.
type Result struct {
	Began   time.Time // of a write
	Ended   time.Time // of the last record that was read, or acknowledged
	Records int
	Bytes   int64
	// Allocations is how many the process has made between Began and Ended, of a
	// write in this process.
	Allocations uint64
	Peak        int64                // of the memory of the process, in bytes
	Came        map[string]time.Time // by key
}

// Read reads the job in a file.
func Read(path string) (Job, error) {
	var j Job
	return j, read(path, &j)
}

// ReadResult reads the result in a file.
func ReadResult(path string) (Result, error) {
	var r Result
	return r, read(path, &r)
}

func read(path string, to any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, to); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// Write writes a job or a result to a file, whole or not at all.
func Write(path string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".partial", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".partial", path)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"strings"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

// program is what a writer, a reader and the misfortunes between them do. It is a
// value: to run it twice does the same, as far as goroutines run in the same order.
type program struct {
	seed       uint64
	versioning s3test.Versioning
	rules      s3test.Config
	settings   Config
	faults     faults
	overHTTP   bool // with the real client
	every      int  // the reader is killed after so many records; 0: only where a step says so
	before     int  // how many of the steps come before the source opens
	steps      []step
}

// faults are what goes wrong with requests all the time.
type faults struct {
	percent     uint64 // of the requests fail
	latency     time.Duration
	uploadPages time.Duration // latency of each page of a listing of uploads,
	pages       time.Duration // and of versions, on top of the other
	noUploads   bool          // uploads in progress may not be listed
	lies        int           // so many first answers for an object are not that object
	ragged      bool          // pages of versions are cut anywhere
}

// step is one deed and the pause after it.
type step struct {
	do   deed
	key  int
	n    int
	many int // how many keys, uploads or restarts; 0: one
	wait time.Duration
}

type deed int

const (
	puts deed = iota
	deletes
	purges
	initiates
	completes
	aborts
	enables
	suspends
	outages
	refuses
	jumps
	reads
	restarts
	crashes
)

func (s step) String() string {
	name := [...]string{
		"put", "delete", "purge", "initiate", "complete", "abort", "enable", "suspend", "outage", "refusal", "jump", "read", "restart", "crash",
	}[s.do]
	return fmt.Sprintf("%s(key %d, n %d, many %d); wait %s", name, s.key, s.n, s.many, s.wait)
}

func (p program) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "bucket %q, server %+v, source %+v, faults %+v, HTTP %t, killed every %d", p.versioning, p.rules, p.settings, p.faults, p.overHTTP, p.every)
	for i, s := range p.steps {
		if i == p.before {
			b.WriteString("\n  open")
		}
		fmt.Fprintf(&b, "\n  %s", s)
	}
	return b.String()
}

// keyName is the name of a key. Where the store has another order than that of the
// bytes, the names show it.
func (p program) keyName(n int) string {
	if p.rules.KeyOrder == s3test.WalkOrder {
		return fmt.Sprintf("k%d%s", n/3, [...]string{"", "-x", "/x"}[n%3])
	}
	return fmt.Sprintf("k%d", n)
}

// jump is by how much a step sets the server's clock forward, or back.
func (s step) jump() time.Duration {
	by := [...]time.Duration{2 * time.Second, 20 * time.Second, 90 * time.Second, 10 * time.Minute, time.Hour, 5 * time.Hour}[s.n/2%6]
	if s.n%2 == 0 {
		return by
	}
	return -by
}

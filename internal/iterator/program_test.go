// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

// program is what a writer, a reader and the misfortunes between them do.
type program struct {
	seed       uint64
	versioning s3test.Versioning
	rules      s3test.Config
	settings   Config
	percent    uint64 // of the requests fail
	latency    time.Duration
	overHTTP   bool // with the real client
	before     int  // how many of the steps come before the source opens
	steps      []step
}

// step is one deed and the pause after it.
type step struct {
	do   deed
	key  int
	n    int
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
	reads
	restarts
)

func (s step) String() string {
	name := [...]string{"put", "delete", "purge", "initiate", "complete", "abort", "enable", "suspend", "outage", "read", "restart"}[s.do]
	return fmt.Sprintf("%s(key %d, n %d); wait %s", name, s.key, s.n, s.wait)
}

func (p program) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "bucket %q, server %+v, source %+v, %d%% fail, latency %s, HTTP %t", p.versioning, p.rules, p.settings, p.percent, p.latency, p.overHTTP)
	for i, s := range p.steps {
		if i == p.before {
			b.WriteString("\n  open")
		}
		fmt.Fprintf(&b, "\n  %s", s)
	}
	return b.String()
}

func pick[T any](random *rand.Rand, choices ...T) T { return choices[random.IntN(len(choices))] }

// newProgram draws a program. The same seed draws the same one.
func newProgram(seed uint64) program {
	random := rand.New(rand.NewPCG(seed, 0))
	poll := pick(random, 500*time.Millisecond, time.Second, 5*time.Second, time.Minute)
	p := program{
		seed:       seed,
		versioning: pick(random, s3test.Enabled, s3test.Enabled, s3test.Suspended, s3test.Unversioned),
		rules: s3test.Config{
			PageSize:     pick(random, 1, 2, 3, 5, 12, 1000),
			Milliseconds: random.IntN(4) == 0,
			Multipart:    pick(random, s3test.MultipartAWS, s3test.MultipartAWS, s3test.MultipartLateOrder, s3test.MultipartCompletion),
			StaleMarker:  pick(random, s3test.StaleResumes, s3test.StaleRestartsKey, s3test.StaleSkipsKey, s3test.StaleEnds),
		},
		settings: Config{
			PollingPeriod:    poll,
			Lookback:         max(10*time.Second, poll*time.Duration(pick(random, 2, 10, 20))),
			LatestOnly:       random.IntN(4) == 0,
			FetchConcurrency: pick(random, 1, 2, 16),
			FetchBuffer:      pick[int64](random, 1, 10, fetchBuffer),
			ScanConcurrency:  pick(random, 1, 2, 8),
		},
		percent:  pick[uint64](random, 0, 0, 5, 30),
		latency:  pick(random, 0, 0, 50*time.Millisecond, 300*time.Millisecond),
		overHTTP: random.IntN(20) == 0,
	}
	keys := pick(random, 1, 3, 8)
	for range pick(random, 0, 2, 5, 40) {
		p.steps = append(p.steps, p.draw(random, 2*keys, deletes))
	}
	if p.before = len(p.steps); p.before > 0 {
		p.steps[p.before-1].wait += pick(random, 0, 3*time.Second, 3*p.settings.Lookback)
	}
	for range 4 + random.IntN(40) {
		p.steps = append(p.steps, p.draw(random, keys, restarts))
	}
	return p
}

// draw draws a step.
func (p *program) draw(random *rand.Rand, keys int, last deed) step {
	s := step{key: random.IntN(keys), n: random.IntN(1000)}
	s.do = pick(random, puts, puts, puts, puts, deletes, deletes, initiates, completes, completes, purges, aborts, enables, suspends,
		outages, reads, reads, reads, reads, restarts, restarts)
	if s.do > last && random.IntN(4) > 0 {
		s.do = puts
	} else if s.do > aborts && s.do > last || s.do == purges && p.seed%2 == 0 {
		s.do = initiates
	}
	switch random.IntN(12) {
	case 0, 1, 2:
	case 3, 4, 5:
		s.wait = time.Duration(random.Int64N(int64(time.Second)))
	case 6, 7:
		s.wait = time.Duration(random.Int64N(int64(2 * p.settings.PollingPeriod)))
	case 8, 9, 10:
		s.wait = time.Duration(random.Int64N(int64(p.settings.Lookback)))
	case 11:
		s.wait = time.Duration(random.Int64N(int64(4 * p.settings.Lookback)))
	}
	if s.do == enables && p.versioning == s3test.Unversioned && random.IntN(2) == 0 {
		s.do = puts
	}
	return s
}

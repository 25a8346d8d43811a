// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

// How many programs are run, and from which seed on.
var (
	programs  = flag.Int("programs", 5_000, "how many random programs are run; many take a -timeout as well")
	firstSeed = flag.Uint64("seed", 0, "the seed of the first random program")
)

// TestP1P2P3P4_ARandomWriter runs programs: a writer that changes a bucket while
// it is read, faults, and restarts from acknowledged positions. A reader has the
// truth to compare with. The first programs that fail are made shorter.
func TestP1P2P3P4_ARandomWriter(t *testing.T) {
	count := *programs
	if testing.Short() && count == 5_000 {
		count = 120
	}
	var failed atomic.Int32
	sum := newTally()
	const group = 5_000 // as many wait for their turn at a time
	for from := 0; from < count; from += group {
		t.Run("programs", func(t *testing.T) {
			for i := from; i < min(from+group, count); i++ {
				seed := *firstSeed + uint64(i)
				t.Run(fmt.Sprintf("seed_%d", seed), func(t *testing.T) {
					t.Parallel()
					runProgram(t, newProgram(seed), sum, &failed)
				})
			}
		})
	}
	t.Log(sum)
	if count >= 5_000 {
		for _, weak := range sum.weaknesses() {
			t.Error(weak)
		}
	}
}

// runProgram fails with the program, made shorter if it is one of the first, unless
// the source does what it must.
func runProgram(t *testing.T, p program, sum *tally, failed *atomic.Int32) {
	problems := p.run(t, sum)
	if len(problems) == 0 {
		return
	}
	if failed.Add(1) <= 3 { // the next ones usually fail for the same reason
		p, problems = p.shorten(t, problems)
	}
	t.Errorf("to replay it: "+
		"go test ./internal/iterator -run ARandomWriter -seed %d -programs 1\n%s\n%s", p.seed, strings.Join(problems, "\n"), p)
}

// shorten leaves out the steps without which the program fails as well.
func (p program) shorten(t *testing.T, problems []string) (program, []string) {
	for size := len(p.steps) / 2; size > 0; size /= 2 {
		for from := 0; from+size <= len(p.steps); {
			shorter := p
			shorter.steps = slices.Delete(slices.Clone(p.steps), from, from+size)
			shorter.before -= max(0, min(size, p.before-from))
			if found := shorter.run(t, newTally()); len(found) > 0 {
				p, problems = shorter, found
			} else {
				from += size
			}
		}
	}
	return p, problems
}

// run returns what is wrong with what the source delivers.
func (p program) run(t *testing.T, sum *tally) (problems []string) {
	synctest.Test(t, func(t *testing.T) {
		r := newObserver(t, p)
		for i, s := range p.steps {
			if i == p.before {
				r.open(-1)
			}
			r.take(s)
		}
		if r.it == nil {
			r.open(-1)
		}
		r.finish()
		r.it.Close()
		problems = r.problems
		sum.add(r)
	})
	return problems
}

// observer carries out a program.
type observer struct {
	*truth
	program
	trouble  *trouble
	store    Store
	it       *Iterator
	opened   time.Time // for the first time, by the local clock,
	start    time.Time // and by the server's Date
	log      []delivery
	restarts []restart
	kills    int
	setBacks []setBack
	bodies   int
	ended    bool // for good, by an error that is right
	longest  int  // position, without its key
	problems []string
	excuses  map[string]int // how many keys each exemption was used for
	exempt   map[string]int // how many keys it would have been used for
	repeats  int
	// How many versions are out of order around a restart, by its count.
	differences map[int]int
}

// delivery is a change that was acknowledged, and when it came.
type delivery struct {
	Change
	at     time.Time
	number int // of the records before it
}

// restart is a new start from the position of the last of so many records.
type restart struct {
	at    time.Time
	count int
	from  position.Position
	date  time.Time // that the source was told
}

// setBack is when the server's clock was set back, by the local clock, what it
// showed before, and when it was set forward again.
type setBack struct{ at, from, to time.Time }

func newObserver(t *testing.T, p program) *observer {
	r := &observer{program: p, trouble: &trouble{seed: p.seed, faults: p.faults, lied: map[string]int{}}}
	r.differences = map[int]int{}
	r.excuses, r.exempt = map[string]int{}, map[string]int{}
	r.truth = newTruth(p.rules, p.versioning)
	r.store = &quickStore{r.truth, r.trouble}
	if !p.overHTTP {
		return r
	}
	b, err := bucket.New(bucket.Config{
		AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey,
		Region: r.server.Region(), Bucket: bucketName, Endpoint: "http://s3.test",
	}, r.server)
	if err != nil {
		t.Fatal(err)
	}
	r.store = b
	r.server.SetFaults(func(req s3test.Request) s3test.Fault {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.trouble.fault(req)
	})
	return r
}

// finish reads until nothing comes any more, and judges.
func (r *observer) finish() {
	r.mu.Lock()
	idle := 2*r.settings.Lookback + 3*r.settings.PollingPeriod + 20*time.Second + 3*(r.trouble.pages+r.trouble.uploadPages)
	r.trouble.end()
	r.mu.Unlock()
	for !r.isOver() && r.read(1, idle) {
		most := 10
		if len(r.setBacks) > 0 {
			most += maxKills // positions don't carry all that is ahead of the clock then
		}
		if held := r.held(); len(r.log) > 100+most*held {
			r.complain("%d records came of %d versions, and no end of them", len(r.log), held)
		}
	}
	r.it.Close()
	if !r.isOver() {
		r.judge()
	}
}

func (r *observer) isOver() bool { return len(r.problems) > 0 || r.ended }

// held is how many versions the bucket ever had.
func (r *observer) held() (held int) {
	for _, line := range r.lines {
		held += len(line)
	}
	return held
}

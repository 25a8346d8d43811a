// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"errors"
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

// TestP1P2P3P4_ARandomWriter runs programs: a writer that changes a bucket while
// it is read, faults, and restarts from acknowledged positions. A reader has the
// truth to compare with. The first programs that fail are made shorter.
func TestP1P2P3P4_ARandomWriter(t *testing.T) {
	seeds := uint64(5_000)
	if testing.Short() {
		seeds = 120
	}
	var failed atomic.Int32
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed_%d", seed), func(t *testing.T) {
			t.Parallel()
			p := newProgram(seed)
			problems := p.run(t)
			if len(problems) == 0 {
				return
			}
			if failed.Add(1) <= 3 { // the next ones mostly fail for the same reason
				p, problems = p.shorten(t, problems)
			}
			t.Errorf("go test ./internal/iterator -run '%s'\n%s\n%s", t.Name(), strings.Join(problems, "\n"), p)
		})
	}
}

// shorten leaves out the steps without which the program fails as well.
func (p program) shorten(t *testing.T, problems []string) (program, []string) {
	for size := len(p.steps) / 2; size > 0; size /= 2 {
		for from := 0; from+size <= len(p.steps); {
			shorter := p
			shorter.steps = slices.Delete(slices.Clone(p.steps), from, from+size)
			shorter.before -= max(0, min(size, p.before-from))
			if found := shorter.run(t); len(found) > 0 {
				p, problems = shorter, found
			} else {
				from += size
			}
		}
	}
	return p, problems
}

// run returns what is wrong with what the source delivers.
func (p program) run(t *testing.T) (problems []string) {
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
	opened   time.Time // for the first time
	restarts int
	log      []delivery // what was delivered and acknowledged
	bodies   int
	problems []string
}

// delivery is a change and when it came.
type delivery struct {
	Change
	at time.Time
}

func newObserver(t *testing.T, p program) *observer {
	r := &observer{program: p, trouble: &trouble{seed: p.seed, percent: p.percent, latency: p.latency}}
	server := s3test.New(p.rules)
	server.CreateBucket(bucketName, p.versioning)
	r.truth = newTruth(server, p.rules)
	r.store = &quickStore{r.truth, r.trouble}
	if !p.overHTTP {
		return r
	}
	b, err := bucket.New(bucket.Config{
		AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey,
		Region: server.Region(), Bucket: bucketName, Endpoint: "http://s3.test",
	}, server)
	if err != nil {
		t.Fatal(err)
	}
	r.store = b
	server.SetFaults(func(req s3test.Request) s3test.Fault {
		r.mu.Lock()
		latency, fails := r.trouble.of(req.Op, req.Key+req.VersionID+req.Query.Encode())
		r.mu.Unlock()
		if !fails {
			return s3test.Fault{Delay: latency}
		}
		return []s3test.Fault{s3test.SlowDown(), s3test.InternalError(), s3test.Reset(), s3test.Truncate(1)}[latency%4]
	})
	return r
}

// open starts the source from an acknowledged position, or from the beginning.
func (r *observer) open(acknowledged int) {
	if r.it != nil {
		r.it.Close()
		r.restarts++
	}
	now := time.Now().Truncate(time.Second)
	from := position.Position{}
	if r.log = r.log[:acknowledged+1]; acknowledged < 0 {
		r.opened = time.Now()
		r.truth.open()
	} else {
		text := r.log[acknowledged].Position.String()
		var err error
		if from, err = position.Parse(text); err != nil {
			r.problems = append(r.problems, err.Error())
		}
	}
	r.it = Start(context.Background(), r.store, r.settings, from, now)
}

func (r *observer) take(s step) {
	key := fmt.Sprintf("k%d", s.key)
	switch s.do {
	case puts:
		r.put(key, r.body(s), time.Duration(s.n%8/7)*time.Duration(s.n-800)*time.Millisecond)
	case deletes:
		r.delete(key)
	case purges:
		r.purge(s.n)
	case initiates:
		r.initiate(key)
	case completes:
		r.complete(s.n, r.body(s))
	case aborts:
		r.complete(s.n, "")
	case enables:
		r.write(func() { r.server.SetVersioning(bucketName, s3test.Enabled) })
	case suspends:
		r.write(func() { r.server.SetVersioning(bucketName, s3test.Suspended) })
	case outages:
		op := []string{"", "ListMultipartUploads", "ListObjectVersions", "GetObject"}[s.n%4]
		r.mu.Lock()
		r.trouble.outages = append(r.trouble.outages, outage{op, time.Now().Add(s.wait)})
		r.mu.Unlock()
		return
	case reads:
		r.read(1+s.n%9, s.wait)
		return
	case restarts:
		r.it.Close()
		time.Sleep(s.wait * time.Duration(1+s.n%3*s.n%7))
		r.reopen(s.n)
		return
	}
	time.Sleep(s.wait)
}

// reopen goes on from the last acknowledged position, from any, or if there is
// none from the beginning.
func (r *observer) reopen(n int) {
	switch {
	case len(r.log) == 0 || n%10 == 9:
		r.open(-1)
	case n%2 == 0:
		r.open(len(r.log) - 1)
	default:
		r.open(n / 2 % len(r.log))
	}
}

// body returns the bytes of the next object, which most programs write once.
func (r *observer) body(s step) string {
	r.bodies++
	if r.seed%5 == 0 {
		return fmt.Sprint("body ", s.n%2)
	}
	return fmt.Sprint("body ", r.bodies)
}

// read takes up to n changes within some time, and says whether there were any.
func (r *observer) read(n int, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for i := range n {
		c, err := r.it.Next(ctx)
		if err != nil {
			if !errors.Is(err, context.DeadlineExceeded) {
				r.problems = append(r.problems, err.Error())
			}
			return i > 0
		}
		r.log = append(r.log, delivery{c, time.Now()})
	}
	return true
}

// hasMore is false once there were more changes than the bucket ever held, so
// that a source which repeats something in each scan comes to an end.
func (r *observer) hasMore() bool {
	held := 0
	for _, line := range r.lines {
		held += len(line)
	}
	return len(r.log) <= 2*held
}

// finish reads until nothing comes any more, and judges.
func (r *observer) finish() {
	r.mu.Lock()
	r.trouble.percent, r.trouble.outages = 0, nil
	r.mu.Unlock()
	for len(r.problems) == 0 && r.hasMore() && r.read(1, 2*r.settings.Lookback+3*r.settings.PollingPeriod+20*time.Second) {
	}
	if len(r.problems) == 0 {
		r.judge()
	}
}

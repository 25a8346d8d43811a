// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/listing"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

// maxKills bounds the kills of a program that has one after so many records.
const maxKills = 80

// maxPosition is how long a position may be, without its key.
const maxPosition = 1024

// open starts the source from an acknowledged position, or from the beginning.
func (r *observer) open(acknowledged int) {
	r.close()
	from := position.Position{}
	r.log = r.log[:acknowledged+1]
	r.restarts = slices.DeleteFunc(r.restarts, func(s restart) bool { return s.count > len(r.log) })
	r.mu.Lock()
	date := r.date()
	r.mu.Unlock()
	if acknowledged < 0 {
		r.opened, r.start, r.restarts = time.Now(), date, nil
		r.truth.open()
	} else {
		var err error
		if from, err = position.Parse(r.log[acknowledged].Position.String()); err != nil {
			r.complain("%v", err)
		}
		r.restarts = append(r.restarts, restart{time.Now(), len(r.log), from, date})
	}
	r.it = Start(context.Background(), r.store, r.settings, from, date)
}

func (r *observer) close() {
	if r.it != nil {
		r.it.Close()
		r.kills++
	}
}

// take does what a step says.
func (r *observer) take(s step) {
	keys := make([]string, max(1, s.many))
	for i := range keys {
		keys[i] = r.keyName(s.key + i)
	}
	body := func() string { return r.body(s) }
	switch s.do {
	case puts:
		r.put(keys, body, r.off(s))
	case deletes:
		r.delete(keys)
	case purges:
		r.purge(s.n, len(keys))
	case initiates:
		r.initiate(keys)
	case completes:
		r.complete(s.n, len(keys), body)
	case aborts:
		r.complete(s.n, len(keys), nil)
	case enables:
		r.write(func() { r.server.SetVersioning(bucketName, s3test.Enabled) })
	case suspends:
		r.write(func() { r.server.SetVersioning(bucketName, s3test.Suspended) })
	case jumps:
		r.jump(s.jump())
	case outages, refuses, reads, restarts, crashes:
		r.meet(s)
		return
	}
	time.Sleep(s.wait)
}

// off is how far the time of an object is from the server's: usually not at all, and
// never where the order of versions is taken from their times.
func (r *observer) off(s step) time.Duration {
	if s.n%8 != 7 || r.rules.VersionIDs == s3test.ULIDs {
		return 0
	}
	return time.Duration(s.n-800) * time.Millisecond
}

// jump sets the server's clock.
func (r *observer) jump(by time.Duration) {
	if by < 0 {
		r.setBacks = append(r.setBacks, setBack{at: time.Now(), from: r.now()})
	}
	r.set(by)
	for i := range r.setBacks {
		if b := &r.setBacks[i]; b.to.IsZero() && r.now().After(b.from) {
			b.to = time.Now()
		}
	}
}

// meet does what a step says that is not the writer's.
func (r *observer) meet(s step) {
	switch s.do {
	case outages, refuses:
		op := [...]string{"", "ListMultipartUploads", "ListObjectVersions", "GetObject"}[s.n%4]
		r.mu.Lock()
		r.trouble.outages = append(r.trouble.outages, outage{op, s.do == refuses, time.Now().Add(s.wait)})
		r.mu.Unlock()
	case reads:
		r.read(1+s.n%9, s.wait)
	case restarts:
		r.it.Close()
		time.Sleep(s.wait * time.Duration(1+s.n%3*s.n%7))
		r.reopen(s.n)
	case crashes:
		for i := range s.many {
			r.reopen(2 * i)
			time.Sleep(time.Duration((s.n+i)%7) * (r.faults.latency + 20*time.Millisecond))
		}
	default:
	}
}

// reopen resumes from the last acknowledged position, from any, or if there is
// none from the beginning.
func (r *observer) reopen(n int) {
	switch {
	case r.ended:
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
		switch {
		case err == nil:
			r.acknowledge(c)
		case errors.Is(err, context.DeadlineExceeded):
			return i > 0
		case r.isRight(err):
			if r.ended = errors.Is(err, listing.ErrOrder); !r.ended {
				time.Sleep(5 * time.Second)
				r.reopen(0)
			}
			return true
		default:
			r.complain("%v", err)
			return false
		}
	}
	return true
}

// acknowledge takes down a change. Some programs kill the source after every few.
func (r *observer) acknowledge(c Change) {
	r.log = append(r.log, delivery{c, time.Now(), len(r.log)})
	extension := len(c.Position.String()) - len(c.Position.Key)
	if r.longest = max(r.longest, extension); extension > maxPosition {
		r.complain("a position has %d bytes beyond its key: %s", extension, c.Position)
	}
	if r.every > 0 && len(r.log)%r.every == 0 && r.kills < maxKills {
		r.open(len(r.log) - 1)
	}
}

// isRight tells whether the source has a reason to end with an error.
func (r *observer) isRight(err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case errors.Is(err, listing.ErrOrder):
		return r.disordered
	case errors.Is(err, bucket.ErrForbidden):
		return slices.ContainsFunc(r.steps, func(s step) bool { return s.do == refuses })
	case errors.Is(err, bucket.ErrMalformed):
		return r.faults.percent > 0
	case errors.Is(err, bucket.ErrCorrupt), errors.Is(err, bucket.ErrGone):
		// The tries of an object come to an end, also if it has several reasons to fail.
		hasNull := r.versioning != s3test.Enabled || slices.ContainsFunc(r.steps, func(s step) bool { return s.do == suspends })
		return r.faults.lies > 0 && (r.rules.ListedBeforeReadable > 0 || hasNull || r.overHTTP)
	default:
		return false
	}
}

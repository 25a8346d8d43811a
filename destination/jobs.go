// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"sync"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"golang.org/x/sync/errgroup"
)

// uploads is what sends objects, and how many at a time.
type uploads struct {
	store       store
	concurrency int
	partSize    int
	options     bucket.PutOptions // of each object
}

// upload returns the input to store one of jobs objects that may go out at the same
// time. All together send no more parts at a time than the concurrency allows.
func (u *uploads) upload(jobs int) bucket.StoreInput {
	return bucket.StoreInput{
		PutOptions:  u.options,
		PartSize:    u.partSize,
		Concurrency: max(1, u.concurrency/max(1, jobs)),
	}
}

// job is some of a batch's records, by their places in it, ascending.
type job []int

// jobsOf returns a job for each of names, with the places where it stands.
func jobsOf(names []string) []job {
	var jobs []job
	seen := map[string]int{}
	var at int
	for i, name := range names {
		if i == 0 || name != names[i-1] {
			var ok bool
			if at, ok = seen[name]; !ok {
				at = len(jobs)
				seen[name] = at
				jobs = append(jobs, nil)
			}
		}
		jobs[at] = append(jobs[at], i)
	}
	return jobs
}

// run calls do for each of jobs, several at a time, in the order of their first
// records. do returns how many of its job's records are done, and why not the
// next. run returns the place of the first record of the batch, which has size
// records, that is not done, and why. Jobs behind one that failed are not begun.
func (u *uploads) run(
	ctx context.Context, size int, jobs []job, do func(context.Context, job) (int, error),
) (first int, cause error) {
	var group errgroup.Group
	group.SetLimit(u.concurrency)
	var mu sync.Mutex
	first = size
	fail := func(at int, err error) {
		mu.Lock()
		defer mu.Unlock()
		if at < first {
			first, cause = at, err
		}
	}
	behind := func(j job) bool {
		mu.Lock()
		defer mu.Unlock()
		return j[0] > first
	}
	for _, j := range jobs {
		group.Go(func() error {
			if behind(j) {
				return nil
			}
			if done, err := do(ctx, j); err != nil {
				fail(j[done], err)
			}
			return nil
		})
	}
	_ = group.Wait() // they return none
	return first, cause
}

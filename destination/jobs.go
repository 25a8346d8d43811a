// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"sync"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/crash"
	"golang.org/x/sync/errgroup"
)

// storer stores objects, several in parallel.
type storer struct {
	store       store
	concurrency int
	partSize    int
	options     bucket.PutOptions // of each object
}

// upload returns the input to store one of several objects in parallel. All of them
// together send at most as many parts at a time as the concurrency allows.
func (u *storer) upload(jobs int) bucket.StoreInput {
	return bucket.StoreInput{
		PutOptions:  u.options,
		PartSize:    u.partSize,
		Concurrency: max(1, u.concurrency/max(1, jobs)),
	}
}

// job is some of the records of a batch, by their indexes, ascending.
type job []int

// jobsOf returns a job for each distinct name, with the indexes of that name.
func jobsOf(names []string) []job {
	var jobs []job
	indexes := map[string]int{} // of jobs
	var at int
	for i, name := range names {
		if i == 0 || name != names[i-1] {
			var ok bool
			if at, ok = indexes[name]; !ok {
				at = len(jobs)
				indexes[name] = at
				jobs = append(jobs, nil)
			}
		}
		jobs[at] = append(jobs[at], i)
	}
	return jobs
}

// run calls do for each job, several in parallel, in the order of their first
// records. do returns how many records of its job are stored, and why the next one
// is not. run returns the index of the first record that is not stored, of a batch
// of size records, and why it is not. After a failure, later jobs are not started.
func (u *storer) run(
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
	isAfterFailure := func(j job) bool {
		mu.Lock()
		defer mu.Unlock()
		return j[0] > first
	}
	for _, j := range jobs {
		group.Go(func() error {
			if isAfterFailure(j) {
				return nil
			}
			done := 0
			err := crash.Catch(func() (err error) {
				done, err = do(ctx, j)
				return err
			})
			if err != nil {
				fail(j[done], err)
			}
			return nil
		})
	}
	_ = group.Wait() // errors are kept in cause
	return first, cause
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Command subject is what the benchmark measures in a process of its own: the
// connector, driven as Conduit's SDK or Conduit's plugin protocol drives it, or
// a limit, which is the least that has to be done for the same work.
package main

import (
	"context"
	"fmt"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
)

func main() { job.Main(do) }

func do(ctx context.Context, j job.Job) (job.Result, error) {
	work := map[job.Kind]func(context.Context, job.Job) (job.Result, error){
		job.Source:            readSource,
		job.SourcePlugin:      readPlugin,
		job.Destination:       writeDestination,
		job.DestinationPlugin: writePlugin,
		job.LimitSnapshot:     limitSnapshot,
		job.LimitScan:         limitScan,
		job.LimitUploads:      limitUploads,
		job.LimitChanges:      limitChanges,
		job.LimitEncode:       limitEncode,
		job.LimitPut:          limitPut,
	}[j.Kind]
	if work == nil {
		return job.Result{}, fmt.Errorf("unknown kind of job %q", j.Kind)
	}
	return work(ctx, j)
}

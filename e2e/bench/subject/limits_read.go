// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"golang.org/x/sync/errgroup"
)

// concurrency is how many objects the connector reads at a time.
const concurrency = 16

// limitSnapshot lists the bucket and reads every object, in no order.
func limitSnapshot(ctx context.Context, j job.Job) (job.Result, error) {
	c := newClient(j)
	counter, err := job.NewCounter(j)
	if err != nil {
		return job.Result{}, err
	}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(concurrency)
	err = c.list(ctx, func(page *s3.ListObjectVersionsOutput) error {
		for _, v := range page.Versions {
			group.Go(func() error {
				size, err := c.get(ctx, v.Key, v.VersionId)
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				return counter.Add(aws.ToString(v.Key), size)
			})
		}
		return ctx.Err()
	})
	if failed := group.Wait(); failed != nil {
		err = failed
	}
	return counter.Result(), err
}

// limitUploads lists the multipart uploads in progress and then scans.
func limitUploads(ctx context.Context, j job.Job) (job.Result, error) {
	c := newClient(j)
	pages := s3.NewListMultipartUploadsPaginator(c.Client, &s3.ListMultipartUploadsInput{Bucket: c.bucket})
	for pages.HasMorePages() {
		if _, err := pages.NextPage(ctx); err != nil {
			return job.Result{}, err
		}
	}
	return limitScan(ctx, j)
}

// limitScan lists the bucket's versions, with a pause after each listing, until
// it is interrupted.
func limitScan(ctx context.Context, j job.Job) (job.Result, error) {
	c := newClient(j)
	for ctx.Err() == nil {
		err := c.list(ctx, func(*s3.ListObjectVersionsOutput) error { return nil })
		if err != nil && ctx.Err() == nil {
			return job.Result{}, err
		}
		wait(ctx, j.Period)
	}
	return job.Result{}, nil
}

// limitChanges lists the bucket every period and reads what is new, one after
// the other.
func limitChanges(ctx context.Context, j job.Job) (job.Result, error) {
	c := newClient(j)
	tick := time.NewTicker(j.Period)
	defer tick.Stop()
	known := map[string]bool{}
	counter, err := job.NewCounter(job.Job{Records: j.Records, Times: true})
	if err != nil {
		return job.Result{}, err
	}
	ready := false
	for !counter.Done() && ctx.Err() == nil {
		var fresh []s3Version
		err := c.list(ctx, func(page *s3.ListObjectVersionsOutput) error {
			for _, v := range page.Versions {
				if id := aws.ToString(v.VersionId); !known[id] {
					known[id] = true
					fresh = append(fresh, s3Version{v.Key, v.VersionId})
				}
			}
			return nil
		})
		if err != nil {
			return job.Result{}, ignoreEnd(ctx, err)
		}
		if !ready { // what is there at the start is known
			ready, fresh = true, nil
			if _, err := job.NewCounter(job.Job{Ready: j.Ready}); err != nil {
				return job.Result{}, err
			}
		}
		if err := c.read(ctx, fresh, counter); err != nil {
			return job.Result{}, ignoreEnd(ctx, err)
		}
		if counter.Done() {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	return counter.Result(), nil
}

type s3Version struct{ key, id *string }

func (c s3Client) read(ctx context.Context, fresh []s3Version, counter *job.Counter) error {
	for _, v := range fresh {
		size, err := c.get(ctx, v.key, v.id)
		if err != nil {
			return err
		}
		if err := counter.Add(aws.ToString(v.key), size); err != nil {
			return err
		}
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// ignoreEnd drops an error that comes of the end of ctx.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

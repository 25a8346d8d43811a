// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
)

const bucketName = "orders"

// world is an S3 server with one bucket, in virtual time.
type world struct {
	*s3test.Server
	t      *testing.T
	bucket *bucket.Bucket
}

// inWorld runs test in a bubble of virtual time.
func inWorld(t *testing.T, versioning s3test.Versioning, config s3test.Config, test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := s3test.New(config)
		server.CreateBucket(bucketName, versioning)
		b, err := bucket.New(bucket.Config{
			AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey,
			Region: server.Region(), Bucket: bucketName, Endpoint: "http://s3.test",
		}, server)
		assert.NilError(t, err)
		test(t, &world{Server: server, t: t, bucket: b})
	})
}

func (w *world) put(key, body string) { w.Put(bucketName, key, []byte(body)) }
func (w *world) delete(key string)    { w.Delete(bucketName, key) }

// purge deletes every version of a key for good.
func (w *world) purge(key string) {
	for _, v := range w.Versions(bucketName) {
		if v.Key == key {
			w.DeleteVersion(bucketName, key, v.VersionID)
		}
	}
}

// start begins to read from a position, and stops when the test ends.
func (w *world) start(from string) *Iterator {
	w.t.Helper()
	return w.startWith(defaults(), from)
}

// defaults are the settings that users get.
func defaults() Config {
	return Config{
		PollingPeriod: time.Second, Lookback: lookback,
		FetchConcurrency: fetchConcurrency, FetchBuffer: fetchBuffer, ScanConcurrency: 8,
	}
}

const (
	lookback         = time.Minute
	fetchConcurrency = 16
	fetchBuffer      = 24 << 20
)

func (w *world) startWith(config Config, from string) *Iterator {
	w.t.Helper()
	at, err := position.Parse(from)
	assert.NilError(w.t, err)
	var now time.Time
	assert.NilError(w.t, bucket.Retry(w.t.Context(), func(ctx context.Context) (err error) {
		now, err = w.bucket.Check(ctx, bucket.ReadAccess, "")
		return err
	}))
	it := Start(w.t.Context(), w.bucket, config, at, now)
	w.t.Cleanup(it.Close)
	return it
}

// read returns everything that it delivers until it was idle for some scans.
func (w *world) read(it *Iterator) []Change {
	w.t.Helper()
	return w.readIdle(it, idle)
}

// readIdle returns everything that it delivers until it was idle for some time.
func (w *world) readIdle(it *Iterator, idle time.Duration) (all []Change) {
	w.t.Helper()
	for {
		changes := w.readUntil(it, 10, idle)
		if len(changes) == 0 {
			return all
		}
		all = append(all, changes...)
	}
}

// idle ends between two scans, so that what a test then writes is seen by one
// scan as a whole.
const idle = 25*time.Second + time.Second/2

// readSome returns the next changes, none if there is none for some scans.
func (w *world) readSome(it *Iterator, limit int) []Change {
	w.t.Helper()
	return w.readUntil(it, limit, idle)
}

func (w *world) readUntil(it *Iterator, limit int, idle time.Duration) []Change {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), idle)
	defer cancel()
	changes, err := next(ctx, it, limit)
	if !errors.Is(err, context.DeadlineExceeded) {
		assert.NilError(w.t, err)
	}
	return changes
}

// next returns the next change, when there is one, and those that are ready
// with it, at most limit in all.
func next(ctx context.Context, it *Iterator, limit int) ([]Change, error) {
	var changes []Change
	c, err := it.Next(ctx)
	for err == nil {
		changes = append(changes, c)
		if len(changes) == limit {
			break
		}
		ready, cancel := context.WithTimeout(ctx, time.Nanosecond)
		c, err = it.Next(ready)
		cancel()
	}
	if len(changes) > 0 {
		return changes, nil // an error stays until it is alone
	}
	return nil, err
}

// sized returns how much of something a test has: less with -short, where the race
// detector makes everything slow.
func sized(full, short int) int {
	if testing.Short() {
		return short
	}
	return full
}

func positions(changes []Change) []string {
	texts := make([]string, len(changes))
	for i, c := range changes {
		texts[i] = c.Position.String()
	}
	return texts
}

// said writes changes down, one a line.
func said(changes []Change) []string {
	lines := make([]string, len(changes))
	for i, c := range changes {
		name := map[Operation]string{Snapshot: "snapshot", Create: "create", Update: "update", Delete: "delete"}[c.Operation]
		lines[i] = name + " " + c.Version.Key
		if c.Operation != Delete {
			lines[i] += fmt.Sprintf("=%s", c.Object.Body)
		}
	}
	return lines
}

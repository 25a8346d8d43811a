// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/iterator"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
)

// benchStore answers listings and reads from prepared values, so that what is
// measured is the iterator alone. Whatever else an iterator asks for goes to an
// empty bucket.
type benchStore struct {
	*bucket.Bucket
	pages  map[string]bucket.Page // by the key that they begin behind
	object bucket.Object
	listed chan struct{} // told of each listing from the beginning, if it is not nil
}

func (s *benchStore) ListVersions(ctx context.Context, _ string, after bucket.Marker) (bucket.Page, error) {
	if after == (bucket.Marker{}) && s.listed != nil {
		select {
		case s.listed <- struct{}{}:
		case <-ctx.Done():
			return bucket.Page{}, ctx.Err()
		}
	}
	page, found := s.pages[after.Key]
	if !found {
		return bucket.Page{}, fmt.Errorf("no page is prepared behind %q", after.Key)
	}
	return page, nil
}

func (s *benchStore) Get(context.Context, bucket.Version) (bucket.Object, error) {
	return s.object, nil
}

// newBenchStore returns a store of n objects, in pages that begin behind every
// key at which an iterator may go on.
func newBenchStore(b *testing.B, n int, body []byte) *benchStore {
	b.Helper()
	const pageSize, name = 1000, "bench"
	server := s3test.New(s3test.Config{})
	server.CreateBucket(name, s3test.Enabled)
	empty, err := bucket.New(bucket.Config{
		AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey,
		Region: server.Region(), Bucket: name, Endpoint: "http://s3.test",
	}, server)
	assert.NilError(b, err)
	now := time.Now()
	all := make([]bucket.Version, n)
	for i := range all {
		all[i] = bucket.Version{
			Key: fmt.Sprintf("orders/%07d.json", i), VersionID: fmt.Sprintf("v%07d", i), ETag: `"etag"`,
			Size: int64(len(body)), LastModified: now.Add(-time.Hour), IsLatest: true,
		}
	}
	s := &benchStore{Bucket: empty, pages: map[string]bucket.Page{}, object: bucket.Object{Body: body}}
	add := func(from int) {
		page := bucket.Page{Versions: all[from:min(from+pageSize, n)], Time: now}
		if from+pageSize < n {
			last := all[from+pageSize-1]
			page.Next, page.More = bucket.Marker{Key: last.Key, VersionID: last.VersionID}, true
		}
		after := ""
		if from > 0 {
			after = all[from-1].Key
		}
		s.pages[after] = page
	}
	for from := range n {
		add(from)
	}
	return s
}

// BenchmarkListing measures how versions come out of pages in a scan in which
// nothing has changed.
func BenchmarkListing(b *testing.B) {
	const versions = 10_000
	store := newBenchStore(b, versions, nil)
	store.listed = make(chan struct{})
	from, err := iterator.ParsePosition(fmt.Sprintf("k_c%d", time.Now().Unix()))
	assert.NilError(b, err)
	it := iterator.Start(b.Context(), store, iterator.Config{PollingPeriod: time.Nanosecond}, from, time.Now())
	defer it.Close()
	<-store.listed
	b.ReportAllocs()
	for b.Loop() {
		<-store.listed // the scan before has ended
	}
	b.ReportMetric(float64(versions*b.N)/b.Elapsed().Seconds(), "versions/s")
}

// BenchmarkOrderedFetch measures how objects that cost nothing to read come out
// in order.
func BenchmarkOrderedFetch(b *testing.B) {
	const objects = 10_000
	store := newBenchStore(b, objects, make([]byte, 1024))
	b.ReportAllocs()
	for b.Loop() {
		it := iterator.Start(b.Context(), store, iterator.Config{PollingPeriod: time.Hour}, iterator.Position{}, time.Now())
		for n := 0; n < objects; {
			changes, err := it.Next(b.Context(), 1000)
			assert.NilError(b, err)
			n += len(changes)
		}
		it.Close()
	}
	b.ReportMetric(float64(objects*b.N)/b.Elapsed().Seconds(), "objects/s")
}

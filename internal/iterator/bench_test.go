// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"fmt"
	"runtime"
	"sort"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/rs/zerolog"
	"gotest.tools/v3/assert"
)

// newBenchBucket returns a bucket of n objects of size bytes, an hour old.
func newBenchBucket(b *testing.B, n, size int) *bucket.Bucket {
	b.Helper()
	server := s3test.New(s3test.Config{})
	server.CreateBucket(bucketName, s3test.Enabled)
	body, old := make([]byte, size), time.Now().Add(-time.Hour)
	server.PutAll(bucketName, func(yield func(s3test.Entry) bool) {
		for i := range n {
			if !yield(s3test.Entry{Key: fmt.Sprintf("k%07d", i), Body: body, LastModified: old}) {
				return
			}
		}
	})
	store, err := bucket.New(bucket.Config{
		AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey,
		Region: server.Region(), Bucket: bucketName, Endpoint: "http://s3.test",
	}, server)
	assert.NilError(b, err)
	return store
}

func BenchmarkSnapshot(b *testing.B) {
	for _, size := range []int{4 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			const objects = 1000
			store := newBenchBucket(b, objects, size)
			b.SetBytes(int64(objects * size))
			b.ReportAllocs()
			for b.Loop() {
				it := Start(b.Context(), store, defaults(), position.Position{}, time.Now())
				for range objects {
					_, err := it.Next(b.Context())
					assert.NilError(b, err)
				}
				it.Close()
			}
			b.ReportMetric(float64(objects*b.N)/b.Elapsed().Seconds(), "objects/s")
		})
	}
}

// BenchmarkScan measures a scan that finds nothing, and what it leaves in
// memory, which does not grow with the bucket.
func BenchmarkScan(b *testing.B) {
	for _, objects := range []int{1000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(objects), func(b *testing.B) {
			store := newBenchBucket(b, objects, 0)
			r := benchReader(store)
			before := liveHeap()
			b.ReportAllocs()
			for b.Loop() {
				found, err := r.scan(b.Context())
				assert.NilError(b, err)
				assert.Equal(b, len(found.findings.kept), 0)
			}
			b.ReportMetric(float64(objects*b.N)/b.Elapsed().Seconds(), "versions/s")
			b.ReportMetric(float64(max(0, liveHeap()-before)), "kept-B")
		})
	}
}

// benchReader returns a reader that looks for changes of the last minute.
func benchReader(store Store) *reader {
	log, now, config := zerolog.Nop(), time.Now().Truncate(time.Second), defaults()
	from := position.Position{Mode: position.ModeChanges, Watermark: now, Since: now.Add(-lookback), SinceMultipart: now.Add(-lookback)}
	return newReader(store, config, from, now, &log)
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // what pools hold survives one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// preparedStore answers from memory, so that what is measured is the iterator
// alone.
type preparedStore struct {
	versions []bucket.Version // one a key
	object   bucket.Object
}

func newPreparedStore(n int, body []byte) *preparedStore {
	s := &preparedStore{object: bucket.Object{Body: body}}
	for i := range n {
		s.versions = append(s.versions, bucket.Version{
			Key: fmt.Sprintf("orders/%07d.json", i), VersionID: fmt.Sprintf("v%07d", i), ETag: `"etag"`,
			Size: int64(len(body)), LastModified: time.Now().Add(-time.Hour), IsLatest: true,
		})
	}
	return s
}

func (s *preparedStore) ListVersions(_ context.Context, _ string, after bucket.Marker) (bucket.Page, error) {
	from := sort.Search(len(s.versions), func(i int) bool { return s.versions[i].Key > after.Key })
	to := min(from+1000, len(s.versions))
	page := bucket.Page{Versions: s.versions[from:to], More: to < len(s.versions), Time: time.Now()}
	if page.More {
		page.Next = bucket.Marker{Key: s.versions[to-1].Key, VersionID: s.versions[to-1].VersionID}
	}
	return page, nil
}

func (*preparedStore) ListUploads(context.Context, string, bucket.UploadMarker) (bucket.UploadPage, error) {
	return bucket.UploadPage{Time: time.Now()}, nil
}

func (s *preparedStore) Get(_ context.Context, v bucket.Version, _ int64) (bucket.Object, error) {
	object := s.object
	object.Version = v
	return object, nil
}

// BenchmarkListing measures how versions come out of pages in a scan in which
// nothing has changed.
func BenchmarkListing(b *testing.B) {
	const versions = 10_000
	r := benchReader(newPreparedStore(versions, nil))
	b.ReportAllocs()
	for b.Loop() {
		_, err := r.scan(b.Context())
		assert.NilError(b, err)
	}
	b.ReportMetric(float64(versions*b.N)/b.Elapsed().Seconds(), "versions/s")
}

// BenchmarkOrderedFetch measures how objects that cost nothing to read come out
// in order.
func BenchmarkOrderedFetch(b *testing.B) {
	const objects = 10_000
	store := newPreparedStore(objects, make([]byte, 1024))
	b.ReportAllocs()
	for b.Loop() {
		it := Start(b.Context(), store, defaults(), position.Position{}, time.Now())
		for range objects {
			_, err := it.Next(b.Context())
			assert.NilError(b, err)
		}
		it.Close()
	}
	b.ReportMetric(float64(objects*b.N)/b.Elapsed().Seconds(), "objects/s")
}

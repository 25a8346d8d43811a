// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

const bucketName = "orders"

// world is an S3 server with one bucket, in virtual time.
type world struct {
	*s3test.Server
	t     *testing.T
	store *bucket.Bucket
}

func inWorld(t *testing.T, config s3test.Config, test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := s3test.New(config)
		server.CreateBucket(bucketName, s3test.Enabled)
		b, err := bucket.New(bucket.Config{
			AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey,
			Region: server.Region(), Bucket: bucketName, Endpoint: "http://s3.test",
		}, server)
		assert.NilError(t, err)
		test(t, &world{server, t, b})
	})
}

func (w *world) put(key string) { w.Put(bucketName, key, []byte("x")) }

// visited keeps the versions of one range.
type visited struct{ versions []bucket.Version }

func (*visited) Answered(bucket.Page) {}

func (v *visited) Visit(version bucket.Version, below *bucket.Version) error {
	if below != nil && below.Key != version.Key {
		return fmt.Errorf("%s is below %s", below.Key, version.Key)
	}
	v.versions = append(v.versions, version)
	return nil
}

// scan returns what a scan visits, in the order of the ranges, and how many
// requests it takes.
func (w *world) scan(l *Lister) (versions []bucket.Version, requests int) {
	w.t.Helper()
	before := w.Count("ListObjectVersions")
	var ranges []*visited
	assert.NilError(w.t, l.Scan(w.t.Context(), func(n int) []Visitor {
		visitors := make([]Visitor, n)
		for i := range visitors {
			ranges = append(ranges, &visited{})
			visitors[i] = ranges[i]
		}
		return visitors
	}))
	for _, r := range ranges {
		versions = append(versions, r.versions...)
	}
	return versions, w.Count("ListObjectVersions") - before
}

// sequentialRequests is how many requests a listing takes in one range.
func (w *world) sequentialRequests() int {
	_, requests := w.scan(New(w.store, "", 1))
	return requests
}

func TestScan_OfAnUnchangedBucketTakesTheRequestsOfOneListing(t *testing.T) {
	const objects, size = 1000, 5
	for _, concurrency := range []int{1, 2, 8} {
		config := s3test.Config{PageSize: size, Latency: 20 * time.Millisecond}
		inWorld(t, config, func(t *testing.T, w *world) {
			for i := range objects {
				w.put(fmt.Sprintf("k%04d", i))
			}
			l := New(w.store, "", concurrency)
			for range 6 {
				versions, requests := w.scan(l)
				assert.Check(t, is.Len(versions, objects))
				assert.Check(t, requests <= objects/(size-1), "%d requests", requests)
			}
			w.ResetLog()
			began := time.Now()
			_, requests := w.scan(l)
			took, fair := time.Since(began), time.Duration(requests)*20*time.Millisecond/time.Duration(concurrency)
			assert.Check(t, took < fair*3/2, "%s", took)
			assert.Check(t, is.Equal(w.PeakConcurrency("ListObjectVersions"), concurrency))
			assert.Check(t, is.Equal(requests, w.sequentialRequests()))
		})
	}
}

func TestScan_FollowsABucketThatGrowsAndShrinks(t *testing.T) {
	inWorld(t, s3test.Config{PageSize: 3}, func(t *testing.T, w *world) {
		l := New(w.store, "", 4)
		random := rand.New(rand.NewPCG(1, 0))
		for round, objects := range []int{10, 1000, 100, 700, 20, 0, 300} {
			held := w.Objects(bucketName)
			for range objects - len(held) {
				w.put(fmt.Sprintf("k%d", random.Int64N(1e12)))
			}
			for _, o := range held[min(objects, len(held)):] {
				w.DeleteVersion(bucketName, o.Key, o.VersionID)
			}
			for settling := range 8 {
				versions, requests := w.scan(l)
				assert.Check(t, is.Len(versions, objects))
				ranges := len(l.splits.ranges())
				assert.Check(t, ranges <= rangesPerWalker*4, "%d ranges", ranges)
				if settling > 5 {
					want := w.sequentialRequests()
					assert.Check(t, requests <= want+ranges, "round %d: %d requests in place of %d", round, requests, want)
					assert.Check(t, ranges >= min(rangesPerWalker, want/minPages/2), "round %d: %d ranges of %d requests", round, ranges, want)
				}
			}
		}
	})
}

func TestScan_RangesAreDisjointAndWhole(t *testing.T) {
	inWorld(t, s3test.Config{PageSize: 2}, func(t *testing.T, w *world) {
		l := New(w.store, "", 8)
		random := rand.New(rand.NewPCG(1, 0))
		for range 30 {
			for range 40 {
				key := fmt.Sprintf("k%d", random.IntN(60))
				switch random.IntN(5) {
				case 0:
					w.purge(key)
				case 1:
					w.Delete(bucketName, key)
				default:
					w.put(key)
				}
			}
			versions, _ := w.scan(l)
			var want, got []string
			for _, v := range w.Versions(bucketName) {
				want = append(want, v.Key+v.VersionID)
			}
			for _, v := range versions {
				got = append(got, v.Key+v.VersionID)
			}
			assert.DeepEqual(t, got, want)
		}
	})
}

// purge deletes every version of a key permanently.
func (w *world) purge(key string) {
	for _, v := range w.Versions(bucketName) {
		if v.Key == key {
			w.DeleteVersion(bucketName, key, v.VersionID)
		}
	}
}

// The work for a key is linear in its versions: requests, entries and memory.
func TestScan_OfAKeyWithManyVersionsIsLinear(t *testing.T) {
	work := func(versions int) (requests, answered int, allocations float64) {
		m := &model{size: 1000, quirks: quirks{apart: 2, repeatsEntry: true, repeatsKey: true}}
		for n := versions; n > 0; n-- {
			m.entries = append(m.entries, bucket.Version{
				Key: "hot", VersionID: ulid(n), IsLatest: n == versions, DeleteMarker: n%3 == 0, LastModified: time.Unix(int64(n), 0),
			})
		}
		allocations = testing.AllocsPerRun(1, func() {
			m.requests, m.answered = 0, 0
			count := new(counter)
			assert.NilError(t, New(m, "", 1).Walk(t.Context(), "", count))
			assert.Check(t, is.Equal(count.versions, versions))
		})
		return m.requests, m.answered, allocations
	}
	requests, answered, allocations := work(20_000)
	requests10, answered10, allocations10 := work(200_000)
	assert.Check(t, requests10 <= 11*requests && answered10 <= 11*answered, "%d, then %d requests", requests, requests10)
	assert.Check(t, allocations10 <= 15*allocations, "%f, then %f allocations", allocations, allocations10)
}

// counter counts what it visits.
type counter struct{ versions int }

func (*counter) Answered(bucket.Page) {}

func (c *counter) Visit(bucket.Version, *bucket.Version) error {
	c.versions++
	return nil
}

// A key that begins after a range costs the range one page, however large it is.
func TestWalk_EndsWhereTheRangeEnds(t *testing.T) {
	m := &model{size: 10}
	m.entries = append(m.entries, bucket.Version{Key: "a", VersionID: "1", IsLatest: true})
	for n := range 500 {
		m.entries = append(m.entries, bucket.Version{Key: "c", VersionID: fmt.Sprint(n), IsLatest: n == 0})
	}
	count := new(counter)
	assert.NilError(t, New(m, "", 1).walk(t.Context(), keyRange{after: "a", until: "b"}, nil, count))
	assert.Check(t, is.Equal(m.requests, 1))
	assert.Check(t, is.Equal(count.versions, 0))
}

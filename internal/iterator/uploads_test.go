// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func oldUploads() int { return sized(500, 50) }

// Uploads in progress that end while the source is stopped come once each, however
// many, and no older object comes again.
func TestP1P2_UploadsThatEndWhileTheSourceIsStopped(t *testing.T) {
	for _, uploads := range []int{0, 1, 16, 17, sized(200, 60)} {
		for _, stopped := range []string{"in the snapshot", "in the changes"} {
			t.Run(fmt.Sprintf("%d, stopped %s", uploads, stopped), func(t *testing.T) {
				inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
					count := w.endUploadsWhileStopped(uploads, stopped == "in the snapshot")
					for i := range uploads {
						assert.Check(t, is.Equal(count[fmt.Sprintf("m/up/%03d", i)], 1), "upload %d", i)
					}
					for i := range oldUploads() {
						key := fmt.Sprintf("m/%03d", i)
						assert.Check(t, is.Equal(count[key], 1), key)
					}
				})
			})
		}
	}
}

// endUploadsWhileStopped returns how often each key came.
func (w *world) endUploadsWhileStopped(uploads int, inSnapshot bool) map[string]int {
	for i := range oldUploads() {
		w.upload(fmt.Sprintf("m/%03d", i), "x", 0)
	}
	time.Sleep(30 * 24 * time.Hour)
	var ids []string
	for i := range uploads {
		ids = append(ids, w.InitiateUpload(bucketName, fmt.Sprintf("m/up/%03d", i)))
		time.Sleep(300 * time.Millisecond)
	}
	time.Sleep(time.Hour)
	config := defaults()
	config.PollingPeriod = 10 * time.Second
	it := w.startWith(config, "")
	var all []Change
	if inSnapshot {
		for range 7 {
			c, err := it.Next(w.t.Context())
			assert.NilError(w.t, err)
			all = append(all, c)
		}
	} else {
		all = w.readIdle(it, 3*lookback)
		w.put("z", "1")
		all = append(all, w.readIdle(it, 3*lookback)...)
	}
	it.Close()
	time.Sleep(time.Hour)
	for _, id := range ids {
		w.complete(id, "1")
	}
	time.Sleep(time.Hour)
	all = append(all, w.readIdle(w.startWith(config, all[len(all)-1].Position.String()), 5*lookback)...)
	count := map[string]int{}
	for _, c := range all {
		count[c.Version.Key]++
	}
	return count
}

// uploadListings are how listings of uploads may go wrong.
var uploadListings = map[string]func(page int) s3test.Fault{
	"slower than the look-back": func(int) s3test.Fault { return s3test.Fault{Delay: 5 * lookback} },
	"failing for ever":          func(int) s3test.Fault { return s3test.InternalError() },
	"throttled for ever":        func(int) s3test.Fault { return s3test.SlowDown() },
	"silent":                    func(int) s3test.Fault { return s3test.Hang() },
	"malformed":                 func(int) s3test.Fault { return s3test.Malformed() },
	"refused": func(int) s3test.Fault {
		return s3test.Fault{Status: 403, Code: "AccessDenied", Message: "Access Denied"}
	},
	"not known": func(int) s3test.Fault { return s3test.Fault{Status: 501, Code: "NotImplemented"} },
	"without times": func(int) s3test.Fault {
		return s3test.Fault{Body: []byte(`<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>a</Key><UploadId>u</UploadId></Upload></ListMultipartUploadsResult>`)}
	},
}

// The listing of uploads is optional: nothing else waits for it, and positions do
// not grow.
func TestP6_NothingWaitsForTheListingOfUploads(t *testing.T) {
	for name, fault := range uploadListings {
		for _, lookback := range []time.Duration{time.Second, lookback, 24 * time.Hour} {
			t.Run(fmt.Sprintf("%s, look-back %s", name, lookback), func(t *testing.T) {
				inWorld(t, s3test.Enabled, s3test.Config{}, func(_ *testing.T, w *world) {
					w.put("a", "1")
					w.SetFaults(func(r s3test.Request) s3test.Fault {
						if r.Op == "ListMultipartUploads" {
							return fault(r.N)
						}
						return s3test.Fault{}
					})
					config := defaults()
					config.Lookback, config.PollingPeriod = lookback, 10*time.Second
					w.checkPromptness(w.startWith(config, ""))
				})
			})
		}
	}
}

// checkPromptness checks that the snapshot of one object, and changes, come at once.
func (w *world) checkPromptness(it *Iterator) {
	w.t.Helper()
	next := func(within time.Duration) Change {
		w.t.Helper()
		ctx, cancel := context.WithTimeout(w.t.Context(), within)
		defer cancel()
		c, err := it.Next(ctx)
		assert.NilError(w.t, err)
		return c
	}
	next(2 * time.Second)
	for i := range sized(20, 7) {
		time.Sleep(time.Duration(i*i) * 3 * time.Second)
		w.put(fmt.Sprint("k", i), "1")
		c := next(11 * time.Second)
		assert.Check(w.t, is.Equal(c.Version.Key, fmt.Sprint("k", i)))
		assert.Check(w.t, is.Equal(c.Operation, Create))
		assert.Check(w.t, len(c.Position.String()) < 1024)
	}
}

// endlessUploads lists uploads without end, some on each page.
type endlessUploads struct {
	*memoryStore
	each   int
	listed int
}

func (s *endlessUploads) ListUploads(ctx context.Context, _ string, _ bucket.UploadMarker) (page bucket.UploadPage, err error) {
	select {
	case <-time.After(10 * time.Millisecond):
	case <-ctx.Done():
		return page, context.Cause(ctx)
	}
	s.listed++
	for i := range s.each {
		page.Uploads = append(page.Uploads, bucket.MultipartUpload{Key: fmt.Sprintf("%09d/%d", s.listed, i), Initiated: time.Now()})
	}
	page.More, page.Next = true, bucket.UploadMarker{Key: fmt.Sprintf("%09d", s.listed)}
	return page, nil
}

func TestP5_AListingOfUploadsWithoutEndIsGivenUp(t *testing.T) {
	for _, each := range []int{0, sized(1000, 100)} {
		t.Run(fmt.Sprintf("%d a page", each), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &endlessUploads{memoryStore: newMemoryStore(bucket.Version{Key: "a", VersionID: "1", LastModified: time.Now()}), each: each}
				r := newRestarting(t, store)
				began := time.Now()
				assert.Check(t, is.Equal(r.run(1, 2*time.Second), 1))
				time.Sleep(2 * time.Second)
				store.add(bucket.Version{Key: "b", VersionID: "1", LastModified: time.Now()})
				assert.Check(t, is.Equal(r.run(1, 11*time.Second), 1))
				r.run(1, 4*time.Minute)
				assert.Check(t, time.Since(began) < 5*time.Minute)
				assert.Check(t, strings.Contains(r.log.String(), "uploads in progress can't be listed"), r.log.String())
			})
		})
	}
}

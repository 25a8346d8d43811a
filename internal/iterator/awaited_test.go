// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// The time of an upload is before that of the clock by as much as the clock was set
// forward, although no listing of uploads had shown it by then.
func TestUploads_InProgressWhileTheClockIsSetForward(t *testing.T) {
	var off atomic.Int64
	inWorldWithAClock(t, s3test.Config{}, &off, func(t *testing.T, w *world) {
		it := w.start("")
		w.read(it)
		var listed atomic.Bool
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "ListMultipartUploads" && !listed.Load() {
				return s3test.Fault{Delay: 10 * time.Minute}
			}
			return s3test.Fault{}
		})
		time.Sleep(2 * lookback)
		id := w.InitiateUpload(bucketName, "a")
		off.Store(int64(5 * time.Hour))
		w.put("b", "1")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create b=1"}))
		w.complete(id, "1")
		listed.Store(true)
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create a=1"}))
	})
}

// What a resumed snapshot delivers may be shown as in progress by the listing of
// uploads that was taken before.
func TestUploads_ThatEndBeforeAResumedSnapshotReadsThemComeOnce(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "1")
		id := w.InitiateUpload(bucketName, "b")
		time.Sleep(24 * time.Hour)
		it := w.start("")
		first := w.readSome(it, 1)
		assert.Check(t, is.DeepEqual(said(first), []string{"snapshot a=1"}))
		it.Close()

		var done atomic.Bool
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "ListObjectVersions" && w.Count("ListMultipartUploads") > 1 && done.CompareAndSwap(false, true) {
				w.complete(id, "1")
			}
			return s3test.Fault{}
		})
		it = w.start(first[0].Position.String())
		time.Sleep(2 * time.Second)
		w.put("c", "1")
		changes := w.read(it)
		assert.Check(t, is.DeepEqual(said(changes), []string{"snapshot b=1", "create c=1"}))
		it.Close()
		assert.Check(t, is.Len(w.readIdle(w.start(changes[1].Position.String()), beyondTheLookBack), 0))
	})
}

// After a restart, a scan may find what an upload became before a listing of uploads
// is taken that is older and still shows it in progress.
func TestAwaitedUpload_FoundBeforeAListingThatShowsItIsNotAwaited(t *testing.T) {
	for name, c := range map[string]struct {
		began time.Duration // of the listing, after the version was found
		want  int
	}{
		"an older listing":                    {-time.Second, 0},
		"a later one shows another like that": {time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			a := &awaitedUpload{ended: 1} // of a position
			assert.Check(t, a.deal(position.Fingerprint{1}))
			assert.Check(t, a.isOfEnded())
			assert.Check(t, is.Equal(a.open(), 0))
			began := a.dealtAt.Add(c.began)
			a.update(1, &uploadListing{began: began, ended: began}, lookback)
			assert.Check(t, is.Equal(a.open(), c.want))
		})
	}
}

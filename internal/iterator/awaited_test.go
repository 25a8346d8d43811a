// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
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

// What a scan leaves to the next one stays in the window of multipart uploads.
func TestUploads_ThatAreMoreThanAScanKeepsAllCome(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		const uploads = 20
		var ids []string
		for i := range uploads {
			ids = append(ids, w.InitiateUpload(bucketName, fmt.Sprintf("k%02d", i)))
		}
		config := defaults()
		it := w.startWith(config, "")
		time.Sleep(2*lookback + 20*time.Second)
		w.put("0", "1")
		from := positions(w.read(it))[0]
		it.Close()
		for _, id := range ids {
			w.complete(id, "1")
		}
		config.ScanLimit, config.FetchBuffer = 3, 1
		assert.Check(t, is.Len(said(w.read(w.startWith(config, from))), uploads))
	})
}

// An upload may leave the listing of those in progress some time before its version
// appears.
func TestUploads_ThatLeaveTheListingBeforeTheirVersionsAppear(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		id := w.InitiateUpload(bucketName, "a")
		var hidden atomic.Bool
		upload := regexp.MustCompile("(?s)<Upload>.*</Upload>")
		w.rewriteAnswers(func(_ *http.Request, _ http.Header, body []byte) []byte {
			if hidden.Load() {
				return upload.ReplaceAll(body, nil)
			}
			return body
		})
		time.Sleep(time.Hour)
		it := w.start("")
		w.put("0", "1")
		w.readIdle(it, beyondTheLookBack)
		hidden.Store(true)
		time.Sleep(lookback * 3 / 4) // at least one listing does not show it
		w.put("1", "1")
		w.read(it)
		w.complete(id, "1")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create a=1"}))
	})
}

// A store may round the time of an upload in progress and that of its version
// differently.
func TestUploads_ListedASecondBeforeOrAfterTheirVersions(t *testing.T) {
	for _, listed := range []string{"00:00:29", "00:00:31"} {
		inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
			time.Sleep(30 * time.Second)
			running, stopped := w.InitiateUpload(bucketName, "a"), w.InitiateUpload(bucketName, "b")
			w.rewriteAnswers(func(_ *http.Request, _ http.Header, body []byte) []byte {
				return bytes.ReplaceAll(body, []byte("<Initiated>2000-01-01T00:00:30"), []byte("<Initiated>2000-01-01T"+listed))
			})
			time.Sleep(time.Hour)
			it := w.start("")
			w.read(it)
			w.put("0", "1")
			w.readIdle(it, beyondTheLookBack)
			w.complete(running, "1")
			changes := w.readIdle(it, beyondTheLookBack)
			assert.Check(t, is.DeepEqual(said(changes), []string{"create a=1"}))
			w.put("c", "1")
			changes = w.read(it)
			assert.Check(t, is.DeepEqual(said(changes), []string{"create c=1"}))
			it.Close()
			w.complete(stopped, "1")
			time.Sleep(time.Hour)
			assert.Check(t, is.DeepEqual(said(w.readIdle(w.start(changes[0].Position.String()), beyondTheLookBack)), []string{"create b=1"}))
		})
	}
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

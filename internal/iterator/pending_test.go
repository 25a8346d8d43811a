// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/rs/zerolog"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// upload puts an object in parts, which takes some time.
func (w *world) upload(key, body string, takes time.Duration) {
	id := w.InitiateUpload(bucketName, key)
	time.Sleep(takes)
	w.CompleteUpload(bucketName, id, []byte(body))
}

// complete completes an upload.
func (w *world) complete(id, body string) { w.CompleteUpload(bucketName, id, []byte(body)) }

// Lifecycle rules that abort uploads are rarely set, so that a bucket may hold
// what years have left.
func TestUploads_TenThousandAbandoned(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		abandoned := 10_000
		if testing.Short() {
			abandoned = 2_000
		}
		for i := range 50 {
			w.upload(fmt.Sprintf("whole/%02d", i), "0", 0)
		}
		time.Sleep(time.Hour)
		ids := make([]string, abandoned)
		for i := range ids {
			ids[i] = w.InitiateUpload(bucketName, fmt.Sprintf("parts/%05d", i))
		}
		time.Sleep(time.Hour)
		config := defaults()
		config.PollingPeriod, config.Lookback = 10*time.Second, 10*time.Minute
		it := w.startWith(config, "")
		assert.Check(t, is.Len(w.read(it), 50))
		listed := w.Count("ListMultipartUploads")
		time.Sleep(config.Lookback)
		assert.Check(t, is.Equal(w.Count("ListMultipartUploads")-listed, 2*abandoned/1000), "a thousand a page, twice a look-back")

		w.complete(ids[7], "1")
		w.put("whole/07", "1")
		changes := w.read(it)
		assert.Check(t, is.DeepEqual(said(changes), []string{"create parts/00007=1", "update whole/07=1"}))
		at := changes[len(changes)-1].Position.String()
		assert.Check(t, len(at) < 1024, "%d bytes", len(at))
		it.Close()

		time.Sleep(time.Hour)
		w.complete(ids[1711], "1")
		time.Sleep(time.Hour)
		it = w.startWith(config, at)
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create parts/01711=1"}))
		w.complete(ids[0], "1")
		w.AbortUpload(bucketName, ids[1])
		assert.Check(t, is.DeepEqual(said(w.readIdle(it, config.Lookback)), []string{"create parts/00000=1"}))
	})
}

func TestUploads_WithoutPermissionAreSaidOnceAndLeftToTheLookBack(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.Deny("s3:ListBucketMultipartUploads")
		var log bytes.Buffer
		ctx := zerolog.New(&log).WithContext(t.Context())
		it := Start(ctx, w.bucket, defaults(), position.Position{}, time.Now())
		defer it.Close()
		w.read(it)
		w.upload("quick", "1", lookback/2)
		id := w.InitiateUpload(bucketName, "slow")
		time.Sleep(4 * lookback)
		w.put("other", "1")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create quick=1", "create other=1"}))
		w.complete(id, "1")
		w.put("whole", "1")
		assert.Check(t, is.DeepEqual(said(w.readIdle(it, beyondTheLookBack)), []string{"create whole=1"}))
		assert.Check(t, is.Equal(strings.Count(log.String(), "\n"), 1), log.String())
		assert.Check(t, is.Contains(log.String(), "s3:ListBucketMultipartUploads"))
		assert.Check(t, is.Equal(w.Count("ListMultipartUploads"), 3), "it is asked again every five minutes")
	})
}

// What is put in the second in which an upload of its key began looks like it,
// but for the ETag.
func TestUploads_APutInTheSameSecondIsNoneOfThem(t *testing.T) {
	for _, rule := range []s3test.MultipartRule{s3test.MultipartAWS, s3test.MultipartLateOrder} {
		inWorld(t, s3test.Enabled, s3test.Config{Multipart: rule}, func(t *testing.T, w *world) {
			w.put("a", "whole")
			id := w.InitiateUpload(bucketName, "a")
			time.Sleep(time.Hour)
			it := w.start("")
			assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot a=whole"}))
			w.put("b", "1")
			changes := w.readIdle(it, beyondTheLookBack)
			assert.Check(t, is.DeepEqual(said(changes), []string{"create b=1"}))
			it = w.start(changes[0].Position.String())
			assert.Check(t, is.Len(w.readIdle(it, beyondTheLookBack), 0))
			w.complete(id, "parts")
			assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update a=parts"}))
		})
	}
}

// A listing goes on where it failed: what it counted twice would be awaited for
// ever.
func TestUploads_FaultOnALaterPage(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{PageSize: 2}, func(t *testing.T, w *world) {
		var ids []string
		for i := range 5 {
			ids = append(ids, w.InitiateUpload(bucketName, fmt.Sprintf("k%d", i)))
		}
		time.Sleep(time.Hour)
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "ListMultipartUploads" && r.N == 2 {
				return s3test.InternalError()
			}
			return s3test.Fault{}
		})
		it := w.start("")
		w.read(it)
		assert.Check(t, is.Equal(w.Count("ListMultipartUploads"), 4))
		w.complete(ids[0], "1")
		changes := w.read(it)
		assert.Check(t, is.DeepEqual(said(changes), []string{"create k0=1"}))
		it.Close()
		time.Sleep(time.Hour)
		assert.Check(t, is.Len(w.readIdle(w.start(changes[0].Position.String()), beyondTheLookBack), 0))
	})
}

// While the uploads can't be listed, the scans look back to the last listing.
func TestUploads_ThatBeginAndEndWhileTheyCantBeListed(t *testing.T) {
	for _, test := range []struct {
		fault   s3test.Fault
		restart bool
	}{{s3test.SlowDown(), false}, {s3test.SlowDown(), true}, {s3test.Fault{Delay: 10 * time.Minute}, false}} {
		inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
			it := w.start("")
			w.put("a", "1")
			first := w.read(it)
			var up atomic.Bool
			w.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == "ListMultipartUploads" && !up.Load() {
					return test.fault
				}
				return s3test.Fault{}
			})
			if test.restart {
				it.Close()
				it = w.start(first[0].Position.String())
			}
			w.upload("b", "1", 5*lookback)
			w.put("c", "1")
			time.Sleep(time.Minute)
			w.put("d", "1")
			time.Sleep(time.Minute)
			up.Store(true)
			assert.Check(t, is.DeepEqual(said(w.readIdle(it, beyondTheLookBack)), []string{"create b=1", "create c=1", "create d=1"}))
		})
	}
}

// Until the uploads are listed for the first time, nobody knows what the
// snapshot's versions were.
func TestUploads_TheFirstListingIsWaitedFor(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "1")
		id := w.InitiateUpload(bucketName, "b")
		time.Sleep(time.Hour)
		began := time.Now()
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "ListMultipartUploads" && time.Since(began) < 3*lookback {
				return s3test.SlowDown()
			}
			return s3test.Fault{}
		})
		it := w.start("")
		assert.Check(t, is.DeepEqual(said(w.readIdle(it, 5*lookback)), []string{"snapshot a=1"}))
		w.complete(id, "1")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create b=1"}))
	})
}

func TestUploads_LaterOnesOfOneSecondAreAllDelivered(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{Multipart: s3test.MultipartLateOrder}, func(t *testing.T, w *world) {
		ids := []string{w.InitiateUpload(bucketName, "a"), w.InitiateUpload(bucketName, "a"), w.InitiateUpload(bucketName, "a")}
		time.Sleep(time.Hour)
		it := w.start("")
		w.read(it)
		for i, id := range ids {
			w.complete(id, fmt.Sprint(i))
			time.Sleep(2 * lookback)
		}
		assert.Check(t, is.DeepEqual(said(w.readIdle(it, beyondTheLookBack)), []string{"create a=0", "update a=1", "update a=2"}))
	})
}

// One of two uploads that began in the same second ends before the other is
// listed, or before the source opens.
func TestUploads_OneThatEndedDoesNotStandForTheOther(t *testing.T) {
	for _, first := range []time.Duration{0, time.Second, 5 * lookback} {
		inWorld(t, s3test.Enabled, s3test.Config{Multipart: s3test.MultipartLateOrder}, func(t *testing.T, w *world) {
			it := w.start("")
			w.read(it)
			one, other := w.InitiateUpload(bucketName, "a"), w.InitiateUpload(bucketName, "a")
			time.Sleep(first)
			w.complete(one, "1")
			want := []string{"create a=1", "update a=2"}
			all := w.readIdle(it, 2*lookback)
			late := w.start("")
			assert.Check(t, is.DeepEqual(said(w.readIdle(late, 5*time.Second)), []string{"snapshot a=1"}))
			w.complete(other, "2")
			all = append(all, w.readIdle(it, 2*lookback)...)
			assert.Check(t, is.DeepEqual(said(all), want))
			assert.Check(t, is.DeepEqual(said(w.read(late)), want[1:]))
		})
	}
}

// On S3 the upload that was initiated later is the newer version.
func TestUploads_ThatAppearUnderADeliveredVersionAreNoChange(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{Multipart: s3test.MultipartAWS}, func(t *testing.T, w *world) {
		id := w.InitiateUpload(bucketName, "a")
		time.Sleep(time.Hour)
		it := w.start("")
		w.read(it)
		w.put("a", "newer")
		assert.Check(t, is.DeepEqual(said(w.readIdle(it, beyondTheLookBack)), []string{"create a=newer"}))
		w.complete(id, "older")
		assert.Check(t, is.Len(w.readIdle(it, beyondTheLookBack), 0))
	})
}

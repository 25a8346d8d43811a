// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"net/http"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// settled is how long nothing may come after an outage: a request that gets no answer
// is given up after a minute, and tried again some seconds later. It ends between two
// scans.
const settled = 2*time.Minute + time.Second/2

// outageTime is longer than the look-back.
func outageTime() time.Duration { return time.Duration(sized(300, 150)) * time.Second }

// longFaults are what passes, and the operations that it hits; all if there is none.
var longFaults = map[string]struct {
	fault s3test.Fault
	ops   map[string]bool
}{
	"throttled":         {fault: s3test.SlowDown()},
	"gone":              {fault: s3test.Reset()},
	"silent":            {fault: s3test.Hang()},
	"failing":           {fault: s3test.InternalError()},
	"short listings":    {fault: s3test.Truncate(200), ops: map[string]bool{"ListObjectVersions": true, "ListMultipartUploads": true}},
	"short bodies":      {fault: s3test.Truncate(1), ops: map[string]bool{"GetObject": true}},
	"bodies that stall": {fault: s3test.Fault{Cut: true, CutAt: 1, Stall: true}, ops: map[string]bool{"GetObject": true}},
}

// TestP6_AnOutageOfMinutesIsWaitedOut takes S3 away, wholly or in part, in the
// snapshot and in the changes, for longer than the look-back.
func TestP6_AnOutageOfMinutesIsWaitedOut(t *testing.T) {
	for name, outage := range longFaults {
		fault := func(r s3test.Request) s3test.Fault {
			if outage.ops != nil && !outage.ops[r.Op] {
				return s3test.Fault{}
			}
			return outage.fault
		}
		t.Run(name+"/in the snapshot", func(t *testing.T) {
			inWorld(t, s3test.Enabled, s3test.Config{PageSize: 2}, func(t *testing.T, w *world) {
				for _, key := range []string{"a", "b", "c", "d", "e"} {
					w.put(key, "old")
				}
				w.SetFaults(func(r s3test.Request) s3test.Fault {
					if isCheck := r.Op == "ListObjectVersions" && r.N == 1; isCheck {
						return s3test.Fault{}
					}
					return fault(r)
				})
				it := w.startWith(seldom(), "")
				w.changeFor(outageTime())
				w.SetFaults(nil)
				all := w.readIdle(it, settled)
				assert.Check(t, is.DeepEqual(said(all), append([]string{
					"snapshot a=old", "snapshot b=old", "snapshot c=old", "snapshot d=old", "snapshot e=old",
				}, outageChanges...)))
				w.checkRestarts(all)
			})
		})
		t.Run(name+"/in the changes", func(t *testing.T) {
			inWorld(t, s3test.Enabled, s3test.Config{PageSize: 2}, func(t *testing.T, w *world) {
				w.put("a", "old")
				w.put("b", "old")
				it := w.startWith(seldom(), "")
				w.read(it)
				w.SetFaults(fault)
				w.changeFor(outageTime())
				w.SetFaults(nil)
				all := w.readIdle(it, settled)
				assert.Check(t, is.DeepEqual(said(all), outageChanges))
				w.checkRestarts(all)
			})
		})
	}
}

// seldom are settings that make long tests short.
func seldom() Config {
	config := defaults()
	config.PollingPeriod = 5 * time.Second
	return config
}

// passTheStart lets the second of the start end: what happens in it may belong to
// the snapshot.
func (w *world) passTheStart() { time.Sleep(time.Second) }

// changeFor makes the outageChanges in the course of some time.
func (w *world) changeFor(d time.Duration) {
	w.passTheStart()
	w.put("a", "first")
	w.put("new", "first")
	time.Sleep(d / 2)
	w.put("a", "second")
	w.delete("b")
	time.Sleep(d / 2)
	w.put("new", "second")
}

var outageChanges = []string{"update a=first", "create new=first", "update a=second", "delete b", "update new=second"}

// checkRestarts checks that from the position of every third change the next
// ones, and nothing else, are delivered.
func (w *world) checkRestarts(changes []Change) {
	w.t.Helper()
	for i := 0; i < len(changes); i += 3 {
		it := w.startWith(seldom(), changes[i].Position.String())
		assert.Check(w.t, is.DeepEqual(said(w.read(it)), said(changes[i+1:])), "after %d", i)
		it.Close()
	}
}

// refusals are what ends the reading: "b" is put while it lasts, or right after.
var refusals = map[string]struct {
	begin, end func(w *world)
	kind       error
	wants      []string
}{
	"bucket deleted": {
		begin: func(w *world) { w.RemoveBucket(bucketName) },
		end:   func(w *world) { w.CreateBucket(bucketName, s3test.Enabled); w.put("b", "1") },
		kind:  bucket.ErrNoBucket, wants: []string{`"orders"`, "NoSuchBucket", "aws.bucket"},
	},
	"permission to list withdrawn": {
		begin: func(w *world) { w.Deny("s3:ListBucketVersions"); w.put("b", "1") },
		end:   func(w *world) { w.Allow("s3:ListBucketVersions") },
		kind:  bucket.ErrForbidden, wants: []string{`"orders"`, "the IAM policy must allow s3:ListBucketVersions"},
	},
	"permission to read withdrawn": {
		begin: func(w *world) { w.Deny("s3:GetObjectVersion"); w.put("b", "1") },
		end:   func(w *world) { w.Allow("s3:GetObjectVersion") },
		kind:  bucket.ErrForbidden, wants: []string{`"orders"`, `key "b"`, "the IAM policy must allow s3:GetObjectVersion"},
	},
	"credentials expired": {
		begin: func(w *world) { w.refuse(http.StatusBadRequest, "ExpiredToken"); w.put("b", "1") },
		end:   func(w *world) { w.SetFaults(nil) },
		kind:  bucket.ErrCredentials, wants: []string{`"orders"`, "ExpiredToken", "check aws.accessKeyId and aws.secretAccessKey"},
	},
	"access key deleted": {
		begin: func(w *world) { w.refuse(http.StatusForbidden, "InvalidAccessKeyId"); w.put("b", "1") },
		end:   func(w *world) { w.SetFaults(nil) },
		kind:  bucket.ErrCredentials, wants: []string{`"orders"`, "InvalidAccessKeyId", "check aws.accessKeyId"},
	},
}

func (w *world) refuse(status int, code string) {
	w.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Fault{Status: status, Code: code, Message: "refused"} })
}

// TestP6_ARefusalEndsTheReading finds one error that says what is missing, at
// once, and goes on behind the last change once it is mended, long after.
func TestP6_ARefusalEndsTheReading(t *testing.T) {
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
				it := w.start("")
				w.passTheStart()
				w.put("a", "1")
				before := w.read(it)
				assert.Check(t, is.DeepEqual(said(before), []string{"create a=1"}))
				refusal.begin(w)
				began := time.Now()
				_, err := next(t.Context(), it, 10)
				assert.Check(t, time.Since(began) < 5*time.Second)
				assert.Check(t, is.ErrorIs(err, refusal.kind))
				for _, want := range refusal.wants {
					assert.Check(t, is.ErrorContains(err, want))
				}
				it.Close()

				time.Sleep(time.Hour)
				refusal.end(w)
				w.put("c", "1")
				it = w.start(before[0].Position.String())
				assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create b=1", "create c=1"}))
			})
		})
	}
}

// TestClock_OfThisMachineMayBeADayOff lets S3 refuse what is signed with a wrong
// time.
func TestClock_OfThisMachineMayBeADayOff(t *testing.T) {
	for _, off := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		config := s3test.Config{CheckSkew: true, Clock: func() time.Time { return time.Now().Add(off) }}
		inWorld(t, s3test.Enabled, config, func(t *testing.T, w *world) {
			w.put("a", "1")
			began := time.Now()
			it := w.start("")
			assert.Check(t, time.Since(began) < 5*time.Second)
			assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot a=1"}))
			w.put("a", "2")
			w.put("b", "1")
			assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update a=2", "create b=1"}))
			refused := 0
			for _, r := range w.Requests() {
				if r.Status == http.StatusForbidden {
					refused++
				}
			}
			assert.Check(t, is.Equal(refused, 1), "S3's answer tells how far off the clock is")
		})
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

var pageSizes = []int{1, 2, 3, 7, 1000}

func TestSnapshot_DeliversEveryObject(t *testing.T) {
	for _, versioning := range []s3test.Versioning{s3test.Unversioned, s3test.Enabled, s3test.Suspended} {
		for _, size := range pageSizes {
			t.Run(fmt.Sprintf("%s/pages of %d", versioning, size), func(t *testing.T) {
				inWorld(t, versioning, s3test.Config{PageSize: size}, func(t *testing.T, w *world) {
					var want []string
					for i := range 10 {
						key := fmt.Sprintf("k%d", i)
						w.put(key, "old")
						w.put(key, "new")
						want = append(want, "snapshot "+key+"=new")
					}
					w.put("k5", "gone")
					w.delete("k5")
					want = append(want[:5], want[6:]...)
					time.Sleep(10 * time.Minute)
					assert.Check(t, is.DeepEqual(said(w.read(w.start(""))), want))
				})
			})
		}
	}
}

func TestSnapshot_OfABusyBucketIsNotRepeatedAsChanges(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "1")
		w.put("a", "2")
		w.put("b", "1")
		w.delete("b")
		w.put("c", "1")
		assert.Check(t, is.DeepEqual(said(w.read(w.start(""))), []string{"snapshot a=2", "delete b", "snapshot c=1"}))
	})
}

func TestChanges_TellCreateUpdateAndDelete(t *testing.T) {
	for _, size := range pageSizes {
		t.Run(fmt.Sprintf("pages of %d", size), func(t *testing.T) {
			inWorld(t, s3test.Enabled, s3test.Config{PageSize: size}, func(t *testing.T, w *world) {
				w.put("a", "0")
				time.Sleep(time.Hour)
				it := w.start("")
				assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot a=0"}))
				w.put("a", "1")
				w.put("b", "1")
				assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update a=1", "create b=1"}))
				w.delete("a")
				w.put("c", "1")
				assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"delete a", "create c=1"}))
			})
		})
	}
}

// The present connector pages with the key marker alone, so that the versions
// of a key behind a page's end are not seen, and an update becomes a create.
func TestChanges_UpdateAtAPagesEndIsNoCreate(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{PageSize: 2}, func(t *testing.T, w *world) {
		w.put("a", "1")
		w.put("b", "1")
		time.Sleep(time.Hour)
		it := w.start("")
		w.read(it)
		w.put("b", "2") // the page ends between b=2 and b=1
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update b=2"}))
	})
}

// In the present connector, several changes of a key between two scans
// collapse, and a delete before a create disappears.
func TestChanges_BetweenTwoScansAreAllDelivered(t *testing.T) {
	for _, size := range pageSizes {
		inWorld(t, s3test.Enabled, s3test.Config{PageSize: size}, func(t *testing.T, w *world) {
			w.put("a", "0")
			time.Sleep(time.Hour)
			it := w.start("")
			w.read(it)
			w.put("a", "1")
			w.put("a", "2")
			w.delete("a")
			w.put("a", "3")
			want := []string{"update a=1", "update a=2", "delete a", "create a=3"}
			assert.Check(t, is.DeepEqual(said(w.read(it)), want))
		})
	}
}

// The present connector looks for what is younger than the last change, in
// whole seconds: what appears later in the same second is lost, also across a
// restart.
func TestChanges_WithinOneSecondAreAllDelivered(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		it := w.start("")
		w.read(it)
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
		w.put("b", "1")
		first, err := next(t.Context(), it, 10) // a scan in this very second
		assert.NilError(t, err)
		assert.Check(t, is.DeepEqual(said(first), []string{"create b=1"}))
		w.put("a", "1")
		restarted := w.start(first[0].Position.String())
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create a=1"}))
		assert.Check(t, is.DeepEqual(said(w.read(restarted)), []string{"create a=1"}))
	})
}

func TestChanges_WithoutVersioningAreCreates(t *testing.T) {
	for _, size := range pageSizes {
		inWorld(t, s3test.Unversioned, s3test.Config{PageSize: size}, func(t *testing.T, w *world) {
			w.put("a", "0")
			time.Sleep(time.Hour)
			it := w.start("")
			w.read(it)
			w.put("a", "1")
			w.put("b", "1")
			assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create a=1", "create b=1"}))
			w.put("a", "2")
			w.delete("b")
			assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create a=2"}))
		})
	}
}

func TestChanges_DuringTheSnapshotAreNotLost(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{PageSize: 2}, func(t *testing.T, w *world) {
		for i := range 6 {
			w.put(fmt.Sprintf("k%d", i), "0")
		}
		time.Sleep(time.Hour)
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "ListObjectVersions" && r.N == 3 { // one to check, one page of the snapshot
				time.Sleep(2 * time.Second)
				w.put("k0", "1") // behind the snapshot
				w.put("k5", "1") // ahead of it
				w.delete("k4")
			}
			return s3test.Fault{}
		})
		got := said(w.read(w.start("")))
		want := []string{
			"snapshot k0=0", "snapshot k1=0", "snapshot k2=0", "snapshot k3=0", "snapshot k4=0", "snapshot k5=0",
			"update k0=1", "delete k4", "update k5=1",
		}
		assert.Check(t, is.DeepEqual(got, want))
	})
}

// The present connector begins a snapshot again at the first key.
func TestSnapshot_GoesOnBehindTheLastKey(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{PageSize: 3}, func(t *testing.T, w *world) {
		for i := range 9 {
			w.put(fmt.Sprintf("k%d", i), "0")
		}
		time.Sleep(time.Hour)
		it := w.start("")
		some, err := next(t.Context(), it, 4)
		assert.NilError(t, err)
		it.Close()
		time.Sleep(time.Hour)
		w.put("k0", "1")
		w.put("k8", "1")
		it = w.start(some[len(some)-1].Position.String())
		var want []string
		for i := len(some); i < 9; i++ {
			want = append(want, fmt.Sprintf("snapshot k%d=0", i))
		}
		want = append(want, "update k0=1", "update k8=1")
		assert.Check(t, is.DeepEqual(said(w.read(it)), want))
	})
}

func TestRestart_FromAnyPositionRepeatsAndLosesNothing(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{PageSize: 3}, func(t *testing.T, w *world) {
		for i := range 5 {
			w.put(fmt.Sprintf("k%d", i), "0")
		}
		it := w.start("")
		all := w.read(it)
		for i := range 5 {
			w.put(fmt.Sprintf("k%d", i), "1")
			w.delete(fmt.Sprintf("k%d", (i+2)%5))
			if i%2 == 0 {
				time.Sleep(1300 * time.Millisecond)
			}
		}
		all = append(all, w.read(it)...)
		it.Close()
		assert.Check(t, is.Equal(len(all), 15))
		for i, c := range all {
			it := w.start(c.Position.String())
			rest := w.read(it)
			it.Close()
			assert.Check(t, is.DeepEqual(said(rest), said(all[i+1:])), "after %d", i)
			assert.Check(t, is.DeepEqual(positions(rest), positions(all[i+1:])), "after %d", i)
		}
	})
}

func TestRestart_FromTodaysPositions(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "0")
		w.put("b", "0")
		time.Sleep(time.Hour)
		then := time.Now().Unix()
		w.put("a", "1")
		w.put("b", "1")
		time.Sleep(time.Hour)
		w.put("c", "1")
		changes := w.read(w.start(fmt.Sprintf("a_c%d", then)))
		assert.Check(t, is.DeepEqual(said(changes), []string{"update a=1", "update b=1", "create c=1"}))
		snapshot := w.read(w.start(fmt.Sprintf("a_s%d", then-1)))
		assert.Check(t, is.DeepEqual(said(snapshot), []string{"snapshot b=0", "update a=1", "update b=1", "create c=1"}))
	})
}

// The present connector reads "whatever is there now", so that a payload can
// be newer than its change, and an object that goes away ends the source.
func TestPayload_BelongsToTheChange(t *testing.T) {
	for _, test := range []struct {
		versioning s3test.Versioning
		want       []string
	}{
		{s3test.Enabled, []string{"create a=1", "update a=2"}},
		{s3test.Unversioned, []string{"create a=2"}},
	} {
		inWorld(t, test.versioning, s3test.Config{}, func(t *testing.T, w *world) {
			it := w.start("")
			w.read(it)
			var overwritten atomic.Bool
			w.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == "GetObject" && overwritten.CompareAndSwap(false, true) {
					w.put("a", "2")
				}
				return s3test.Fault{}
			})
			w.put("a", "1")
			assert.Check(t, is.DeepEqual(said(w.read(it)), test.want))
		})
	}
}

func TestObject_ThatDisappearsIsSkipped(t *testing.T) {
	for _, versioning := range []s3test.Versioning{s3test.Enabled, s3test.Unversioned} {
		inWorld(t, versioning, s3test.Config{}, func(t *testing.T, w *world) {
			w.put("a", "1")
			w.put("b", "1")
			w.put("c", "1")
			w.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == "GetObject" && r.Key == "b" {
					w.purge("b")
				}
				return s3test.Fault{}
			})
			assert.Check(t, is.DeepEqual(said(w.read(w.start(""))), []string{"snapshot a=1", "snapshot c=1"}))
		})
	}
}

func TestFaults_AreWaitedOut(t *testing.T) {
	faults := map[string]s3test.Fault{
		"throttled": s3test.SlowDown(), "internal error": s3test.InternalError(), "reset": s3test.Reset(),
		"truncated": s3test.Truncate(1), "hang": s3test.Hang(),
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			inWorld(t, s3test.Enabled, s3test.Config{PageSize: 2}, func(t *testing.T, w *world) {
				var want []string
				for i := range 7 {
					w.put(fmt.Sprintf("k%d", i), "x")
					want = append(want, fmt.Sprintf("snapshot k%d=x", i))
				}
				it := w.start("")
				w.SetFaults(func(r s3test.Request) s3test.Fault {
					if r.N%4 != 0 {
						return fault
					}
					return s3test.Fault{}
				})
				var all []Change
				for len(all) < len(want) {
					changes, err := next(t.Context(), it, 100)
					assert.NilError(t, err)
					all = append(all, changes...)
				}
				assert.Check(t, is.DeepEqual(said(all), want))
			})
		})
	}
}

// In the present connector, a refusal on the second page of a listing silently
// ends the snapshot.
func TestListing_RefusalOnALaterPageIsAnError(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{PageSize: 5}, func(t *testing.T, w *world) {
		for i := range 7 {
			w.put(fmt.Sprintf("k%d", i), "x")
		}
		it := w.start("")
		var listed atomic.Int32
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "ListObjectVersions" && listed.Add(1) == 2 {
				return s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
			}
			return s3test.Fault{}
		})
		var err error
		delivered := 0
		for err == nil {
			var changes []Change
			changes, err = next(t.Context(), it, 10)
			delivered += len(changes)
		}
		assert.Check(t, is.ErrorIs(err, bucket.ErrForbidden))
		assert.Check(t, is.ErrorContains(err, "s3:ListBucketVersions"))
		assert.Check(t, is.Equal(delivered, 2), "of the first page, whose last keys may go on behind it")
		_, err = next(t.Context(), it, 10)
		assert.Check(t, is.ErrorIs(err, bucket.ErrForbidden), "the error is final")
	})
}

func TestObject_ThatMayNotBeReadIsAnErrorInItsPlace(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "1")
		w.put("b", "1")
		w.put("c", "1")
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "GetObject" && r.Key == "b" {
				return s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
			}
			return s3test.Fault{}
		})
		it := w.start("")
		synctest.Wait()
		changes, err := next(t.Context(), it, 10)
		assert.NilError(t, err)
		assert.Check(t, is.DeepEqual(said(changes), []string{"snapshot a=1"}))
		_, err = next(t.Context(), it, 10)
		assert.Check(t, is.ErrorIs(err, bucket.ErrForbidden))
		assert.Check(t, is.ErrorContains(err, `key "b"`))
	})
}

func TestNext_ReturnsWhatIsReadyAndWaitsOtherwise(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{Latency: 20 * time.Millisecond}, func(t *testing.T, w *world) {
		objects := sized(500, 100)
		for i := range objects {
			w.put(fmt.Sprintf("k%03d", i), "x")
		}
		it := w.start("")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		changes, err := next(t.Context(), it, 1000)
		assert.NilError(t, err)
		assert.Check(t, is.Len(changes, objects))
		assert.Check(t, is.Equal(w.PeakConcurrency("GetObject"), fetchConcurrency))

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = next(ctx, it, 1000)
		assert.Check(t, is.ErrorIs(err, context.DeadlineExceeded))
	})
}

func TestNext_ASlowObjectDelaysDeliveryNotTheReading(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		for i := range 100 {
			w.put(fmt.Sprintf("k%02d", i), "x")
		}
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "GetObject" && r.Key == "k00" {
				return s3test.Fault{Delay: 10 * time.Second}
			}
			return s3test.Fault{}
		})
		it := w.start("")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		assert.Check(t, is.Equal(w.Count("GetObject"), 100))
		changes, err := next(t.Context(), it, 1000)
		assert.NilError(t, err)
		assert.Check(t, is.Len(changes, 100))
		assert.Check(t, is.Equal(changes[0].Version.Key, "k00"))
	})
}

func TestReadAhead_IsBoundedInBytes(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		const size = fetchBuffer / 4
		large := strings.Repeat("x", size)
		for i := range 6 {
			w.put(fmt.Sprintf("k%d", i), large)
		}
		w.put("k6", strings.Repeat("y", fetchBuffer+1))
		w.put("k7", "z")
		it := w.start("")
		for i := range 8 {
			synctest.Wait()
			ahead := w.Count("GetObject") - max(0, i-1) // the last one may still be in use
			assert.Check(t, ahead <= 4, "%d objects ahead", ahead)
			changes, err := next(t.Context(), it, 1)
			assert.NilError(t, err)
			assert.Check(t, is.Equal(changes[0].Version.Key, fmt.Sprintf("k%d", i)))
		}
	})
}

func TestIdle_OneListingAPeriod(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "1")
		it := w.start("")
		w.read(it)
		w.ResetLog()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := next(ctx, it, 1)
		assert.Check(t, is.ErrorIs(err, context.DeadlineExceeded))
		assert.Check(t, w.Count("ListObjectVersions") <= 61)
		assert.Check(t, w.Count("ListMultipartUploads") <= 3, "once a half look-back")
		assert.Check(t, is.Equal(len(w.Requests()), w.Count("ListObjectVersions")+w.Count("ListMultipartUploads")))
	})
}

func TestServersTime_IsTheOnlyOne(t *testing.T) {
	for _, off := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		config := s3test.Config{Clock: func() time.Time { return time.Now().Add(off) }}
		inWorld(t, s3test.Enabled, config, func(t *testing.T, w *world) {
			w.put("a", "1")
			it := w.start("")
			assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot a=1"}))
			w.put("a", "2")
			w.put("b", "1")
			assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update a=2", "create b=1"}))
		})
	}
}

func TestStoreWithoutVersions_IsReadAsAnUnversionedBucket(t *testing.T) {
	for _, size := range pageSizes {
		inWorld(t, s3test.Unversioned, s3test.Config{PageSize: size}, func(t *testing.T, w *world) {
			w.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == "ListObjectVersions" {
					return s3test.Fault{Status: http.StatusNotImplemented, Code: "NotImplemented", Message: "not implemented"}
				}
				return s3test.Fault{}
			})
			w.put("a", "1")
			w.put("b", "1")
			it := w.start("")
			assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot a=1", "snapshot b=1"}))
			w.put("b", "2")
			w.put("c", "1")
			assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create b=2", "create c=1"}))
		})
	}
}

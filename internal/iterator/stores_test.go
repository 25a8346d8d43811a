// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/listing"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// beyondTheLookBack is long enough for everything known to be forgotten.
const beyondTheLookBack = 5 * time.Minute

func TestRestart_OnAStoreWithMillisecondsRepeatsNothing(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{Milliseconds: true}, func(t *testing.T, w *world) {
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(1500 * time.Millisecond)))
		it := w.start("") // scans at .5
		w.read(it)
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(1400 * time.Millisecond)))
		w.put("a", "1")
		first, err := next(t.Context(), it, 10)
		assert.NilError(t, err)
		it = w.start(first[0].Position.String())
		assert.Check(t, is.Len(w.readIdle(it, beyondTheLookBack), 0))
	})
}

func TestRestart_InALongBacklogRepeatsNothing(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		it := w.start("")
		w.put("first", "1")
		first, err := next(t.Context(), it, 1)
		assert.NilError(t, err)
		it.Close()
		changes := sized(600, 100) // many more than a position carries, but few in a window
		for i := range changes {
			time.Sleep(5 * time.Second)
			w.put(fmt.Sprintf("k%04d", i), "x")
		}
		it = w.start(first[0].Position.String())
		var all []Change
		for len(all) < changes*9/10 {
			all = append(all, w.readSome(it, 10)...)
		}
		it.Close()
		it = w.start(all[len(all)-1].Position.String())
		assert.Check(t, is.Len(w.readIdle(it, beyondTheLookBack), changes-len(all)))
	})
}

// What happens when the version is gone behind which a page was to begin
// differs from store to store.
func TestListing_MarkerDeletedBetweenTwoPages(t *testing.T) {
	for _, rule := range []s3test.StaleMarker{s3test.StaleResumes, s3test.StaleRestartsKey, s3test.StaleSkipsKey, s3test.StaleEnds} {
		t.Run(fmt.Sprint(rule), func(t *testing.T) {
			inWorld(t, s3test.Enabled, s3test.Config{PageSize: 5, StaleMarker: rule}, func(t *testing.T, w *world) {
				for i := range 6 {
					w.put(fmt.Sprintf("k%d", i), "0")
					w.put(fmt.Sprintf("k%d", i), "1")
				}
				time.Sleep(time.Hour)
				w.SetFaults(func(r s3test.Request) s3test.Fault {
					if id := r.Query.Get("version-id-marker"); r.Op == "ListObjectVersions" && id != "" {
						w.DeleteVersion(bucketName, r.Query.Get("key-marker"), id)
					}
					return s3test.Fault{}
				})
				it := w.start("")
				assert.Check(t, is.Len(w.read(it), 6))
				for i := range 6 {
					w.put(fmt.Sprintf("k%d", i), "2")
					w.put(fmt.Sprintf("k%d", i), "3")
				}
				assert.Check(t, is.Len(w.read(it), 12))
			})
		})
	}
}

// A key with more versions than a page is continued behind a version; whatever
// the store makes of it, what stands behind the key is not lost, and nothing is
// repeated.
func TestListing_MarkerDeletedInAKeyOfManyPages(t *testing.T) {
	for _, rule := range []s3test.StaleMarker{s3test.StaleResumes, s3test.StaleRestartsKey, s3test.StaleSkipsKey, s3test.StaleEnds} {
		t.Run(fmt.Sprint(rule), func(t *testing.T) {
			inWorld(t, s3test.Enabled, s3test.Config{PageSize: 2, StaleMarker: rule}, func(t *testing.T, w *world) {
				it := w.start("")
				w.read(it)
				var deleted atomic.Bool
				w.SetFaults(func(r s3test.Request) s3test.Fault {
					if id := r.Query.Get("version-id-marker"); r.Op == "ListObjectVersions" && id != "" && deleted.CompareAndSwap(false, true) {
						w.DeleteVersion(bucketName, "a", id)
					}
					return s3test.Fault{}
				})
				for i := range 6 {
					w.put("a", fmt.Sprint(i))
				}
				w.put("b", "1")
				seen := map[string]bool{}
				for _, line := range said(w.read(it)) {
					assert.Check(t, !seen[line], "%s comes twice", line)
					seen[line] = true
				}
				assert.Check(t, seen["update a=5"] && seen["create b=1"], seen)
			})
		})
	}
}

func TestListing_MarkersThatCycleAreAnError(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		it := w.start("")
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			id := string(rune('A' + r.N%3))
			return s3test.Fault{Body: []byte(`<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>` +
				`<NextVersionIdMarker>` + id + `</NextVersionIdMarker><DeleteMarker><Key>a</Key><VersionId>` + id +
				`</VersionId><LastModified>2001-01-01T00:00:00.000Z</LastModified></DeleteMarker></ListVersionsResult>`)}
		})
		_, err := next(t.Context(), it, 1)
		assert.Check(t, is.ErrorIs(err, bucket.ErrStuck))
	})
}

func TestListing_OfAnotherOrderThanThatOfBytesNamesTwoKeys(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{KeyOrder: s3test.HashOrder, PageSize: 2}, func(t *testing.T, w *world) {
		for i := range 5 {
			w.put(fmt.Sprintf("k%d", i), "1")
		}
		_, err := next(t.Context(), w.start(""), 1)
		assert.Check(t, is.ErrorIs(err, listing.ErrOrder))
		assert.Check(t, is.ErrorContains(err, "the store lists key"))
	})
}

func TestObject_ThatDisappearsNeedsNoFurtherPermission(t *testing.T) {
	inWorld(t, s3test.Unversioned, s3test.Config{}, func(t *testing.T, w *world) {
		w.Deny("s3:GetObjectVersion") // an unversioned bucket needs s3:GetObject alone
		w.put("a", "1")
		w.put("b", "1")
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "GetObject" && r.Key == "a" {
				w.delete("a")
			}
			return s3test.Fault{}
		})
		assert.Check(t, is.DeepEqual(said(w.read(w.start(""))), []string{"snapshot b=1"}))
	})
}

// An answer that is not S3's own must not pass for "the object is gone".
func TestObject_A404OfAProxyIsNotGone(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "1")
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "GetObject" {
				return s3test.Fault{Status: http.StatusNotFound, Body: []byte("<html>not found</html>")}
			}
			return s3test.Fault{}
		})
		_, err := next(t.Context(), w.start(""), 1)
		assert.Check(t, is.ErrorIs(err, bucket.ErrInvalid))
	})
}

// rewriting changes answers.
type rewriting struct {
	*s3test.Server
	rewrite func(*http.Request, http.Header, []byte) []byte
}

func (r rewriting) Do(req *http.Request) (*http.Response, error) {
	resp, err := r.Server.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	body = r.rewrite(req, resp.Header, body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func (w *world) rewriteAnswers(rewrite func(*http.Request, http.Header, []byte) []byte) {
	b, err := bucket.New(bucket.Config{
		AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey,
		Region: w.Region(), Bucket: bucketName, Endpoint: "http://s3.test",
	}, rewriting{w.Server, rewrite})
	assert.NilError(w.t, err)
	w.bucket = b
}

func TestObject_OfUnknownLengthIsRead(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.rewriteAnswers(func(r *http.Request, header http.Header, body []byte) []byte {
			if strings.HasSuffix(r.URL.Path, "/a") {
				header.Del("Content-Length")
			}
			return body
		})
		w.put("a", "1")
		assert.Check(t, is.DeepEqual(said(w.read(w.start(""))), []string{"snapshot a=1"}))
	})
}

func TestObject_OfAnAbsurdLengthDoesNotPanic(t *testing.T) {
	for _, length := range []string{"9223372036854775807", "-1"} {
		inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
			w.rewriteAnswers(func(r *http.Request, header http.Header, body []byte) []byte {
				if strings.HasSuffix(r.URL.Path, "/a") {
					header.Set("Content-Length", length)
				}
				return body
			})
			w.put("a", "1")
			_, err := next(t.Context(), w.start(""), 1)
			assert.Check(t, is.ErrorIs(err, bucket.ErrCorrupt))
			assert.Check(t, is.Equal(w.Count("GetObject"), maxTries))
		})
	}
}

func TestListing_OfANegativeSizeDoesNotPanic(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "1")
		it := w.start("")
		w.read(it)
		w.SetFaults(func(s3test.Request) s3test.Fault {
			return s3test.Fault{Body: []byte(`<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>a</Key>` +
				`<VersionId>x</VersionId><Size>-1</Size></Version></ListVersionsResult>`)}
		})
		assert.Check(t, is.Len(w.read(it), 0))
		w.SetFaults(nil)
		w.put("a", "2")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update a=2"}))
	})
}

func TestStoreWithoutVersionIDs_IsReadAsAnUnversionedBucket(t *testing.T) {
	inWorld(t, s3test.Unversioned, s3test.Config{}, func(t *testing.T, w *world) {
		w.rewriteAnswers(func(_ *http.Request, header http.Header, body []byte) []byte {
			if bytes.Contains(body, []byte("<VersionId>")) {
				header.Del("Content-Length")
			}
			return bytes.ReplaceAll(body, []byte("<VersionId>null</VersionId>"), nil)
		})
		w.put("a", "1")
		it := w.start("")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot a=1"}))
		w.put("a", "2")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create a=2"}))
	})
}

func TestStoreThatListsVersions_KeepsDoingSoAfterOneRefusal(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "1")
		it := w.start("")
		w.read(it)
		w.ResetLog()
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "ListObjectVersions" && r.N == 1 {
				return s3test.Fault{Status: http.StatusNotImplemented, Body: []byte("<html/>")}
			}
			return s3test.Fault{}
		})
		w.put("a", "2")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update a=2"}))
	})
}

func TestNullVersion_ThatComesBackWithinASecondIsAChange(t *testing.T) {
	for _, versioning := range []s3test.Versioning{s3test.Unversioned, s3test.Suspended} {
		inWorld(t, versioning, s3test.Config{}, func(t *testing.T, w *world) {
			config := defaults()
			config.PollingPeriod, config.Lookback = 100*time.Millisecond, 5*time.Second
			it := w.startWith(config, "")
			w.readIdle(it, 5*time.Second)
			time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second + 50*time.Millisecond)))
			var all []Change
			for _, body := range []string{"on", "off", "on"} {
				w.put("a", body)
				all = append(all, w.readUntil(it, 1, 200*time.Millisecond)...)
			}
			all = append(all, w.readIdle(it, 3*config.Lookback)...)
			assert.Check(t, is.DeepEqual(said(all), []string{"create a=on", "create a=off", "create a=on"}))
		})
	}
}

func TestServersClock_SetBackLosesNothing(t *testing.T) {
	var off atomic.Int64
	off.Store(int64(10 * time.Minute))
	config := s3test.Config{Clock: func() time.Time { return time.Now().Add(time.Duration(off.Load())) }}
	inWorld(t, s3test.Enabled, config, func(t *testing.T, w *world) {
		w.put("a", "1")
		it := w.start("")
		w.read(it)
		off.Store(0)
		w.read(it)
		w.put("a", "2")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update a=2"}))
	})
}

// A delete in a suspended bucket replaces the null version by a delete marker.
func TestNullVersion_ThatIsDeletedBeforeItIsReadIsSkipped(t *testing.T) {
	inWorld(t, s3test.Suspended, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "1")
		w.put("b", "1")
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "GetObject" && r.Key == "a" {
				w.delete("a")
			}
			return s3test.Fault{}
		})
		assert.Check(t, is.DeepEqual(said(w.read(w.start(""))), []string{"snapshot b=1", "delete a"}))
	})
}

// A store without versions may refuse to hear of them.
func TestObject_OverwrittenInAStoreWithoutVersionsIsDeliveredAsItIs(t *testing.T) {
	inWorld(t, s3test.Unversioned, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("a", "1")
		var overwritten atomic.Bool
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			switch {
			case r.Op == "GetObject" && r.VersionID != "":
				return s3test.Fault{Status: http.StatusNotImplemented, Code: "NotImplemented"}
			case r.Op == "GetObject" && overwritten.CompareAndSwap(false, true):
				w.put("a", "2")
			}
			return s3test.Fault{}
		})
		assert.Check(t, is.DeepEqual(said(w.read(w.start(""))), []string{"snapshot a=2"}))
	})
}

// A version that appears while a long key is listed again must not pass for one
// that the snapshot covers.
func TestSnapshot_OfAKeyThatTheStoreBeginsAgain(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{PageSize: 2, StaleMarker: s3test.StaleRestartsKey}, func(t *testing.T, w *world) {
		for i := range 3 {
			w.put("a", fmt.Sprint(i))
		}
		time.Sleep(time.Hour)
		began := time.Now()
		time.Sleep(10 * time.Second)
		var deleted atomic.Bool
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if id := r.Query.Get("version-id-marker"); r.Op == "ListObjectVersions" && id != "" && deleted.CompareAndSwap(false, true) {
				w.DeleteVersion(bucketName, "a", id)
				w.put("a", "new")
			}
			return s3test.Fault{}
		})
		it := Start(t.Context(), w.bucket, defaults(), position.Position{}, began)
		t.Cleanup(it.Close)
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot a=2", "update a=new"}))
	})
}

// An older version below the state of a key may be younger than it: a restart
// must not take it for a change.
func TestRestart_BehindAKeyWithAYoungerVersionBelowRepeatsNothing(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.Put(bucketName, "a", []byte("1"), s3test.At(time.Now().Add(-10*time.Second)))
		w.Put(bucketName, "a", []byte("2"), s3test.At(time.Now().Add(-2*time.Minute)))
		changes := w.read(w.start(""))
		assert.Check(t, is.DeepEqual(said(changes), []string{"snapshot a=2"}))
		assert.Check(t, is.Len(w.read(w.start(changes[0].Position.String())), 0))
	})
}

// A store may leave out where a truncated listing goes on.
func TestListing_WithoutANextKeyMarkerGoesOn(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{PageSize: 2}, func(t *testing.T, w *world) {
		w.rewriteAnswers(func(_ *http.Request, header http.Header, body []byte) []byte {
			before, rest, found := bytes.Cut(body, []byte("<NextKeyMarker>"))
			if !found {
				return body
			}
			header.Del("Content-Length")
			_, after, _ := bytes.Cut(rest, []byte("</NextVersionIdMarker>"))
			return append(bytes.Clone(before), after...)
		})
		for i := range 5 {
			w.put("a", fmt.Sprint(i))
			w.put(fmt.Sprintf("k%d", i), "1")
		}
		assert.Check(t, is.Len(w.read(w.start("")), 6))
	})
}

// versitygw lists delete markers apart from versions, gives a version that is
// overwritten the time of that, and a delete marker the time of its object.
func TestVersityGW_ChangesAreFoundInTheirOrder(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.VersityGW(), func(t *testing.T, w *world) {
		for i := range 5 {
			w.put(fmt.Sprint("k", i), "0")
		}
		time.Sleep(time.Hour)
		it := w.start("")
		assert.Check(t, is.Len(w.read(it), 5))
		w.put("k1", "1")
		w.delete("k2")
		w.put("k3", "1")
		w.delete("k3")
		w.put("k3", "2")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update k1=1", "delete k2", "update k3=1", "delete k3", "create k3=2"}))
		time.Sleep(5 * lookback)
		w.put("k1", "2")
		w.delete("k4")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update k1=2", "delete k4"}))
	})
}

// A bucket that serves as an inbox: what was processed is deleted at once.
func TestRestart_AfterManyObjectsWereDeletedRepeatsNothing(t *testing.T) {
	for _, versioning := range []s3test.Versioning{s3test.Unversioned, s3test.Enabled} {
		inWorld(t, versioning, s3test.Config{}, func(t *testing.T, w *world) {
			config := defaults()
			config.Lookback = time.Hour
			it := w.startWith(config, "")
			w.read(it)
			var all []Change
			const inboxes = 20
			for i := range inboxes {
				for j := range 10 {
					w.put(fmt.Sprintf("inbox/%02d/%02d", i, j), "1")
				}
				all = append(all, w.readIdle(it, 5*time.Second)...)
				for j := range 8 {
					w.purge(fmt.Sprintf("inbox/%02d/%02d", i, j))
				}
			}
			time.Sleep(5 * time.Second) // some scans
			w.put("last", "1")
			all = append(all, w.readIdle(it, 5*time.Second)...)
			assert.Check(t, is.Len(all, 10*inboxes+1))
			it.Close()
			w.put("new", "1")
			it = w.startWith(config, all[10*inboxes].Position.String())
			assert.Check(t, is.DeepEqual(said(w.readIdle(it, time.Minute)), []string{"create new=1"}))
		})
	}
}

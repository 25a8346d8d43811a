// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
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

// front is a proxy between the bucket and the server.
type front struct {
	server *s3test.Server
	before atomic.Pointer[func(*http.Request)]
	after  atomic.Pointer[func(*http.Request, *http.Response)]
}

func (f *front) setBefore(do func(*http.Request))                { f.before.Store(&do) }
func (f *front) setAfter(do func(*http.Request, *http.Response)) { f.after.Store(&do) }

func (f *front) Do(r *http.Request) (*http.Response, error) {
	if before := f.before.Load(); before != nil && *before != nil {
		(*before)(r)
	}
	resp, err := f.server.Do(r)
	if after := f.after.Load(); err == nil && after != nil && *after != nil {
		(*after)(r, resp)
	}
	return resp, err
}

// inFrontOf runs a test in which a front may change what is answered.
func inFrontOf(t *testing.T, versioning s3test.Versioning, config s3test.Config, test func(*testing.T, *world, *front)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := s3test.New(config)
		server.CreateBucket(bucketName, versioning)
		f := &front{server: server}
		b, err := bucket.New(bucket.Config{
			AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey,
			Region: server.Region(), Bucket: bucketName, Endpoint: "http://s3.test",
		}, f)
		assert.NilError(t, err)
		test(t, &world{Server: server, t: t, bucket: b}, f)
	})
}

func isVersions(r *http.Request) bool { return r.URL.Query().Has("versions") }
func isGet(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Count(strings.Trim(r.URL.Path, "/"), "/") > 0
}

// rewrite replaces the body of an answer.
func rewrite(resp *http.Response, change func(string) string) {
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	body = []byte(change(string(body)))
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
}

// TestOddAnswers_FutureObjectWithoutDate: a proxy leaves Date out, and one object has a
// time in the future (a copied mtime, a wrong clock of one writer).
func TestOddAnswers_FutureObjectWithoutDate(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{NoDate: true}, func(t *testing.T, w *world) {
		w.put("a", "1")
		it := w.start("")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot a=1"}))
		w.Put(bucketName, "future", []byte("f"), s3test.At(time.Now().Add(365*24*time.Hour)))
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create future=f"}))
		time.Sleep(10 * time.Minute)
		w.put("b", "1")
		w.put("a", "2")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"update a=2", "create b=1"}))
	})
}

// TestOddAnswers_SlowListingIsNoClockSetBack: one answer of a listing takes 40 s on its
// way. The server's clock was not set back.
func TestOddAnswers_SlowListingIsNoClockSetBack(t *testing.T) {
	inFrontOf(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world, f *front) {
		it := w.start("")
		var got []string
		write := func(from, to int) {
			for i := from; i < to; i++ {
				w.put(fmt.Sprintf("k%04d", i), "x")
				got = append(got, said(w.readUntil(it, 10, 2*time.Second))...)
			}
		}
		write(0, 150)
		slow := true
		f.setAfter(func(r *http.Request, _ *http.Response) {
			if isVersions(r) && slow {
				slow = false
				time.Sleep(40 * time.Second)
			}
		})
		write(150, 200)
		got = append(got, said(w.read(it))...)
		seen := map[string]int{}
		for _, line := range got {
			seen[line]++
		}
		repeated := 0
		for _, n := range seen {
			repeated += n - 1
		}
		assert.Check(t, is.Equal(len(seen), 200))
		assert.Check(t, is.Equal(repeated, 0), "changes were delivered again")
	})
}

// TestOddAnswers_FrontEndsWithTwoDates: the front ends behind a balancer have Dates that
// differ by 40 s. LastModified is the store's and is right.
func TestOddAnswers_FrontEndsWithTwoDates(t *testing.T) {
	inFrontOf(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world, f *front) {
		n := 0
		f.setAfter(func(r *http.Request, resp *http.Response) {
			if !isVersions(r) {
				return
			}
			if n++; n%2 == 0 {
				resp.Header.Set("Date", time.Now().Add(-40*time.Second).UTC().Format(http.TimeFormat))
			}
		})
		it := w.start("")
		seen := map[string]int{}
		total := 0
		changes := sized(600, 200) // one every two seconds
		for i := range changes {
			w.put(fmt.Sprintf("k%04d", i), "x")
			for _, line := range said(w.readUntil(it, 100000, 2*time.Second)) {
				seen[line]++
				total++
			}
		}
		assert.Check(t, is.Equal(total, changes))
		window := it.delivered.Seen().Window()
		t.Logf("%d listings; the window is %ds with %d versions", n, window.Watermark-window.Since, it.delivered.Seen().Len())
		assert.Check(t, window.Watermark-window.Since < 5*60, "the window never moves on")
	})
}

// TestOddAnswers_NoLastModified: a listing leaves the time of an entry out.
func TestOddAnswers_NoLastModified(t *testing.T) {
	inFrontOf(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world, f *front) {
		w.put("a", "1")
		it := w.start("")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot a=1"}))
		entry := regexp.MustCompile(`(<Key>b</Key>.*?)<LastModified>[^<]*</LastModified>`)
		f.setAfter(func(r *http.Request, resp *http.Response) {
			if isVersions(r) {
				rewrite(resp, func(s string) string { return entry.ReplaceAllString(s, "$1") })
			}
		})
		w.put("b", "1")
		w.checkNotSilent(it, "the change was passed over without a word")
	})
}

// checkNotSilent checks that a change or an error comes.
func (w *world) checkNotSilent(it *Iterator, complaint string) {
	w.t.Helper()
	done := make(chan error, 1)
	go func() {
		c, err := it.Next(w.t.Context())
		if err == nil {
			w.t.Logf("delivered %s", c.Version.Key)
		}
		done <- err
	}()
	select {
	case err := <-done:
		w.t.Logf("said: %v", err)
	case <-time.After(30 * time.Minute):
		w.t.Error(complaint)
		it.Close()
		<-done
	}
}

// otherETags lets GETs answer an ETag that listings don't.
func otherETags(f *front) {
	f.setAfter(func(r *http.Request, resp *http.Response) {
		if isGet(r) && resp.StatusCode == http.StatusOK {
			resp.Header.Set("ETag", strings.ToUpper(resp.Header.Get("ETag")))
		}
	})
}

// TestOddAnswers_UppercaseETag: listings and GETs spell ETags in different cases.
func TestOddAnswers_UppercaseETag(t *testing.T) {
	for _, versioning := range []s3test.Versioning{s3test.Enabled, s3test.Unversioned} {
		t.Run(fmt.Sprint(versioning), func(t *testing.T) {
			inFrontOf(t, versioning, s3test.Config{}, func(t *testing.T, w *world, f *front) {
				otherETags(f)
				w.put("a", "1")
				it := w.start("")
				c, err := it.Next(t.Context())
				assert.NilError(t, err)
				assert.Check(t, is.DeepEqual(said([]Change{c}), []string{"snapshot a=1"}))
				assert.Check(t, is.Len(w.read(it), 0))
				w.put("a", "2")
				assert.Check(t, is.Len(w.read(it), 1))
			})
		})
	}
}

// TestOddAnswers_OtherETagOfANullVersionAmongVersions: versioning is suspended, and GETs
// answer an ETag that listings don't. No listing confirms that the state is gone.
func TestOddAnswers_OtherETagOfANullVersionAmongVersions(t *testing.T) {
	inFrontOf(t, s3test.Enabled, s3test.Config{IgnoresIfMatch: true}, func(_ *testing.T, w *world, f *front) {
		f.setAfter(func(r *http.Request, resp *http.Response) {
			if isGet(r) && resp.StatusCode == http.StatusOK {
				resp.Header.Set("ETag", `"other"`)
			}
		})
		w.put("z", "1")
		w.SetVersioning(bucketName, s3test.Suspended)
		w.put("z", "2")
		it := w.startWith(defaults(), "")
		w.checkNotSilent(it, "the object was skipped as gone, though every listing shows it")
	})
}

// TestOddAnswers_FutureObjectThenRestart: one object of the key order has a time in the
// future; then an ordinary restart.
func TestOddAnswers_FutureObjectThenRestart(t *testing.T) {
	for _, key := range []string{"future", "k00"} {
		inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
			w.put("a", "1")
			it := w.start("")
			w.read(it)
			w.Put(bucketName, key, []byte("f"), s3test.At(time.Now().Add(24*time.Hour)))
			w.read(it)
			for i := range 50 {
				w.put(fmt.Sprintf("k%02d", i), "1")
			}
			last := w.readIdle(it, 3*time.Second)
			assert.Check(t, is.Len(last, 50))
			at := last[len(last)-1].Position.String()
			it.Close()
			var want []string
			for i := range 20 {
				w.put(fmt.Sprintf("n%02d", i), "1")
				want = append(want, fmt.Sprintf("create n%02d=1", i))
			}
			again := w.start(at)
			got := said(w.read(again))
			assert.Check(t, is.DeepEqual(got, want), key)
		})
	}
}

// TestOddAnswers_OddKeys reads keys that break clients.
func TestOddAnswers_OddKeys(t *testing.T) {
	keys := []string{
		"/lead", "//", "a//b", "a/../b", "a/./b", "..", ".", "a b", "a+b", "a%2Bb", "100%", "a\nb", "a\rb", "a\tb", "folder/",
		"ключ", "\xff\xfe", "a&b<c>\"'", "?x=1", "#f", "a\\b", strings.Repeat("k", 1024), strings.Repeat("%", 1024), "a_c123;v1", "\x01", "emoji😀", "versions", "a;b", "a:b", "a=b&c",
	}
	for _, versioning := range []s3test.Versioning{s3test.Enabled, s3test.Unversioned} {
		inWorld(t, versioning, s3test.Config{}, func(t *testing.T, w *world) {
			for _, k := range keys {
				w.put(k, "snap")
			}
			it := w.start("")
			all := w.read(it)
			assert.Check(t, is.Len(all, len(keys)))
			time.Sleep(3 * time.Second)
			for _, k := range keys {
				w.put(k, "")
			}
			changes := w.read(it)
			assert.Check(t, is.Len(changes, len(keys)))
			it.Close()
			for _, from := range []int{0, 5, 15, len(changes) - 1} {
				it := w.start(changes[from].Position.String())
				rest := w.read(it)
				it.Close()
				assert.Check(t, is.Len(rest, len(changes)-1-from))
			}
			rest := w.read(w.start(all[7].Position.String()))
			assert.Check(t, len(rest) >= len(keys))
		})
	}
}

// TestOddAnswers_TimeZones: times of listings have another zone and fractions.
func TestOddAnswers_TimeZones(t *testing.T) {
	for _, layout := range []string{"2006-01-02T15:04:05.000000000-07:00", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05.999Z07:00"} {
		inFrontOf(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world, f *front) {
			times := regexp.MustCompile(`<LastModified>([^<]*)</LastModified>`)
			zone := time.FixedZone("", -3*3600)
			f.setAfter(func(r *http.Request, resp *http.Response) {
				if isVersions(r) {
					rewrite(resp, func(s string) string {
						return times.ReplaceAllStringFunc(s, func(s string) string {
							at, _ := time.Parse(time.RFC3339, times.FindStringSubmatch(s)[1])
							return "<LastModified>" + at.In(zone).Format(layout) + "</LastModified>"
						})
					})
				}
			})
			w.put("a", "1")
			it := w.start("")
			assert.Check(t, is.Len(w.read(it), 1))
			w.put("a", "2")
			w.put("b", "2")
			got := w.read(it)
			assert.Check(t, is.DeepEqual(said(got), []string{"update a=2", "create b=2"}))
			assert.Check(t, !strings.Contains(got[0].Position.String(), "-03:00"))
			it.Close()
			assert.Check(t, is.DeepEqual(said(w.read(w.start(got[0].Position.String()))), []string{"create b=2"}))
		})
	}
}

// TestOddAnswers_OtherETagsThenRestart: GETs of an unversioned bucket answer ETags that
// its listings don't (mojatter/s2 #209, gateways); then an ordinary restart.
func TestOddAnswers_OtherETagsThenRestart(t *testing.T) {
	inFrontOf(t, s3test.Unversioned, s3test.Config{IgnoresIfMatch: true}, func(t *testing.T, w *world, f *front) {
		f.setAfter(func(r *http.Request, resp *http.Response) {
			if isGet(r) && resp.StatusCode == http.StatusOK {
				resp.Header.Set("ETag", `"other"`)
			}
		})
		w.put("a", "1")
		it := w.start("")
		w.read(it)
		for i := range 50 {
			w.put(fmt.Sprintf("k%02d", i), "one")
		}
		got := w.readIdle(it, 500*time.Millisecond)
		for len(got) < 50 {
			got = append(got, w.readUntil(it, 50, 5*time.Second)...)
		}
		assert.Check(t, is.Len(got, 50))
		it.Close()
		assert.Check(t, is.Len(said(w.read(w.start(got[len(got)-1].Position.String()))), 0))
	})
}

// TestOddAnswers_GetWithoutTime: GETs answer 1970 (s3gw #289) or no time at all.
func TestOddAnswers_GetWithoutTime(t *testing.T) {
	for _, value := range []string{"", "Thu, 01 Jan 1970 00:00:00 GMT"} {
		t.Run(value, func(t *testing.T) {
			inFrontOf(t, s3test.Unversioned, s3test.Config{}, func(t *testing.T, w *world, f *front) {
				overwrite := false
				f.setBefore(func(r *http.Request) {
					if isGet(r) && overwrite {
						overwrite = false
						w.put("a", "overwritten")
					}
				})
				f.setAfter(func(r *http.Request, resp *http.Response) {
					if isGet(r) && resp.StatusCode == http.StatusOK {
						resp.Header.Set("Last-Modified", value)
						if value == "" {
							resp.Header.Del("Last-Modified")
						}
					}
				})
				w.put("a", "1")
				it := w.start("")
				w.read(it)
				overwrite = true
				w.put("a", "2")
				var got []string
				var position string
				for {
					ctx := t.Context()
					done := make(chan error, 1)
					var c Change
					go func() {
						var err error
						c, err = it.Next(ctx)
						done <- err
					}()
					select {
					case err := <-done:
						if err != nil {
							t.Logf("said %v", err)
							t.Logf("got %q", got)
							return
						}
						got = append(got, said([]Change{c})...)
						position = c.Position.String()
						continue
					case <-time.After(time.Minute):
					}
					it.Close()
					<-done
					break
				}
				t.Logf("got %q at %s", got, position)
				assert.Check(t, is.DeepEqual(got, []string{"create a=overwritten"}))
			})
		})
	}
}

// TestOddAnswers_EmptyETags: listings answer no ETags (SeaweedFS #7814).
func TestOddAnswers_EmptyETags(t *testing.T) {
	for _, versioning := range []s3test.Versioning{s3test.Enabled, s3test.Unversioned} {
		for _, with := range []string{"", "<ETag></ETag>", "<ETag/>", `<ETag>""</ETag>`} {
			t.Run(fmt.Sprint(versioning, with), func(t *testing.T) {
				inFrontOf(t, versioning, s3test.Config{}, func(t *testing.T, w *world, f *front) {
					etag := regexp.MustCompile(`<ETag>[^<]*</ETag>`)
					f.setAfter(func(r *http.Request, resp *http.Response) {
						if isVersions(r) {
							rewrite(resp, func(s string) string { return etag.ReplaceAllString(s, with) })
						}
					})
					w.put("a", "1")
					it := w.start("")
					c, err := it.Next(t.Context())
					assert.NilError(t, err)
					assert.Check(t, is.DeepEqual(said([]Change{c}), []string{"snapshot a=1"}))
					w.read(it)
					w.put("a", "22")
					c, err = it.Next(t.Context())
					assert.NilError(t, err)
					assert.Check(t, is.Equal(string(c.Object.Body), "22"))
					t.Logf("etag %q", c.Version.ETag)
					assert.Check(t, is.Len(w.read(it), 0))
				})
			})
		}
	}
}

// TestOddAnswers_TimeChangesBeforeAbsenceIsConfirmed: a proxy answers 404 once, and
// meanwhile the store lists the version with another time. It was not gone.
func TestOddAnswers_TimeChangesBeforeAbsenceIsConfirmed(t *testing.T) {
	inFrontOf(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world, f *front) {
		var retimed atomic.Bool
		f.setAfter(func(r *http.Request, resp *http.Response) {
			if isVersions(r) && retimed.Load() {
				rewrite(resp, func(s string) string { return strings.ReplaceAll(s, ".000Z</LastModified>", ".123Z</LastModified>") })
			}
		})
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "GetObject" && r.Key == "b" && retimed.CompareAndSwap(false, true) {
				return s3test.Fault{Status: http.StatusNotFound, Code: "NoSuchKey", Message: "The specified key does not exist."}
			}
			return s3test.Fault{}
		})
		w.put("a", "1")
		it := w.start("")
		w.read(it)
		w.put("b", "1")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create b=1"}))
	})
}

// TestOddAnswers_BogusDates: now and then, one answer has a Date that is a day ahead.
func TestOddAnswers_BogusDates(t *testing.T) {
	inFrontOf(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world, f *front) {
		n := 0
		f.setAfter(func(r *http.Request, resp *http.Response) {
			if !isVersions(r) {
				return
			}
			if n++; n%sized(3000, 300) == 100 {
				resp.Header.Set("Date", time.Now().Add(24*time.Hour).UTC().Format(http.TimeFormat))
			}
		})
		it := w.start("")
		for range 3 {
			time.Sleep(time.Duration(sized(60, 6)) * time.Minute)
			w.put("k", "x")
			w.readUntil(it, 10, 3*time.Second)
		}
		it.Close()
		window := it.delivered.Seen().Window()
		reach := time.Duration(window.Watermark-window.Since) * time.Second
		assert.Check(t, reach < 25*time.Hour, "the window is %s and holds %d versions", reach, it.delivered.Seen().Len())
	})
}

// TestOddAnswers_UnencodedListing: a store knows no encoding and lists keys as they are.
func TestOddAnswers_UnencodedListing(t *testing.T) {
	inFrontOf(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world, f *front) {
		f.setAfter(func(r *http.Request, resp *http.Response) {
			if isVersions(r) {
				rewrite(resp, func(s string) string {
					s = strings.ReplaceAll(s, "<EncodingType>url</EncodingType>", "")
					return strings.ReplaceAll(s, "a%2Bb", "a+b")
				})
			}
		})
		w.put("a+b", "1")
		it := w.start("")
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot a+b=1"}))
	})
}

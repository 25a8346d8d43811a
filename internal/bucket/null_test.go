// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// ifMatchBroken answers 412 to If-Match, whatever the ETag, as SeaweedFS 3.97 does.
func ifMatchBroken(r s3test.Request) s3test.Fault {
	if r.Op == "GetObject" && r.Header.Get("If-Match") != "" {
		return s3test.Fault{Status: http.StatusPreconditionFailed, Code: "PreconditionFailed"}
	}
	return s3test.Fault{}
}

func TestNullVersion_OfAStoreWhoseIfMatchFailsIsRead(t *testing.T) {
	for _, versioning := range []s3test.Versioning{s3test.Unversioned, s3test.Suspended} {
		server, b := open(t, versioning, s3test.Config{})
		server.Put(bucketName, "a", []byte("1"))
		v := list(t, b)[0]
		server.SetFaults(ifMatchBroken)
		obj, err := b.Get(t.Context(), v, 0)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(string(obj.Body), "1"))
		assert.Check(t, is.DeepEqual(obj.Version, v), "the listed state, with the time of the listing")
	}
}

// Overwritten faster than it can be read, a key is read in some recent state.
func TestNullVersion_ThatWasOverwrittenIsTheCurrentState(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for name, fault := range map[string]func(s3test.Request) s3test.Fault{"as AWS": nil, "If-Match fails": ifMatchBroken} {
		for _, versioning := range []s3test.Versioning{s3test.Unversioned, s3test.Suspended} {
			t.Run(name, func(t *testing.T) {
				server, b := open(t, versioning, s3test.Config{})
				server.Put(bucketName, "a", []byte("old"), s3test.At(now))
				v := list(t, b)[0]
				server.Put(bucketName, "a", []byte("a newer state"), s3test.At(now.Add(1500*time.Millisecond)))
				server.SetFaults(fault)
				obj, err := b.Get(t.Context(), v, 13)
				assert.NilError(t, err)
				assert.Check(t, is.Equal(string(obj.Body), "a newer state"))
				server.SetFaults(nil)
				want := list(t, b)[0]
				want.StorageClass = "" // as GET answers STANDARD
				assert.Check(t, is.DeepEqual(obj.Version, want))
				assert.Check(t, is.Equal(obj.Version.LastModified, now.Add(time.Second)))

				_, err = b.Get(t.Context(), v, 12)
				assert.Check(t, is.ErrorIs(err, bucket.ErrTooLarge))
				assert.Check(t, is.ErrorContains(err, "13 bytes are more than the 12"))
			})
		}
	}
}

func TestNullVersion_OfAStoreThatIgnoresIfMatch(t *testing.T) {
	server, b := open(t, s3test.Unversioned, s3test.Config{})
	server.Put(bucketName, "a", []byte("old"))
	v := list(t, b)[0]
	server.Put(bucketName, "a", []byte("a newer state"))
	ignoring, err := bucket.New(configOf(server), clientFunc(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("If-Match") == "" {
			return server.Do(r)
		}
		current, err := b.Get(r.Context(), list(t, b)[0], 0)
		assert.NilError(t, err)
		resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r}
		resp.Header.Set("ETag", current.Version.ETag)
		resp.Header.Set("Last-Modified", current.Version.LastModified.Format(http.TimeFormat))
		resp.Header.Set("Content-Length", "13")
		resp.Body = bodyOf(string(current.Body))
		return resp, nil
	}))
	assert.NilError(t, err)
	obj, err := ignoring.Get(t.Context(), v, 0)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(obj.Body), "a newer state"))
	assert.Check(t, is.Equal(obj.Version.ETag, list(t, b)[0].ETag))
	assert.Check(t, is.Equal(obj.Version.Size, int64(13)))
}

// Only the answer itself tells what the current state must be like.
func TestNullVersion_ACurrentStateThatIsNotConsistentIsCorrupt(t *testing.T) {
	for name, change := range map[string]rewrite{
		"no length": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Del("Content-Length")
			return body
		},
		"no time": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Del("Last-Modified")
			return body
		},
		"no ETag": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Del("ETag")
			return body
		},
		"longer": func(_ *http.Request, _ *http.Response, body []byte) []byte { return append(body, '!') },
		"damaged": func(_ *http.Request, _ *http.Response, body []byte) []byte {
			return append([]byte("X"), body[1:]...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			server, b := open(t, s3test.Unversioned, s3test.Config{})
			server.Put(bucketName, "a", []byte("old"))
			v := list(t, b)[0]
			server.Put(bucketName, "a", []byte("a newer state"))
			b = behind(t, server, func(r *http.Request, resp *http.Response, body []byte) []byte {
				if resp.StatusCode != http.StatusOK {
					return body
				}
				return change(r, resp, body)
			})
			_, err := b.Get(t.Context(), v, 0)
			assert.Check(t, is.ErrorIs(err, bucket.ErrCorrupt))
		})
	}
}

func TestNullVersion_BelowVersionsIsReadByItsID(t *testing.T) {
	for name, fault := range map[string]func(s3test.Request) s3test.Fault{"as AWS": nil, "If-Match fails": ifMatchBroken} {
		t.Run(name, func(t *testing.T) {
			server, b := open(t, s3test.Unversioned, s3test.Config{})
			server.Put(bucketName, "version", []byte("null"))
			server.Put(bucketName, "marker", []byte("null"))
			server.Put(bucketName, "same", []byte("null"))
			shown := list(t, b)
			server.SetVersioning(bucketName, s3test.Enabled)
			server.Put(bucketName, "version", []byte("new"))
			server.Put(bucketName, "same", []byte("null"))
			server.Delete(bucketName, "marker")
			server.SetFaults(fault)
			for _, v := range shown {
				obj, err := b.Get(t.Context(), v, 0)
				assert.NilError(t, err)
				assert.Check(t, is.Equal(string(obj.Body), "null"))
				assert.Check(t, is.DeepEqual(obj.Version, v))
			}
		})
	}
}

func TestNullVersion_ThatIsReplacedBelowVersionsIsGone(t *testing.T) {
	server, b := open(t, s3test.Unversioned, s3test.Config{})
	server.Put(bucketName, "a", []byte("old"))
	v := list(t, b)[0]
	v.IsLatest = false
	server.Put(bucketName, "a", []byte("new"))
	_, err := b.Get(t.Context(), v, 0)
	assert.Check(t, is.ErrorIs(err, bucket.ErrGone))
	server.Delete(bucketName, "a")
	for _, isLatest := range []bool{false, true} {
		v.IsLatest = isLatest
		_, err = b.Get(t.Context(), v, 0)
		assert.Check(t, is.ErrorIs(err, bucket.ErrGone))
	}
}

// A store that can't list versions may name them in its answers.
func TestNullVersion_OfAStoreThatIsReadWithoutVersions(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.Put(bucketName, "a", []byte("1"))
	server.SetFaults(func(r s3test.Request) s3test.Fault {
		if r.Op == "ListObjectVersions" {
			return s3test.Fault{Status: http.StatusNotImplemented, Code: "NotImplemented"}
		}
		return s3test.Fault{}
	})
	obj, err := b.Get(t.Context(), list(t, b)[0], 0)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(obj.Body), "1"))
}

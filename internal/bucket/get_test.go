// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// rewrite changes an answer before the client sees it.
type rewrite func(r *http.Request, resp *http.Response, body []byte) []byte

// behind returns the bucket of server whose answers to GetObject are rewritten.
func behind(t *testing.T, server *s3test.Server, change rewrite) *bucket.Bucket {
	t.Helper()
	b, err := bucket.New(configOf(server), clientFunc(func(r *http.Request) (*http.Response, error) {
		resp, err := server.Do(r)
		if err != nil || r.Method != http.MethodGet || strings.Trim(r.URL.Path, "/") == bucketName {
			return resp, err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		resp.Body = io.NopCloser(bytes.NewReader(change(r, resp, body)))
		return resp, nil
	}))
	assert.NilError(t, err)
	return b
}

func unchanged(_ *http.Request, _ *http.Response, body []byte) []byte { return body }

// lies are answers to a GET that are not the object that the listing names.
var lies = map[string]struct {
	change rewrite
	want   error
	says   string
}{
	"a byte is flipped": {func(_ *http.Request, _ *http.Response, body []byte) []byte {
		return append([]byte{body[0] ^ 1}, body[1:]...)
	}, bucket.ErrCorrupt, "CRC64NVME"},
	"another checksum": {func(_ *http.Request, resp *http.Response, body []byte) []byte {
		resp.Header.Del("X-Amz-Checksum-Crc64nvme")
		resp.Header.Set("X-Amz-Checksum-Crc32", "AAAAAA==")
		return body
	}, bucket.ErrCorrupt, "CRC32"},
	"a checksum that is none": {func(_ *http.Request, resp *http.Response, body []byte) []byte {
		resp.Header.Set("X-Amz-Checksum-Sha256", "AAAA")
		resp.Header.Del("X-Amz-Checksum-Crc64nvme")
		return body
	}, bucket.ErrCorrupt, "SHA256"},
	"the page of a proxy": {func(_ *http.Request, resp *http.Response, _ []byte) []byte {
		clear(resp.Header)
		return []byte("<html>x</html>")
	}, bucket.ErrCorrupt, "neither an ETag nor a checksum"},
	"the page of a proxy, of another length": {func(_ *http.Request, resp *http.Response, _ []byte) []byte {
		clear(resp.Header)
		page := []byte("<html>Service will be back soon</html>")
		resp.Header.Set("Content-Length", strconv.Itoa(len(page)))
		return page
	}, bucket.ErrCorrupt, "38 bytes"},
	"another ETag": {func(_ *http.Request, resp *http.Response, body []byte) []byte {
		resp.Header.Set("ETag", `"other"`)
		return body
	}, bucket.ErrCorrupt, "other"},
	"another version": {func(_ *http.Request, resp *http.Response, body []byte) []byte {
		resp.Header.Set("X-Amz-Version-Id", "other")
		return body
	}, bucket.ErrCorrupt, "version id"},
	"another length": {func(_ *http.Request, resp *http.Response, body []byte) []byte {
		resp.Header.Set("Content-Length", "5")
		return body[:5]
	}, bucket.ErrCorrupt, "5 bytes and not 14"},
	"nothing": {func(_ *http.Request, resp *http.Response, _ []byte) []byte {
		resp.Header.Set("Content-Length", "0")
		return nil
	}, bucket.ErrCorrupt, "0 bytes and not 14"},
	"no length, and too few": {func(_ *http.Request, resp *http.Response, body []byte) []byte {
		resp.Header.Del("Content-Length")
		return body[:5]
	}, bucket.ErrCorrupt, "5 bytes and not 14"},
	"no length, and too many": {func(_ *http.Request, resp *http.Response, body []byte) []byte {
		resp.Header.Del("Content-Length")
		return append(body, '!')
	}, bucket.ErrCorrupt, "more than 14 bytes"},
	"a length that is none": {func(_ *http.Request, resp *http.Response, body []byte) []byte {
		resp.Header.Set("Content-Length", "-1")
		return body
	}, bucket.ErrCorrupt, "Content-Length"},
	"an absurd length": {func(_ *http.Request, resp *http.Response, body []byte) []byte {
		resp.Header.Set("Content-Length", "9223372036854775807")
		return body
	}, bucket.ErrCorrupt, "9223372036854775807 bytes"},
	"no content": {func(_ *http.Request, resp *http.Response, _ []byte) []byte {
		resp.StatusCode = http.StatusNoContent
		resp.Header.Del("Content-Length")
		return nil
	}, bucket.ErrCorrupt, "0 bytes"},
	"cut off": {func(_ *http.Request, _ *http.Response, body []byte) []byte {
		return body[:5]
	}, bucket.ErrUnavailable, "5 bytes came and 14 were announced"},
}

func TestP4_WhatIsNotTheObjectIsCorrupt(t *testing.T) {
	for name, lie := range lies {
		for _, versioning := range []s3test.Versioning{s3test.Enabled, s3test.Unversioned} {
			if versioning == s3test.Unversioned && (name == "another ETag" || name == "another version") {
				continue // which is the current state then, or a version above it
			}
			t.Run(name, func(t *testing.T) {
				server, b := open(t, versioning, s3test.Config{})
				server.Put(bucketName, "a", []byte("the true bytes"))
				v := list(t, b)[0]
				_, err := behind(t, server, lie.change).Get(t.Context(), v, 0)
				assert.Check(t, is.ErrorIs(err, lie.want))
				assert.Check(t, is.ErrorContains(err, `GetObject "orders" key "a": `))
				assert.Check(t, is.ErrorContains(err, lie.says))
				assert.Check(t, errors.Is(err, bucket.ErrCorrupt) != errors.Is(err, bucket.ErrUnavailable))
			})
		}
	}
}

// Stores differ in what they leave out and how they write it.
func TestP4_WhatCanBeVerifiedIsRead(t *testing.T) {
	for name, change := range map[string]rewrite{
		"as it is": unchanged,
		"no length": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Del("Content-Length")
			return body
		},
		"a weak ETag without quotes": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Set("ETag", "W/"+strings.Trim(resp.Header.Get("ETag"), `"`))
			return body
		},
		"no ETag, and a checksum": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Del("ETag")
			return body
		},
		"no checksum": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Del("X-Amz-Checksum-Crc64nvme")
			return body
		},
		"a checksum of the parts": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Del("X-Amz-Checksum-Crc64nvme")
			resp.Header.Set("X-Amz-Checksum-Crc32", "AAAAAA==-2")
			return body
		},
		"a checksum of the parts, said by its type": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Set("X-Amz-Checksum-Type", "COMPOSITE")
			resp.Header.Set("X-Amz-Checksum-Crc32", "AAAAAA==")
			return body
		},
		"an unknown checksum": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Del("X-Amz-Checksum-Crc64nvme")
			resp.Header.Set("X-Amz-Checksum-Xxhash64", "AAAA")
			return body
		},
		"no version id": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			resp.Header.Del("X-Amz-Version-Id")
			return body
		},
		"headers that can't be read": func(_ *http.Request, resp *http.Response, body []byte) []byte {
			for _, name := range []string{"X-Amz-Missing-Meta", "X-Amz-Tagging-Count", "Last-Modified", "Expires", "Date", "X-Amz-Delete-Marker"} {
				resp.Header.Set(name, "nonsense")
			}
			return body
		},
	} {
		for _, versioning := range []s3test.Versioning{s3test.Enabled, s3test.Unversioned} {
			t.Run(name, func(t *testing.T) {
				server, b := open(t, versioning, s3test.Config{})
				server.Put(bucketName, "a", []byte("the true bytes"))
				v := list(t, b)[0]
				obj, err := behind(t, server, change).Get(t.Context(), v, 0)
				assert.NilError(t, err)
				assert.Check(t, is.Equal(string(obj.Body), "the true bytes"))
				assert.Check(t, is.DeepEqual(obj.Version, v))
			})
		}
	}
}

func TestP4_TheStoredChecksumIsAskedForAndSigned(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.Put(bucketName, "a", []byte("1"))
	v := list(t, b)[0]
	server.SetFaults(func(r s3test.Request) s3test.Fault {
		assert.Check(t, is.Equal(r.Header.Get("X-Amz-Checksum-Mode"), "ENABLED"))
		assert.Check(t, is.Contains(r.Header.Get("Authorization"), "x-amz-checksum-mode"))
		return s3test.Fault{}
	})
	_, err := b.Get(t.Context(), v, 0)
	assert.NilError(t, err)
}

func TestGet_ReturnsTheHeaders(t *testing.T) {
	server, _ := open(t, s3test.Enabled, s3test.Config{})
	server.Put(bucketName, "a", []byte("1"), s3test.Metadata(map[string]string{"name": "Zoë 北京", "plain": "x y"}))
	b := behind(t, server, func(_ *http.Request, resp *http.Response, body []byte) []byte {
		h := resp.Header
		h.Set("Content-Type", "text/css")
		h.Set("Content-Encoding", "gzip, aws-chunked")
		h.Set("Cache-Control", "max-age=5")
		h.Set("Content-Disposition", "attachment")
		h.Set("Content-Language", "nl")
		h.Set("Expires", "Thu, 01 Dec 2044 16:00:00 GMT")
		h.Set("X-Amz-Meta-Latin", "=?ISO-8859-1?Q?caf=E9?=")
		h.Set("X-Amz-Meta-Unknown", "=?KOI8-R?B?8NLJ18XU?=")
		h.Set("X-Amz-Meta-Invalid", "=?UTF-8?B?/////w==?= kept")
		h.Set("X-Amz-Meta-Broken", "=?UTF-8?B?")
		return body
	})
	obj, err := b.Get(t.Context(), list(t, b)[0], 0)
	assert.NilError(t, err)
	obj.Version, obj.Body = bucket.Version{}, nil
	assert.Check(t, is.DeepEqual(obj, bucket.Object{
		ContentType: "text/css", ContentEncoding: "gzip", CacheControl: "max-age=5", ContentDisposition: "attachment",
		ContentLanguage: "nl", Expires: "Thu, 01 Dec 2044 16:00:00 GMT",
		Metadata: map[string]string{
			"name": "Zoë 北京", "plain": "x y", "latin": "café", "unknown": "=?KOI8-R?B?8NLJ18XU?=",
			"invalid": "=?UTF-8?B?/////w==?= kept", "broken": "=?UTF-8?B?",
		},
	}))
}

func TestGet_ManySizes(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	for _, size := range []int{0, 1, 8<<20 - 1, 8 << 20, 8<<20 + 1, 17 << 20} {
		body := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		id := server.Put(bucketName, "a", body)
		obj, err := b.Get(t.Context(), bucket.Version{Key: "a", VersionID: id, Size: int64(size)}, 0)
		assert.NilError(t, err)
		assert.Check(t, bytes.Equal(obj.Body, body), size)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

// Whatever a client sends, the server answers.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{
		"GET /bucket?versions", "PUT /bucket/key", "POST /bucket?delete", "GET /bucket?list-type=2&continuation-token=1/x",
		"GET /bucket?versions&key-marker=a&version-id-marker=null&delimiter=/", "DELETE /bucket/key?versionId=null",
		"POST /bucket/key?uploadId=x", "PUT /bucket/key?uploadId=x&partNumber=1", "GET /bucket?uploads&key-marker=x", "HEAD //",
	} {
		method, target, _ := strings.Cut(seed, " ")
		f.Add(method, target, "7\r\ncontent\r\n0\r\n\r\n", "bytes=0-1", true)
	}
	f.Fuzz(func(t *testing.T, method, target, body, ranges string, chunked bool) {
		if strings.ContainsAny(method, " \r\n") || method == "" || !strings.HasPrefix(target, "/") {
			return
		}
		r, err := http.NewRequestWithContext(t.Context(), method, "http://s3"+target, strings.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("Range", ranges)
		if chunked {
			r.Header.Set("X-Amz-Content-Sha256", unsignedTrailer)
			r.Header.Set("X-Amz-Decoded-Content-Length", strconv.Itoa(len(body)))
		}
		s := New(Config{})
		s.CreateBucket("bucket", Enabled)
		s.SetPublic("bucket", true)
		s.Put("bucket", "key", []byte("content"))
		s.Delete("bucket", "key2")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 599 {
			t.Fatalf("%s %s: status %d", method, target, w.Code)
		}
		c := s.newCall(r)
		c.accessKey = "fuzz" // past the signature
		p, err := readPayload(r, []byte(body))
		if err != nil || c.op.handle == nil {
			return
		}
		c.payload = p
		if c.bucket = s.buckets["bucket"]; c.request.Bucket == "bucket" {
			_, _ = c.op.handle(c)
		}
	})
}

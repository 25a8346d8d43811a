// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
)

// takesAll is a store that reads what it is sent, keeps nothing and never fails.
func takesAll(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
	}
	body, query := "", r.URL.Query()
	switch {
	case r.Method == http.MethodPost && query.Has("uploads"):
		body = "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
	case r.Method == http.MethodPost:
		body = "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Etag": {`"x"`}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// BenchmarkStore measures what the client takes to store objects that are written
// in pieces of 50 kB.
func BenchmarkStore(b *testing.B) {
	for _, size := range []int{300 << 10, 2 * partSize, 20 * partSize} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			store, err := bucket.New(configOf(s3test.New(s3test.Config{})), clientFunc(takesAll))
			assert.NilError(b, err)
			in := uploadOf(content(size))
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				assert.NilError(b, store.Store(b.Context(), in))
			}
		})
	}
}

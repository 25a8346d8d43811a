// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
)

func bodyOf(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// answering returns a bucket whose requests are all answered by answer.
func answering(t *testing.T, endpoint string, answer func(*http.Request) (*http.Response, error)) *bucket.Bucket {
	t.Helper()
	config := configOf(s3test.New(s3test.Config{}))
	config.Endpoint = endpoint
	b, err := bucket.New(config, clientFunc(answer))
	assert.NilError(t, err)
	return b
}

// says returns an answer.
func says(status int, header http.Header, body io.ReadCloser) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		header := header.Clone()
		if header == nil {
			header = http.Header{}
		}
		return &http.Response{StatusCode: status, Header: header, Body: body, Request: r, ContentLength: -1}, nil
	}
}

// openAt returns a new server, and its bucket at an endpoint.
func openAt(t *testing.T, endpoint string) (*s3test.Server, *bucket.Bucket) {
	t.Helper()
	server := s3test.New(s3test.Config{})
	server.CreateBucket(bucketName, s3test.Unversioned)
	config := configOf(server)
	config.Endpoint = endpoint
	b, err := bucket.New(config, server)
	assert.NilError(t, err)
	return server, b
}

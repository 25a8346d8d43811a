// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func TestIdentity_IsOfStoreBucketAndPrefix(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	t.Setenv("AWS_ENDPOINT_URL", "")
	seen := map[string]string{}
	for _, c := range []struct{ endpoint, bucket, prefix string }{
		{"", "orders", ""},
		{"", "orders", "a/"},
		{"", "orders", "a"},
		{"", "ordersa", ""},
		{"http://localhost:9000", "orders", ""},
		{"https://localhost:9000", "orders", ""},
		{"http://localhost:9001", "orders", ""},
		{"http://localhost:9000/tenant", "orders", ""},
	} {
		got := bucket.Config{Endpoint: c.endpoint, Bucket: c.bucket}.Identity(c.prefix)
		assert.Check(t, is.Regexp("^[0-9a-f]{16}$", got))
		assert.Check(t, is.Equal(seen[got], ""), "%v", c)
		seen[got] = c.endpoint + c.bucket + c.prefix
	}
}

func TestIdentity_DoesNotDependOnSpellingOrCredentials(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	t.Setenv("AWS_ENDPOINT_URL", "")
	of := func(c bucket.Config) string {
		c.Bucket = "orders"
		return c.Identity("logs/")
	}
	for canonical, others := range map[string][]string{
		"http://localhost":       {"http://localhost/", "http://LOCALHOST", "http://localhost:80", "HTTP://localhost//"},
		"https://s3.example/a/b": {"https://s3.example:443/a/b/"},
		"http://[::1]:9000":      {"http://[::1]:9000/"},
	} {
		for _, other := range others {
			assert.Check(t, is.Equal(of(bucket.Config{Endpoint: other}), of(bucket.Config{Endpoint: canonical})), other)
		}
	}
	assert.Check(t, is.Equal(
		of(bucket.Config{AccessKeyID: "A", SecretAccessKey: "B", Region: "eu-west-1"}),
		of(bucket.Config{AccessKeyID: "C", SecretAccessKey: "D", Region: "us-east-1"})))
	fromConfig := of(bucket.Config{Endpoint: "http://localhost:9000"})
	t.Setenv("AWS_ENDPOINT_URL", "http://localhost:9000")
	assert.Check(t, is.Equal(of(bucket.Config{}), fromConfig))
}

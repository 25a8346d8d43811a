// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

func as(key, secret, token string) func(*s3.Options) {
	return func(o *s3.Options) { o.Credentials = credentials.NewStaticCredentialsProvider(key, secret, token) }
}

func TestAuth_Credentials(t *testing.T) {
	server := serve(s3test.Config{Credentials: []s3test.Credentials{
		{AccessKeyID: "key", SecretAccessKey: "secret"},
		{AccessKeyID: "role", SecretAccessKey: "secret2", SessionToken: "token"},
	}}, s3test.Unversioned)
	server.Put(bucket, "object", []byte("x"))
	for _, test := range []struct{ key, secret, token, want string }{
		{"key", "secret", "", ""},
		{"role", "secret2", "token", ""},
		{"key", "wrong", "", "SignatureDoesNotMatch"},
		{"unknown", "secret", "", "InvalidAccessKeyId"},
		{"role", "secret2", "stale", "InvalidToken"},
		{"role", "secret2", "", "InvalidToken"},
		{"key", "secret", "token", "InvalidToken"},
	} {
		_, err := get(t, server.Client(as(test.key, test.secret, test.token)), "object", "")
		assert.Check(t, cmp.Equal(code(err), test.want), "%v: %v", test, err)
	}
}

func TestAuth_ChangedOnTheWay(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	server.Put(bucket, "object", []byte("x"))
	server.Put(bucket, "other", []byte("y"))
	client := server.Client(func(o *s3.Options) {
		o.HTTPClient = clientFunc(func(r *http.Request) (*http.Response, error) {
			r.URL.Path = "/other"
			return server.Do(r)
		})
	})
	_, err := get(t, client, "object", "")
	assert.Check(t, cmp.Equal(code(err), "SignatureDoesNotMatch"))
}

type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestAuth_Anonymous(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	server.Put(bucket, "object", []byte("x"))
	anonymous := server.Client(func(o *s3.Options) { o.Credentials = aws.AnonymousCredentials{} })
	_, err := get(t, anonymous, "object", "")
	assert.Check(t, cmp.Equal(code(err), "AccessDenied"))

	server.SetPublic(bucket, true)
	_, err = get(t, anonymous, "object", "")
	assert.NilError(t, err)
	_, err = anonymous.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("k")})
	assert.Check(t, cmp.Equal(code(err), "AccessDenied"))
}

func TestAuth_Malformed(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	for _, header := range []string{
		"Basic abc", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=a/b", "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request",
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://s3/bucket/key", nil)
		assert.NilError(t, err)
		r.Header.Set("Authorization", header)
		answer, err := server.Do(r)
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(answer.StatusCode, http.StatusBadRequest), header)
		assert.NilError(t, answer.Body.Close())
	}
}

// AWS answers a request that is signed for another region than the bucket's in
// two ways, according to the endpoint.
func TestAuth_WrongRegion(t *testing.T) {
	server := s3test.New(s3test.Config{})
	server.CreateBucketIn(bucket, "eu-central-1", s3test.Unversioned)
	for _, test := range []struct {
		name, region string
		options      func(*s3.Options)
		status       int
		code         string
	}{
		{"regional endpoint", "us-west-2", nil, http.StatusMovedPermanently, "PermanentRedirect"},
		{"global endpoint", "us-east-1", nil, http.StatusBadRequest, "AuthorizationHeaderMalformed"},
		{"endpoint without a region", "us-west-2", func(o *s3.Options) {
			o.BaseEndpoint, o.UsePathStyle = aws.String("http://s3:9000"), true
		}, http.StatusBadRequest, "AuthorizationHeaderMalformed"},
		{"right region", "eu-central-1", nil, http.StatusNotFound, "NoSuchKey"},
	} {
		t.Run(test.name, func(t *testing.T) {
			client := server.Client(func(o *s3.Options) {
				o.Region = test.region
				if test.options != nil {
					test.options(o)
				}
			})
			_, err := get(t, client, "key", "")
			assert.Check(t, cmp.Equal(status(err), test.status), "%v", err)
			assert.Check(t, cmp.Equal(code(err), test.code), "%v", err)
			if test.status == http.StatusNotFound {
				return
			}
			_, err = client.HeadBucket(context.WithoutCancel(t.Context()), &s3.HeadBucketInput{Bucket: aws.String(bucket)})
			assert.Check(t, cmp.Equal(status(err), test.status))
			var answered *smithyhttp.ResponseError
			ok := errors.As(err, &answered)
			assert.Assert(t, ok)
			assert.Check(t, cmp.Equal(answered.Response.Header.Get("X-Amz-Bucket-Region"), "eu-central-1"))
		})
	}
	_, body := plainRequest(t, server, http.MethodGet, "http://s3/bucket/key", nil, nil)
	assert.Check(t, strings.Contains(body, "<Region>eu-central-1</Region>"), body)
	assert.Check(t, strings.Contains(body, "the region &#39;us-east-1&#39; is wrong; expecting &#39;eu-central-1&#39;"), body)

	_, err := server.Client(func(o *s3.Options) { o.Region = "us-west-2" }).
		HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("no-such-bucket")})
	assert.Check(t, cmp.Equal(status(err), http.StatusNotFound))
}

func TestAuth_Skew(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now, CheckSkew: true}, s3test.Unversioned)
	_, err := get(t, server.Client(once), "key", "")
	assert.Check(t, cmp.Equal(code(err), "RequestTimeTooSkewed"))
	now.Add(time.Since(now.Now()))
	_, err = get(t, server.Client(once), "key", "")
	assert.Check(t, cmp.Equal(code(err), "NoSuchKey"))
}

func TestDeny(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Enabled)
	client := server.Client()
	id := server.Put(bucket, "key", []byte("x"))
	name := aws.String(bucket)

	server.Deny("s3:ListBucketVersions", "s3:GetObjectVersion")
	_, err := client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: name})
	assert.Check(t, cmp.Equal(status(err), http.StatusForbidden))
	assert.ErrorContains(t, err, "AccessDenied")
	assert.ErrorContains(t, err, "not authorized to perform: s3:ListBucketVersions")
	_, err = get(t, client, "key", id)
	assert.ErrorContains(t, err, "s3:GetObjectVersion")
	_, err = get(t, client, "key", "")
	assert.NilError(t, err)
	_, err = get(t, client, "missing", "")
	assert.Check(t, cmp.Equal(code(err), "NoSuchKey"))

	server.Deny("s3:ListBucket")
	_, err = get(t, client, "missing", "")
	assert.Check(t, cmp.Equal(code(err), "AccessDenied")) // AWS does not tell what is missing
	_, err = client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: name})
	assert.Check(t, cmp.Equal(status(err), http.StatusForbidden))

	server.Allow("s3:ListBucketVersions")
	_, err = client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: name})
	assert.NilError(t, err)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// clock is a server's time that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 5, 4, 3, 2, 1, 987654321, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// serve returns a server with one bucket.
func serve(config s3test.Config, versioning s3test.Versioning) *s3test.Server {
	server := s3test.New(config)
	server.CreateBucket(bucket, versioning)
	return server
}

// reply is an answer without its body.
type reply struct {
	StatusCode int
	Header     http.Header
}

// plainRequest sends what a test has put together itself, signed, and returns the answer with its body read.
func plainRequest(
	t *testing.T, server *s3test.Server, method, url string, body []byte, header map[string]string,
) (reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	assert.NilError(t, err)
	hash := "UNSIGNED-PAYLOAD"
	for name, value := range header {
		r.Header.Set(name, value)
	}
	if value := r.Header.Get("X-Amz-Content-Sha256"); value != "" {
		hash = value
	}
	r.Header.Set("X-Amz-Content-Sha256", hash)
	identity := aws.Credentials{AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey}
	sign := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	assert.NilError(t, sign.SignHTTP(t.Context(), identity, r, hash, "s3", server.Region(), time.Now()))
	answer, err := server.Do(r)
	assert.NilError(t, err)
	content, err := io.ReadAll(answer.Body)
	assert.NilError(t, errors.Join(err, answer.Body.Close()))
	return reply{answer.StatusCode, answer.Header}, string(content)
}

func get(t *testing.T, client *s3.Client, key, id string, options ...func(*s3.Options)) (string, error) {
	t.Helper()
	in := &s3.GetObjectInput{Bucket: aws.String(bucket), Key: &key}
	if id != "" {
		in.VersionId = &id
	}
	out, err := client.GetObject(t.Context(), in, options...)
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(out.Body)
	return string(content), errors.Join(err, out.Body.Close())
}

// once lets a client try once.
func once(o *s3.Options) { o.Retryer = aws.NopRetryer{} }

// atOnce lets a client retry without waiting.
func atOnce(o *s3.Options) {
	o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
}

func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

func status(err error) int {
	var e *smithyhttp.ResponseError
	if errors.As(err, &e) {
		return e.HTTPStatusCode()
	}
	return 0
}

func TestServer_AnswersBearTheServersTime(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now}, s3test.Enabled)
	server.Put(bucket, "key", []byte("x"))
	now.Add(time.Hour)
	answer, _ := plainRequest(t, server, http.MethodGet, "https://bucket.s3.us-east-1.amazonaws.com/key", nil, nil)
	assert.Check(t, cmp.Equal(answer.Header.Get("Date"), "Mon, 04 May 2026 04:02:01 GMT"))
	assert.Check(t, cmp.Equal(answer.Header.Get("Last-Modified"), "Mon, 04 May 2026 03:02:01 GMT"))
	assert.Check(t, answer.Header.Get("X-Amz-Request-Id") != "")

	answer, body := plainRequest(t, server, http.MethodGet, "https://bucket.s3.us-east-1.amazonaws.com/missing", nil, nil)
	assert.Check(t, cmp.Equal(answer.Header.Get("Date"), "Mon, 04 May 2026 04:02:01 GMT"))
	var failure struct {
		Code, Message, Key string
		RequestID          string `xml:"RequestId"`
		HostID             string `xml:"HostId"`
	}
	assert.NilError(t, xml.Unmarshal([]byte(body), &failure))
	assert.Check(t, cmp.Equal(failure.Code, "NoSuchKey"))
	assert.Check(t, cmp.Equal(failure.Key, "missing"))
	assert.Check(t, cmp.Equal(failure.RequestID, answer.Header.Get("X-Amz-Request-Id")))
	assert.Check(t, failure.HostID != "" && failure.Message != "")
}

func TestServer_UnknownRequest(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	for _, url := range []string{
		"https://s3.us-east-1.amazonaws.com/", "https://s3.us-east-1.amazonaws.com/bucket?acl",
		"https://s3.us-east-1.amazonaws.com/bucket/key?acl",
	} {
		answer, _ := plainRequest(t, server, http.MethodGet, url, nil, nil)
		assert.Check(t, cmp.Equal(answer.StatusCode, http.StatusNotImplemented), url)
	}
}

func TestServer_Addressing(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	server.Put(bucket, "a/b", []byte("x"))
	for _, url := range []string{
		"https://s3.us-east-1.amazonaws.com/bucket/a/b", "https://bucket.s3.us-east-1.amazonaws.com/a/b",
		"https://bucket.s3.amazonaws.com/a/b", "http://127.0.0.1:9000/bucket/a/b", "http://bucket.localhost:9000/a%2Fb",
		"http://s3:80/bucket/a/b", "https://store.example:443/bucket/a/b",
	} {
		answer, body := plainRequest(t, server, http.MethodGet, url, nil, nil)
		assert.Check(t, cmp.Equal(answer.StatusCode, http.StatusOK), "%s: %s", url, body)
	}
}

func TestServer_Buckets(t *testing.T) {
	server := s3test.New(s3test.Config{Region: "eu-west-1"})
	client := server.Client()
	name := aws.String("made-by-request")
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name})
	assert.NilError(t, err)
	_, err = client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name})
	assert.Check(t, cmp.Equal(code(err), "BucketAlreadyOwnedByYou"))
	_, err = client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("no")})
	assert.Check(t, cmp.Equal(code(err), "InvalidBucketName"))

	head, err := client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: name})
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(aws.ToString(head.BucketRegion), "eu-west-1"))

	for _, want := range []s3test.Versioning{s3test.Unversioned, s3test.Enabled, s3test.Suspended} {
		server.SetVersioning(*name, want)
		got, err := client.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: name})
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(string(got.Status), string(want)))
	}
	server.RemoveBucket(*name)
	_, err = client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: name})
	assert.Check(t, cmp.Equal(status(err), http.StatusNotFound))
}

func TestServer_CopyObject(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Enabled)
	id := server.Put(bucket, "a b", []byte("first"), s3test.ContentType("text/csv"), s3test.Metadata(map[string]string{"k": "v"}))
	server.Put(bucket, "a b", []byte("second"))
	_, err := server.Client().CopyObject(t.Context(), &s3.CopyObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("copy"), CopySource: aws.String("bucket/a%20b?versionId=" + id),
	})
	assert.NilError(t, err)
	got, ok := server.Get(bucket, "copy")
	assert.Assert(t, ok)
	assert.Check(t, cmp.Equal(string(got.Body), "first"))
	assert.Check(t, cmp.Equal(got.Header.Get("Content-Type"), "text/csv"))
	assert.Check(t, cmp.DeepEqual(got.Metadata, map[string]string{"k": "v"}))
}

func TestServer_LimitsOfKeysAndMetadata(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	client := server.Client()
	key := string(bytes.Repeat([]byte("k"), 1025))
	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: &key})
	assert.Check(t, cmp.Equal(code(err), "KeyTooLongError"))
	_, err = client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("key"), Metadata: map[string]string{"k": string(bytes.Repeat([]byte("v"), 2048))},
	})
	assert.Check(t, cmp.Equal(code(err), "MetadataTooLarge"))
}

func TestServer_MetadataOutsideASCII(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	server.Put(bucket, "key", nil, s3test.Metadata(map[string]string{"name": "Zürich"}))
	out, err := server.Client().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(bucket), Key: aws.String("key")})
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(out.Metadata["name"], "=?UTF-8?b?WsO8cmljaA==?="))
}

func TestBuilders(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now}, s3test.Enabled)
	early := now.Now().Add(-time.Hour)
	first := server.Put(bucket, "b", []byte("first"))
	second := server.Put(bucket, "b", []byte("second"), s3test.At(early))
	gone := server.Delete(bucket, "a", s3test.At(early))
	server.PutAll(bucket, func(yield func(s3test.Entry) bool) {
		_ = yield(s3test.Entry{Key: "c", Body: []byte("x")}) && yield(s3test.Entry{Key: "c", Delete: true, LastModified: early})
	})

	versions := server.Versions(bucket)
	assert.Assert(t, cmp.Len(versions, 5))
	for i, want := range []struct {
		key, id string
		at      time.Time
		deleted bool
	}{
		{"a", gone, early, true},
		{"b", second, early, false},
		{"b", first, now.Now(), false},
		{"c", versions[3].VersionID, early, true},
		{"c", versions[4].VersionID, now.Now(), false},
	} {
		got := versions[i]
		assert.Check(t, got.Key == want.key && got.VersionID == want.id && got.LastModified.Equal(want.at) &&
			got.DeleteMarker == want.deleted, "%d: %v", i, got)
	}
	objects := server.Objects(bucket)
	assert.Assert(t, cmp.Len(objects, 1))
	assert.Check(t, cmp.Equal(string(objects[0].Body), "second"))
	_, ok := server.Get(bucket, "c")
	assert.Check(t, !ok)
	assert.Check(t, server.DeleteVersion(bucket, "b", second))
	assert.Check(t, !server.DeleteVersion(bucket, "b", second))
	object, ok := server.Get(bucket, "b")
	assert.Check(t, ok && string(object.Body) == "first" && object.IsLatest)
}

func TestDo_ContextEndedBefore(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := server.Client(once).HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(bucket)})
	assert.Check(t, errors.Is(err, context.Canceled))
	assert.Check(t, cmp.Equal(server.Count(""), 0))
}

func TestObjectLock_NeedsADigest(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Enabled)
	client := server.Client()
	put := func(options ...func(*s3.Options)) error {
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String(bucket), Key: aws.String("a"), Body: bytes.NewReader([]byte("1")),
		}, options...)
		return err
	}
	with := func(o *s3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenSupported }
	assert.NilError(t, put())
	server.SetObjectLock(bucket, true)
	assert.Check(t, cmp.Equal(code(put()), "InvalidRequest"))
	assert.NilError(t, put(with))
}

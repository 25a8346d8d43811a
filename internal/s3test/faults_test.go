// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// first lets the first request of an operation fail.
func first(op string, fault s3test.Fault) func(s3test.Request) s3test.Fault {
	return func(r s3test.Request) s3test.Fault {
		if r.Op == op && r.N == 1 {
			return fault
		}
		return s3test.Fault{}
	}
}

// clients are the server's two ways to be reached.
func clients(t *testing.T, server *s3test.Server) map[string]*s3.Client {
	t.Helper()
	url := server.Start(t)
	return map[string]*s3.Client{
		"do": server.Client(),
		"socket": server.Client(func(o *s3.Options) {
			o.HTTPClient, o.BaseEndpoint, o.UsePathStyle = &http.Client{Transport: &http.Transport{}}, aws.String(url), true
		}),
	}
}

func TestFaults_AreRetried(t *testing.T) {
	for name, fault := range map[string]s3test.Fault{
		"slow down": s3test.SlowDown(), "internal error": s3test.InternalError(), "reset": s3test.Reset(),
	} {
		server := serve(s3test.Config{}, s3test.Unversioned)
		server.Put(bucket, "key", []byte("x"))
		for reached, client := range clients(t, server) {
			server.ResetLog()
			server.SetFaults(first("GetObject", fault))
			body, err := get(t, client, "key", "", atOnce)
			assert.NilError(t, err, "%s by %s", name, reached)
			assert.Check(t, cmp.Equal(body, "x"))
			requests := server.Requests()
			assert.Assert(t, cmp.Len(requests, 2))
			assert.Check(t, cmp.Equal(requests[0].Status, fault.Status))
			assert.Check(t, cmp.Equal(requests[1].Status, http.StatusOK))
			assert.Check(t, cmp.DeepEqual([]int{requests[0].Attempt, requests[1].Attempt}, []int{1, 2}))
			assert.Check(t, cmp.DeepEqual([]int{requests[0].N, requests[1].N}, []int{1, 2}))
		}
	}
}

func TestFaults_ErrorThatIsSeen(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	for reached, client := range clients(t, server) {
		server.SetFaults(func(s3test.Request) s3test.Fault {
			return s3test.Fault{Status: http.StatusConflict, Code: "ConditionalRequestConflict", Message: "again"}
		})
		_, err := get(t, client, "key", "", once)
		assert.Check(t, cmp.Equal(code(err), "ConditionalRequestConflict"), reached)
		server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Reset() })
		_, err = get(t, client, "key", "", once)
		assert.Check(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF), "%s: %v", reached, err)
	}
}

// A late fault: the object is stored, and the client does not know.
func TestFaults_Late(t *testing.T) {
	lost := s3test.Reset()
	lost.Late = true
	server := serve(s3test.Config{Faults: first("PutObject", lost)}, s3test.Enabled)
	_, err := server.Client(atOnce).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("key"), Body: strings.NewReader("x"),
	})
	assert.NilError(t, err)
	assert.Check(t, cmp.Len(server.Versions(bucket), 2))

	server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.InternalError() })
	_, err = server.Client(once).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("key")})
	assert.Check(t, cmp.Equal(code(err), "InternalError"))
	assert.Check(t, cmp.Len(server.Versions(bucket), 2), "a fault that is not late comes before the effect")
}

func TestFaults_Truncate(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	server.Put(bucket, "key", []byte("0123456789"))
	for reached, client := range clients(t, server) {
		for _, n := range []int{0, 4} {
			server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Truncate(n) })
			out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("key")})
			assert.NilError(t, err, reached)
			assert.Check(t, cmp.Equal(aws.ToInt64(out.ContentLength), int64(10)))
			content, err := io.ReadAll(out.Body)
			assert.Check(t, errors.Is(err, io.ErrUnexpectedEOF), "%s: %v", reached, err)
			assert.Check(t, cmp.Equal(string(content), "0123456789"[:n]))
			assert.NilError(t, out.Body.Close())
		}
		server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Truncate(10) })
		body, err := get(t, client, "key", "")
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(body, "0123456789"))
	}
}

func TestFaults_Stall(t *testing.T) {
	server := serve(s3test.Config{Faults: func(s3test.Request) s3test.Fault {
		return s3test.Fault{Cut: true, CutAt: 4, Stall: true}
	}}, s3test.Unversioned)
	server.Put(bucket, "key", []byte("0123456789"))
	for reached, client := range clients(t, server) {
		ctx, cancel := context.WithCancel(t.Context())
		out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("key")})
		assert.NilError(t, err, reached)
		got := make([]byte, 4)
		_, err = io.ReadFull(out.Body, got)
		assert.NilError(t, err, reached)
		cancel()
		_, err = out.Body.Read(got)
		assert.Check(t, errors.Is(err, context.Canceled), "%s: %v", reached, err)
		assert.NilError(t, out.Body.Close())
	}
}

func TestFaults_Malformed(t *testing.T) {
	server := serve(s3test.Config{Faults: func(s3test.Request) s3test.Fault { return s3test.Malformed() }}, s3test.Unversioned)
	_, err := server.Client(once).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	assert.ErrorContains(t, err, "deserialization failed")
}

// CopyObject and CompleteMultipartUpload may fail although they answer 200.
func TestFaults_ErrorInsideOfASuccess(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	upload := server.InitiateUpload(bucket, "key")
	fault := s3test.InternalError()
	fault.Status = http.StatusOK
	server.SetFaults(func(s3test.Request) s3test.Fault { return fault })
	_, err := server.Client(once).CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String("key"), UploadId: &upload,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1)}}},
	})
	assert.Check(t, cmp.Equal(code(err), "InternalError"), "%v", err)
}

// The hook may write: what happens between two pages of a listing.
func TestFaults_Interleave(t *testing.T) {
	server := serve(s3test.Config{PageSize: 1}, s3test.Enabled)
	server.Put(bucket, "a", nil)
	server.Put(bucket, "c", nil)
	server.SetFaults(func(r s3test.Request) s3test.Fault {
		if r.Op == "ListObjectsV2" && r.N == 2 {
			server.Put(bucket, "b", nil)
		}
		return s3test.Fault{}
	})
	var got []string
	pages := s3.NewListObjectsV2Paginator(server.Client(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		assert.NilError(t, err)
		got = append(got, *page.Contents[0].Key)
	}
	assert.Check(t, cmp.DeepEqual(got, []string{"a", "b", "c"}))
}

// In a bubble everything is virtual: latency, delays, the client's back-off,
// and the server's clock.
func TestFaults_VirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serve(s3test.Config{Latency: time.Minute}, s3test.Unversioned)
		server.Put(bucket, "key", []byte("x"))
		client := server.Client()
		start := time.Now()
		_, err := get(t, client, "key", "")
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(time.Since(start), time.Minute))

		server.SetLatency(0)
		server.ResetLog()
		server.SetFaults(first("GetObject", s3test.Fault{Delay: time.Hour, Status: http.StatusServiceUnavailable, Code: "SlowDown"}))
		start = time.Now()
		_, err = get(t, client, "key", "")
		assert.NilError(t, err)
		assert.Check(t, time.Since(start) >= time.Hour)

		server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Hang() })
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start = time.Now()
		_, err = client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(bucket)})
		assert.Check(t, errors.Is(err, context.DeadlineExceeded), "%v", err)
		assert.Check(t, cmp.Equal(time.Since(start), 5*time.Second))
	})
}

func TestLog_Concurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serve(s3test.Config{Latency: time.Second}, s3test.Unversioned)
		server.Put(bucket, "key", []byte("x"))
		client := server.Client()
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() { _, _ = get(t, client, "key", "") })
		}
		group.Go(func() { _, _ = client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(bucket)}) })
		group.Wait()
		assert.Check(t, cmp.Equal(server.Count("GetObject"), 5))
		assert.Check(t, cmp.Equal(server.Count(""), 6))
		assert.Check(t, cmp.Equal(server.PeakConcurrency("GetObject"), 5))
		assert.Check(t, cmp.Equal(server.PeakConcurrency(""), 6))
		server.ResetLog()
		assert.Check(t, cmp.Equal(server.Count("GetObject")+server.PeakConcurrency("")+len(server.Requests()), 0))
	})
}

func TestLog_OpenBodies(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	server.Put(bucket, "key", []byte("x"))
	var bodies []io.Closer
	for range 3 {
		out, err := server.Client().GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("key")})
		assert.NilError(t, err)
		bodies = append(bodies, out.Body)
	}
	now, peak := server.OpenBodies()
	assert.Check(t, now == 3 && peak == 3, "%d %d", now, peak)
	for _, body := range bodies {
		assert.NilError(t, body.Close())
		assert.NilError(t, body.Close())
	}
	now, peak = server.OpenBodies()
	assert.Check(t, now == 0 && peak == 3, "%d %d", now, peak)
}

func TestLog_Requests(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Enabled)
	id := server.Put(bucket, "a/b c", nil)
	_, err := get(t, server.Client(), "a/b c", id)
	assert.NilError(t, err)
	_, err = server.Client().ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{
		Bucket: aws.String(bucket), Prefix: aws.String("a/"),
	})
	assert.NilError(t, err)
	var got []string
	for _, r := range server.Requests() {
		got = append(got, fmt.Sprint(r.Op, " ", r.Bucket, " ", r.Key, " ", r.VersionID == id, " ", r.Query.Get("prefix"), " ", r.Status))
		assert.Check(t, r.Header == nil)
	}
	assert.Check(t, cmp.DeepEqual(got, []string{
		"GetObject bucket a/b c true  200", "ListObjectVersions bucket  false a/ 200",
	}))
}

// The request takes effect although its client has given up.
func TestFaults_AnswerDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serve(s3test.Config{}, s3test.Unversioned)
		server.SetFaults(first("PutObject", s3test.Fault{AnswerDelay: time.Hour}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := server.Client().PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("key"), Body: strings.NewReader("x")})
		assert.Check(t, cmp.ErrorIs(err, context.DeadlineExceeded))
		got, ok := server.Get(bucket, "key")
		assert.Assert(t, ok)
		assert.Check(t, cmp.Equal(string(got.Body), "x"))
	})
}

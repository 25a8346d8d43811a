// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"net/http"
	"strings"
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

func TestQuirk_UploadListing404(t *testing.T) {
	server := serve(s3test.Config{UploadListing404: true}, s3test.Enabled)
	in := &s3.ListMultipartUploadsInput{Bucket: aws.String(bucket)}
	_, err := server.Client().ListMultipartUploads(t.Context(), in)
	assert.Check(t, status(err) == http.StatusNotFound && code(err) == "NoSuchUpload", "%v", err)
	server.InitiateUpload(bucket, "a")
	out, err := server.Client().ListMultipartUploads(t.Context(), in)
	assert.NilError(t, err)
	assert.Check(t, cmp.Len(out.Uploads, 1))
}

func TestQuirk_IfMatch(t *testing.T) {
	for _, test := range []struct {
		name               string
		config             s3test.Config
		right, wrong, none string
		put                string
	}{
		{name: "AWS", wrong: "PreconditionFailed", put: "PreconditionFailed"},
		{name: "ignored", config: s3test.Config{IgnoresIfMatch: true}},
		{
			name: "fails", config: s3test.Config{IfMatchFails: true}, right: "PreconditionFailed", wrong: "PreconditionFailed",
			put: "PreconditionFailed",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := serve(test.config, s3test.Unversioned)
			server.Put(bucket, "a", []byte("x"))
			object, _ := server.Get(bucket, "a")
			for etag, want := range map[string]string{object.ETag: test.right, `"other"`: test.wrong, "": test.none} {
				in := &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("a")}
				if etag != "" {
					in.IfMatch = &etag
				}
				_, err := server.Client().GetObject(t.Context(), in)
				assert.Check(t, cmp.Equal(code(err), want), "If-Match: %s", etag)
			}
			_, err := server.Client().PutObject(t.Context(), &s3.PutObjectInput{
				Bucket: aws.String(bucket), Key: aws.String("a"), IfMatch: aws.String(`"other"`),
			})
			assert.Check(t, cmp.Equal(code(err), test.put))
		})
	}
}

func TestQuirk_Date(t *testing.T) {
	now := newClock()
	for want, config := range map[string]s3test.Config{
		"Mon, 04 May 2026 03:02:01 GMT": {},
		"Mon, 04 May 2026 03:03:31 GMT": {DateOffset: 90 * time.Second},
		"":                              {NoDate: true},
	} {
		config.Clock = now.Now
		server := serve(config, s3test.Enabled)
		server.SetPublic(bucket, true)
		server.Put(bucket, "a", []byte("x"))
		answer, _ := plainRequest(t, server, http.MethodGet, "http://s3/bucket/a", nil, nil)
		assert.Check(t, cmp.Equal(answer.Header.Get("Date"), want))
		assert.Check(t, cmp.Equal(answer.Header.Get("Last-Modified"), "Mon, 04 May 2026 03:02:01 GMT"))

		overSocket, err := http.Get(server.Start(t) + "/bucket/a")
		assert.NilError(t, err)
		assert.NilError(t, overSocket.Body.Close())
		assert.Check(t, cmp.Equal(overSocket.Header.Get("Date"), want))
	}
}

func TestQuirk_NoChecksums(t *testing.T) {
	server := serve(s3test.Config{NoChecksums: true}, s3test.Enabled)
	client := server.Client()
	put, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("a"), Body: strings.NewReader("x"), ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	assert.NilError(t, err)
	assert.Check(t, put.ChecksumSHA256 == nil)
	server.Put(bucket, "b", []byte("x"))
	server.CompleteUpload(bucket, server.InitiateUpload(bucket, "c"), []byte("x"))
	for _, key := range []string{"a", "b", "c"} {
		got, err := client.GetObject(t.Context(), &s3.GetObjectInput{
			Bucket: aws.String(bucket), Key: &key, ChecksumMode: types.ChecksumModeEnabled,
		})
		assert.NilError(t, err)
		assert.Check(t, got.ChecksumSHA256 == nil && got.ChecksumCRC64NVME == nil && got.ChecksumType == "", key)
	}
	for _, v := range list(t, server, s3.ListObjectVersionsInput{}).Versions {
		assert.Check(t, cmp.Len(v.ChecksumAlgorithm, 0))
	}
}

func TestQuirk_ListedBeforeReadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serve(s3test.Config{ListedBeforeReadable: time.Second}, s3test.Enabled)
		id := server.Put(bucket, "a", []byte("x"), s3test.At(time.Now().Add(-time.Hour)))
		for range 2 {
			_, err := get(t, server.Client(), "a", "")
			assert.Check(t, cmp.Equal(code(err), "NoSuchKey"))
			_, err = get(t, server.Client(), "a", id)
			assert.Check(t, cmp.Equal(code(err), "NoSuchKey"))
			assert.Check(t, cmp.Len(list(t, server, s3.ListObjectVersionsInput{}).Versions, 1))
			time.Sleep(500 * time.Millisecond)
		}
		body, err := get(t, server.Client(), "a", "")
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(body, "x"))
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

const trailing = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

// Over TLS the client sends a checksum behind the body, as a trailer; over
// plain HTTP in front of it.
func TestPayload_WhatTheClientSends(t *testing.T) {
	var mode string
	server := serve(s3test.Config{Faults: func(r s3test.Request) s3test.Fault {
		mode = r.Header.Get("X-Amz-Content-Sha256")
		return s3test.Fault{}
	}}, s3test.Unversioned)
	plain := func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = aws.String("http://s3"), true }
	for _, options := range [][]func(*s3.Options){{}, {plain}} {
		out, err := server.Client(options...).PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String(bucket), Key: aws.String("key"), Body: strings.NewReader("content"),
			ContentEncoding: aws.String("gzip"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
		})
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(mode == trailing, len(options) == 0), mode)
		assert.Check(t, cmp.Equal(aws.ToString(out.ChecksumCRC32), "/sUwqQ=="))
		object, ok := server.Get(bucket, "key")
		assert.Assert(t, ok)
		assert.Check(t, cmp.Equal(string(object.Body), "content"))
		assert.Check(t, cmp.Equal(object.Header.Get("Content-Encoding"), "gzip"))
	}
}

func TestPayload_Chunked(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	for _, test := range []struct{ name, body, want string }{
		{"right", "7\r\ncontent\r\n0\r\nx-amz-checksum-crc32:/sUwqQ==\r\n\r\n", ""},
		{"two chunks", "3\r\ncon\r\n4\r\ntent\r\n0\r\nx-amz-checksum-crc32:/sUwqQ==\r\n\r\n", ""},
		{"wrong checksum", "7\r\ncontent\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "BadDigest"},
		{"no checksum", "7\r\ncontent\r\n0\r\nother:x\r\n\r\n", "MalformedTrailerError"},
		{"malformed checksum", "7\r\ncontent\r\n0\r\nx-amz-checksum-crc32:AA==\r\n\r\n", "InvalidRequest"},
		{"cut off in a chunk", "7\r\ncont", "IncompleteBody"},
		{"cut off before the trailer", "7\r\ncontent\r\n0\r\n", "IncompleteBody"},
		{"no length", "zz\r\ncontent\r\n0\r\n\r\n", "IncompleteBody"},
		{"other length", "6\r\nconten\r\n0\r\nx-amz-checksum-crc32:/sUwqQ==\r\n\r\n", "IncompleteBody"},
		{"no end of chunk", "6\r\ncontent\r\n0\r\nx-amz-checksum-crc32:/sUwqQ==\r\n\r\n", "IncompleteBody"},
		{"huge chunk", "7fffffff\r\ncontent\r\n0\r\n\r\n", "IncompleteBody"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer, body := plainRequest(t, server, http.MethodPut, "http://s3/bucket/key", []byte(test.body), map[string]string{
				"X-Amz-Content-Sha256": trailing, "X-Amz-Trailer": "x-amz-checksum-crc32",
				"X-Amz-Decoded-Content-Length": "7", "Content-Encoding": "aws-chunked",
			})
			if test.want == "" {
				assert.Check(t, cmp.Equal(answer.StatusCode, http.StatusOK), body)
				object, _ := server.Get(bucket, "key")
				assert.Check(t, cmp.Equal(string(object.Body), "content"))
				assert.Check(t, cmp.Equal(object.Header.Get("Content-Encoding"), ""))
				return
			}
			assert.Check(t, strings.Contains(body, "<Code>"+test.want+"</Code>"), body)
		})
	}
}

func TestPayload_Digests(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	for _, test := range []struct{ name, value, want string }{
		{"X-Amz-Content-Sha256", strings.Repeat("0", 64), "XAmzContentSHA256Mismatch"},
		{"X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "NotImplemented"},
		{"Content-Md5", "1B2M2Y8AsgTpgAmY7PhCfg==", "BadDigest"},
		{"Content-Md5", "junk", "InvalidDigest"},
		{"X-Amz-Checksum-Crc64nvme", "AAAAAAAAAAA=", "BadDigest"},
		{"X-Amz-Checksum-Sha256", "junk", "InvalidRequest"},
	} {
		answer, body := plainRequest(t, server, http.MethodPut, "http://s3/bucket/key", []byte("content"),
			map[string]string{test.name: test.value})
		assert.Check(t, answer.StatusCode >= http.StatusBadRequest)
		assert.Check(t, strings.Contains(body, "<Code>"+test.want+"</Code>"), "%s: %s", test.name, body)
	}
	_, body := plainRequest(t, server, http.MethodPut, "http://s3/bucket/key", []byte("content"), map[string]string{
		"X-Amz-Checksum-Crc32": "/sUwqQ==", "X-Amz-Checksum-Sha1": "x",
	})
	assert.Check(t, strings.Contains(body, "Multiple checksum"), body)
	assert.Check(t, cmp.Len(server.Objects(bucket), 0))
}

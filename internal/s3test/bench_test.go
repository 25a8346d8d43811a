// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// many fills a bucket with n versions, three of each key.
func many(server *s3test.Server, n int) {
	body := []byte("content")
	server.PutAll(bucket, func(yield func(s3test.Entry) bool) {
		for i := range n {
			if !yield(s3test.Entry{Key: fmt.Sprintf("dir/%03d/key-%09d", i%997, i/3), Body: body, Delete: i%10 == 9}) {
				return
			}
		}
	})
}

func TestPutAll_Many(t *testing.T) {
	const n = 30_000
	server := serve(s3test.Config{}, s3test.Enabled)
	many(server, n)
	in := &s3.ListObjectVersionsInput{Bucket: aws.String(bucket)}
	total := 0
	for {
		out, err := server.Client().ListObjectVersions(t.Context(), in)
		assert.NilError(t, err)
		total += len(out.Versions) + len(out.DeleteMarkers)
		if !aws.ToBool(out.IsTruncated) {
			break
		}
		in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
	}
	assert.Check(t, cmp.Equal(total, n))
	assert.Check(t, cmp.Equal(server.Count("ListObjectVersions"), n/1000))
}

func BenchmarkPutAll(b *testing.B) {
	for b.Loop() {
		many(serve(s3test.Config{}, s3test.Enabled), 1_000_000)
	}
}

// BenchmarkListObjectVersions lists one page in the middle of a million versions.
func BenchmarkListObjectVersions(b *testing.B) {
	server := serve(s3test.Config{}, s3test.Enabled)
	many(server, 1_000_000)
	client := server.Client()
	in := &s3.ListObjectVersionsInput{Bucket: aws.String(bucket), KeyMarker: aws.String("dir/500/")}
	for b.Loop() {
		out, err := client.ListObjectVersions(b.Context(), in)
		assert.NilError(b, err)
		assert.Assert(b, aws.ToBool(out.IsTruncated))
	}
}

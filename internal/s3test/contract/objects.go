// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	stdcmp "cmp"
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

func (c contract) object() {
	t := c.t
	s := c.store(true)
	put := s.put("a/b", "first", func(in *s3.PutObjectInput) {
		in.ContentType = aws.String("text/plain; charset=utf-8")
		in.CacheControl = aws.String("no-store")
		in.Metadata = map[string]string{"Mixed-Case": "Value"}
	})
	digest := md5.Sum([]byte("first"))
	assert.Equal(t, aws.ToString(put.ETag), `"`+hex.EncodeToString(digest[:])+`"`)
	assert.Assert(t, aws.ToString(put.VersionId) != "")
	second := s.put("a/b", "second")
	assert.Assert(t, aws.ToString(second.VersionId) != aws.ToString(put.VersionId))

	body, out, err := s.get("a/b", ofVersion(*put.VersionId))
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(body, "first"))
	assert.Check(t, cmp.Equal(aws.ToString(out.ContentType), "text/plain; charset=utf-8"))
	assert.Check(t, cmp.Equal(aws.ToString(out.CacheControl), "no-store"))
	assert.Check(t, cmp.DeepEqual(out.Metadata, map[string]string{"mixed-case": "Value"}))
	assert.Check(t, cmp.Equal(aws.ToString(out.VersionId), *put.VersionId))
	assert.Check(t, cmp.Equal(aws.ToString(out.ETag), *put.ETag))
	assert.Check(t, cmp.Equal(aws.ToInt64(out.ContentLength), int64(5)))

	body, out, err = s.get("a/b")
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(body, "second"))
	assert.Check(t, cmp.Equal(aws.ToString(out.VersionId), *second.VersionId))

	head, err := s.client.HeadObject(t.Context(), &s3.HeadObjectInput{
		Bucket: &s.bucket, Key: aws.String("a/b"), VersionId: put.VersionId,
	}, capture)
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(aws.ToInt64(head.ContentLength), int64(5)))
	assert.Check(t, cmp.Equal(aws.ToString(head.ETag), *put.ETag))
	assert.Check(t, cmp.Equal(head.LastModified.Nanosecond(), 0))
	c.checkDate(t, header(head.ResultMetadata, nil))
}

// checkDate asserts that an answer bears the server's time.
func (c contract) checkDate(t *testing.T, header http.Header) {
	t.Helper()
	stamp, err := http.ParseTime(header.Get("Date"))
	assert.Check(t, err)
	assert.Check(t, !stamp.IsZero())
}

func (c contract) conditionalRead() {
	t := c.t
	s := c.store(false)
	first := s.put("key", "first")
	match := func(etag *string) func(*s3.GetObjectInput) { return func(in *s3.GetObjectInput) { in.IfMatch = etag } }

	body, _, err := s.get("key", match(first.ETag))
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(body, "first"))

	s.put("key", "second")
	_, _, err = s.get("key", match(first.ETag))
	checkError(t, err, http.StatusPreconditionFailed, "PreconditionFailed")

	_, out, err := s.get("key")
	assert.NilError(t, err)
	_, _, err = s.get("key", func(in *s3.GetObjectInput) { in.IfNoneMatch = out.ETag })
	checkError(t, err, http.StatusNotModified, "NotModified")
	_, _, err = s.get("key", func(in *s3.GetObjectInput) { in.IfUnmodifiedSince = aws.Time(out.LastModified.Add(-time.Hour)) })
	checkError(t, err, http.StatusPreconditionFailed, "PreconditionFailed")
	_, _, err = s.get("key", func(in *s3.GetObjectInput) { in.IfModifiedSince = aws.Time(out.LastModified.Add(time.Hour)) })
	checkError(t, err, http.StatusNotModified, "NotModified")
}

func (c contract) ranges() {
	t := c.t
	s := c.store(true)
	id := s.put("key", "0123456789").VersionId
	s.put("key", "later")
	for want, spec := range map[string]string{
		"234": "bytes=2-4", "789": "bytes=-3", "56789": "bytes=5-", "89": "bytes=8-100",
	} {
		body, out, err := s.get("key", ofVersion(*id), func(in *s3.GetObjectInput) { in.Range = &spec })
		assert.NilError(t, err, spec)
		assert.Check(t, cmp.Equal(body, want))
		assert.Check(t, strings.HasSuffix(aws.ToString(out.ContentRange), "/10"), "%v", aws.ToString(out.ContentRange))
	}
	_, _, err := s.get("key", ofVersion(*id), func(in *s3.GetObjectInput) { in.Range = aws.String("bytes=10-") })
	checkError(t, err, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
}

func (c contract) conditionalWrite() {
	t := c.t
	s := c.store(false)
	absent := func(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String("*") }
	match := func(etag *string) func(*s3.PutObjectInput) { return func(in *s3.PutObjectInput) { in.IfMatch = etag } }

	first := s.put("key", "first", absent)
	_, err := s.tryPut("key", "again", absent)
	checkError(t, err, http.StatusPreconditionFailed, "PreconditionFailed")
	s.put("key", "second", match(first.ETag))
	_, err = s.tryPut("key", "third", match(first.ETag))
	checkError(t, err, http.StatusPreconditionFailed, "PreconditionFailed")
	_, err = s.tryPut("missing", "x", match(first.ETag))
	checkError(t, err, http.StatusNotFound, "NoSuchKey")
	body, _, err := s.get("key")
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(body, "second"))

	versioned := c.store(true)
	versioned.put("key", "first")
	versioned.delete("key", "")
	versioned.put("key", "behind a delete marker", absent)
}

func (c contract) checksums() {
	t := c.t
	s := c.store(false)
	for _, algorithm := range []types.ChecksumAlgorithm{
		types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmCrc32c, types.ChecksumAlgorithmCrc64nvme,
		types.ChecksumAlgorithmSha1, types.ChecksumAlgorithmSha256,
	} {
		key := string(algorithm)
		s.put(key, "content", func(in *s3.PutObjectInput) { in.ChecksumAlgorithm = algorithm })
		body, out, err := s.get(key, func(in *s3.GetObjectInput) { in.ChecksumMode = types.ChecksumModeEnabled })
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(body, "content"))
		kept := map[types.ChecksumAlgorithm]*string{
			types.ChecksumAlgorithmCrc32: out.ChecksumCRC32, types.ChecksumAlgorithmCrc32c: out.ChecksumCRC32C,
			types.ChecksumAlgorithmCrc64nvme: out.ChecksumCRC64NVME,
			types.ChecksumAlgorithmSha1:      out.ChecksumSHA1, types.ChecksumAlgorithmSha256: out.ChecksumSHA256,
		}[algorithm]
		assert.Check(t, aws.ToString(kept) != "", "%s is not answered", algorithm)
	}
	_, err := s.tryPut("wrong", "content", func(in *s3.PutObjectInput) { in.ChecksumCRC32 = aws.String("AAAAAA==") })
	checkError(t, err, http.StatusBadRequest, stdcmp.Or(c.quirks.ChecksumCode, "BadDigest"))
	_, err = s.tryPut("wrong", "content", func(in *s3.PutObjectInput) { in.ContentMD5 = aws.String("1B2M2Y8AsgTpgAmY7PhCfg==") })
	checkError(t, err, http.StatusBadRequest, "BadDigest")
	_, _, err = s.get("wrong")
	checkError(t, err, http.StatusNotFound, "NoSuchKey")
}

func (c contract) missing() {
	t := c.t
	s := c.store(true)
	_, _, err := s.get("missing")
	checkError(t, err, http.StatusNotFound, "NoSuchKey")
	_, err = s.client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &s.bucket, Key: aws.String("missing")})
	checkError(t, err, http.StatusNotFound, "NotFound")

	id := s.put("key", "gone").VersionId
	s.put("key", "here")
	s.delete("key", *id)
	s.delete("key", *id) // a second time is no error
	_, _, err = s.get("key", ofVersion(*id))
	checkError(t, err, http.StatusNotFound, "NoSuchVersion")
	_, _, err = s.get("key", ofVersion("no version id"))
	checkError(t, err, http.StatusBadRequest, "InvalidArgument")

	bucket := s.bucket + "-missing"
	s.bucket = bucket
	_, _, err = s.get("key")
	checkError(t, err, http.StatusNotFound, "NoSuchBucket")
	_, err = s.tryPut("key", "x")
	checkError(t, err, http.StatusNotFound, "NoSuchBucket")
	_, err = s.client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket})
	checkError(t, err, http.StatusNotFound, "NoSuchBucket")
	_, err = s.client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &bucket})
	checkError(t, err, http.StatusNotFound, "NoSuchBucket")
	_, err = s.client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &bucket})
	checkError(t, err, http.StatusNotFound, "NotFound")
}

// unversioned is what a bucket without versioning says of versions.
func (c contract) unversioned() {
	t := c.t
	s := c.store(false)
	put := s.put("key", "first")
	assert.Check(t, put.VersionId == nil, "version id %v", aws.ToString(put.VersionId))
	s.put("key", "second")
	s.put("other", "x")
	body, _, err := s.get("key", ofVersion("null"))
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(body, "second"))

	want := []entry{
		{Kind: kindVersion, Key: "key", VersionID: "null", IsLatest: true},
		{Kind: kindVersion, Key: "other", VersionID: "null", IsLatest: true},
	}
	for _, size := range []int{1, 7} {
		assert.Check(t, cmp.DeepEqual(c.allVersions(s, size, "", marker{}), want))
	}
	s.delete("key", "")
	s.delete("key", "")
	assert.Check(t, cmp.DeepEqual(c.allVersions(s, 7, "", marker{}), want[1:]))
}

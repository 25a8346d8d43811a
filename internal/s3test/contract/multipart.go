// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// initiate begins a multipart upload and returns its id.
func (s store) initiate(key string) string {
	s.t.Helper()
	out, err := s.client.CreateMultipartUpload(s.ctx(), &s3.CreateMultipartUploadInput{
		Bucket: &s.bucket, Key: &key, ContentType: aws.String("text/plain"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
		Metadata: map[string]string{"from": "parts"},
	})
	assert.NilError(s.t, err)
	return *out.UploadId
}

// part uploads a part and returns what Complete has to say about it.
func (s store) part(key, upload string, number int, content []byte) types.CompletedPart {
	s.t.Helper()
	out, err := s.client.UploadPart(s.ctx(), &s3.UploadPartInput{
		Bucket: &s.bucket, Key: &key, UploadId: &upload, PartNumber: count32(number), Body: bytes.NewReader(content),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	assert.NilError(s.t, err)
	return types.CompletedPart{PartNumber: count32(number), ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32}
}

func (s store) complete(key, upload string, parts ...types.CompletedPart) (*s3.CompleteMultipartUploadOutput, error) {
	return s.client.CompleteMultipartUpload(s.ctx(), &s3.CompleteMultipartUploadInput{
		Bucket: &s.bucket, Key: &key, UploadId: &upload, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
}

func (s store) uploads(in s3.ListMultipartUploadsInput) *s3.ListMultipartUploadsOutput {
	s.t.Helper()
	in.Bucket = &s.bucket
	out, err := s.client.ListMultipartUploads(s.ctx(), &in)
	assert.NilError(s.t, err)
	return out
}

func (c contract) multipart() {
	t := c.t
	s := c.store(true)
	first, second := bytes.Repeat([]byte("0123456789abcdef"), minPartSize/16), []byte("the end")
	upload := s.initiate("big")
	parts := []types.CompletedPart{s.part("big", upload, 3, first), s.part("big", upload, 7, second)}

	_, _, err := s.get("big")
	checkError(t, err, http.StatusNotFound, "NoSuchKey")
	assert.Check(t, cmp.DeepEqual(c.allVersions(s, 7, "", marker{}), []entry{}))
	pending := s.uploads(s3.ListMultipartUploadsInput{Prefix: aws.String("big")})
	assert.Assert(t, cmp.Len(pending.Uploads, 1))
	assert.Check(t, cmp.Equal(*pending.Uploads[0].UploadId, upload))

	done, err := s.complete("big", upload, parts...)
	assert.NilError(t, err)
	a, b := md5.Sum(first), md5.Sum(second)
	whole := md5.Sum(slices.Concat(a[:], b[:]))
	assert.Check(t, cmp.Equal(aws.ToString(done.ETag), `"`+hex.EncodeToString(whole[:])+`-2"`))
	assert.Check(t, strings.HasSuffix(aws.ToString(done.ChecksumCRC32), "-2"), "%v", aws.ToString(done.ChecksumCRC32))

	body, out, err := s.get("big", ofVersion(aws.ToString(done.VersionId)))
	assert.NilError(t, err)
	assert.Check(t, body == string(first)+string(second))
	assert.Check(t, cmp.Equal(aws.ToString(out.ETag), *done.ETag))
	assert.Check(t, cmp.Equal(aws.ToString(out.ContentType), "text/plain"))
	assert.Check(t, cmp.DeepEqual(out.Metadata, map[string]string{"from": "parts"}))
	if !c.quirks.MultipartCompletion {
		assert.Check(t, out.LastModified.Equal(pending.Uploads[0].Initiated.Truncate(time.Second)),
			"LastModified %v, initiated %v", out.LastModified, pending.Uploads[0].Initiated)
	}
	assert.Check(t, cmp.Len(s.uploads(s3.ListMultipartUploadsInput{Prefix: aws.String("big")}).Uploads, 0))
}

func (c contract) multipartRefused() {
	t := c.t
	s := c.store(true)
	upload := s.initiate("key")
	small, last := s.part("key", upload, 1, []byte("small")), s.part("key", upload, 2, []byte("last"))

	_, err := s.complete("key", upload, last, small)
	checkError(t, err, http.StatusBadRequest, "InvalidPartOrder")
	_, err = s.complete("key", upload, small, last)
	checkError(t, err, http.StatusBadRequest, "EntityTooSmall")
	wrong := last
	wrong.ETag = small.ETag
	_, err = s.complete("key", upload, wrong)
	checkError(t, err, http.StatusBadRequest, "InvalidPart")

	s.put("key", "in the way")
	_, err = s.client.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: &s.bucket, Key: aws.String("key"), UploadId: &upload, IfNoneMatch: aws.String("*"),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{last}},
	})
	checkError(t, err, http.StatusPreconditionFailed, "PreconditionFailed")

	_, err = s.client.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{
		Bucket: &s.bucket, Key: aws.String("key"), UploadId: &upload,
	})
	assert.NilError(t, err)
	_, err = s.complete("key", upload, last)
	checkError(t, err, http.StatusNotFound, "NoSuchUpload")
	assert.Check(t, cmp.Len(c.allVersions(s, 7, "", marker{}), 1))
}

// multipartOverlap: of two uploads that overlap, the one initiated later is
// the newer version, whichever completes first.
func (c contract) multipartOverlap() {
	t := c.t
	s := c.store(true)
	early, late := s.initiate("key"), s.initiate("key")
	earlyPart, latePart := s.part("key", early, 1, []byte("early")), s.part("key", late, 1, []byte("late"))
	lateDone, err := s.complete("key", late, latePart)
	assert.NilError(t, err)
	earlyDone, err := s.complete("key", early, earlyPart)
	assert.NilError(t, err)

	newest, older := lateDone, earlyDone
	if c.quirks.MultipartCompletion {
		newest, older = earlyDone, lateDone
	}
	assert.Check(t, cmp.DeepEqual(c.allVersions(s, 1, "", marker{}), []entry{
		{Kind: kindVersion, Key: "key", VersionID: aws.ToString(newest.VersionId), IsLatest: true},
		{Kind: kindVersion, Key: "key", VersionID: aws.ToString(older.VersionId)},
	}))
	_, out, err := s.get("key")
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(aws.ToString(out.VersionId), aws.ToString(newest.VersionId)))
}

func (c contract) listUploads() {
	t := c.t
	s := c.store(true)
	type pending struct{ key, id string }
	var want []pending
	for _, key := range []string{"a", "b/1", "b/1", "b/2", "c"} {
		want = append(want, pending{key, s.initiate(key)})
	}
	if c.quirks.ExactUploadListing {
		got := s.uploads(s3.ListMultipartUploadsInput{Prefix: aws.String("b/2")})
		assert.Assert(t, cmp.Len(got.Uploads, 1))
		assert.Check(t, cmp.Equal(*got.Uploads[0].UploadId, want[3].id))
		return
	}
	all := func(size int, prefix string) []pending {
		var got []pending
		in := s3.ListMultipartUploadsInput{MaxUploads: count32(size), Prefix: &prefix}
		for {
			out := s.uploads(in)
			for _, u := range out.Uploads {
				c.checkWhole(t, u.Initiated)
				got = append(got, pending{*u.Key, *u.UploadId})
			}
			if !aws.ToBool(out.IsTruncated) {
				return got
			}
			in.KeyMarker, in.UploadIdMarker = out.NextKeyMarker, out.NextUploadIdMarker
		}
	}
	for _, size := range []int{1, 2, 1000} {
		assert.Check(t, slices.Equal(all(size, ""), want), "MaxUploads=%d", size)
		assert.Check(t, slices.Equal(all(size, "b/"), want[1:4]), "MaxUploads=%d", size)
	}
	behind := s.uploads(s3.ListMultipartUploadsInput{KeyMarker: aws.String("b/1")})
	assert.Check(t, cmp.Len(behind.Uploads, 2)) // the key marker alone is behind all uploads of the key
	groups := s.uploads(s3.ListMultipartUploadsInput{Delimiter: aws.String("/")})
	assert.Check(t, cmp.Len(groups.CommonPrefixes, 1))
	assert.Check(t, cmp.Len(groups.Uploads, 2))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// history writes to a key while a multipart upload is under way and returns
// the bodies, newest first, and the time of the upload's object.
func multipartHistory(server *s3test.Server, now *clock) (string, time.Time) {
	server.Put(bucket, "key", []byte("before"))
	now.Add(time.Hour)
	upload := server.InitiateUpload(bucket, "key")
	now.Add(time.Hour)
	server.Put(bucket, "key", []byte("during"))
	server.Delete(bucket, "key")
	now.Add(time.Hour)
	server.CompleteUpload(bucket, upload, []byte("upload"))
	var bodies []string
	var modified time.Time
	for _, v := range server.Versions(bucket) {
		if string(v.Body) == "upload" {
			modified = v.LastModified
		}
		bodies = append(bodies, string(v.Body))
	}
	return strings.Join(bodies, " "), modified
}

func TestMultipart_TimeAndPlace(t *testing.T) {
	for rule, want := range map[s3test.MultipartRule]struct {
		order string
		after time.Duration
	}{
		s3test.MultipartAWS:        {" during upload before", time.Hour},
		s3test.MultipartLateOrder:  {"upload  during before", time.Hour},
		s3test.MultipartCompletion: {"upload  during before", 3 * time.Hour},
	} {
		now := newClock()
		start := now.Now()
		server := serve(s3test.Config{Clock: now.Now, Multipart: rule}, s3test.Enabled)
		order, modified := multipartHistory(server, now)
		assert.Check(t, cmp.Equal(order, want.order), "%d", rule)
		assert.Check(t, cmp.Equal(modified.Sub(start), want.after), "%d", rule)
	}
}

// Without versioning what was written while the upload was under way takes
// precedence; what was deleted does not.
func TestMultipart_Unversioned(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	upload := server.InitiateUpload(bucket, "key")
	server.Put(bucket, "key", []byte("during"))
	server.CompleteUpload(bucket, upload, []byte("upload"))
	object, _ := server.Get(bucket, "key")
	assert.Check(t, cmp.Equal(string(object.Body), "during"))

	upload = server.InitiateUpload(bucket, "key")
	server.Delete(bucket, "key")
	server.CompleteUpload(bucket, upload, []byte("upload"))
	object, _ = server.Get(bucket, "key")
	assert.Check(t, cmp.Equal(string(object.Body), "upload"))
	assert.Check(t, strings.HasSuffix(object.ETag, `-1"`))
}

func TestMultipart_BuilderUploads(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Enabled)
	first, second := server.InitiateUpload(bucket, "b"), server.InitiateUpload(bucket, "a")
	assert.Check(t, cmp.DeepEqual(server.Uploads(bucket), []string{first, second}))
	server.AbortUpload(bucket, first)
	assert.Check(t, cmp.Equal(server.CompleteUpload(bucket, first, nil), ""))
	assert.Check(t, cmp.DeepEqual(server.Uploads(bucket), []string{second}))
}

// create begins an upload of the object "key" and uploads one part.
func create(t *testing.T, client *s3.Client, in s3.CreateMultipartUploadInput) (string, types.CompletedPart) {
	t.Helper()
	in.Bucket, in.Key = aws.String(bucket), aws.String("key")
	upload, err := client.CreateMultipartUpload(t.Context(), &in)
	assert.NilError(t, err)
	part, err := client.UploadPart(t.Context(), &s3.UploadPartInput{
		Bucket: in.Bucket, Key: in.Key, UploadId: upload.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("content"),
		ChecksumAlgorithm: in.ChecksumAlgorithm,
	})
	assert.NilError(t, err)
	return *upload.UploadId, types.CompletedPart{
		PartNumber: aws.Int32(1), ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32, ChecksumCRC64NVME: part.ChecksumCRC64NVME,
	}
}

func TestMultipart_Checksums(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Enabled)
	client := server.Client()
	complete := func(upload string, part types.CompletedPart, options ...func(*s3.CompleteMultipartUploadInput)) (
		*s3.CompleteMultipartUploadOutput, error,
	) {
		in := &s3.CompleteMultipartUploadInput{
			Bucket: aws.String(bucket), Key: aws.String("key"), UploadId: &upload,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{part}},
		}
		for _, option := range options {
			option(in)
		}
		return client.CompleteMultipartUpload(t.Context(), in)
	}

	upload, part := create(t, client, s3.CreateMultipartUploadInput{ChecksumAlgorithm: types.ChecksumAlgorithmCrc32})
	bare := part
	bare.ChecksumCRC32 = nil
	_, err := complete(upload, bare)
	assert.ErrorContains(t, err, "must include the checksum for each part")
	wrong := part
	wrong.ChecksumCRC32 = aws.String("AAAAAA==")
	_, err = complete(upload, wrong)
	assert.Check(t, cmp.Equal(code(err), "InvalidPart"))
	_, err = complete(upload, part, func(in *s3.CompleteMultipartUploadInput) { in.MpuObjectSize = aws.Int64(6) })
	assert.Check(t, cmp.Equal(code(err), "InvalidRequest"))
	out, err := complete(upload, part)
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(out.ChecksumType, types.ChecksumTypeComposite))

	upload, part = create(t, client, s3.CreateMultipartUploadInput{ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme})
	_, err = complete(upload, part, func(in *s3.CompleteMultipartUploadInput) { in.ChecksumCRC64NVME = aws.String("AAAAAAAAAAA=") })
	assert.Check(t, cmp.Equal(code(err), "BadDigest"))
	out, err = complete(upload, part)
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(out.ChecksumType, types.ChecksumTypeFullObject))
	assert.Check(t, cmp.Equal(aws.ToString(out.ChecksumCRC64NVME), aws.ToString(part.ChecksumCRC64NVME)))

	// the SDK gives parts a CRC32 although the upload was begun without one
	upload, part = create(t, client, s3.CreateMultipartUploadInput{})
	_, err = complete(upload, part)
	assert.NilError(t, err)

	_, err = client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String("key"),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme, ChecksumType: types.ChecksumTypeComposite,
	})
	assert.Check(t, cmp.Equal(code(err), "InvalidRequest"))
}

func TestMultipart_BadParts(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Enabled)
	client := server.Client()
	upload, part := create(t, client, s3.CreateMultipartUploadInput{ChecksumAlgorithm: types.ChecksumAlgorithmCrc32})
	for number, want := range map[int32]string{0: "InvalidArgument", 10001: "InvalidArgument"} {
		_, err := client.UploadPart(t.Context(), &s3.UploadPartInput{
			Bucket: aws.String(bucket), Key: aws.String("key"), UploadId: &upload, PartNumber: &number,
		})
		assert.Check(t, cmp.Equal(code(err), want))
	}
	_, err := client.UploadPart(t.Context(), &s3.UploadPartInput{
		Bucket: aws.String(bucket), Key: aws.String("key"), UploadId: &upload, PartNumber: aws.Int32(1),
		ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	assert.ErrorContains(t, err, "Checksum Type mismatch")
	_, err = client.UploadPart(t.Context(), &s3.UploadPartInput{
		Bucket: aws.String(bucket), Key: aws.String("other"), UploadId: &upload, PartNumber: aws.Int32(1),
	})
	assert.Check(t, cmp.Equal(code(err), "NoSuchUpload"))
	for _, body := range []string{"", "<CompleteMultipartUpload/>", "junk"} {
		answer, text := plainRequest(t, server, http.MethodPost, "http://s3/bucket/key?uploadId="+upload, []byte(body), nil)
		assert.Check(t, cmp.Equal(answer.StatusCode, http.StatusBadRequest))
		assert.Check(t, strings.Contains(text, "<Code>MalformedXML</Code>"), text)
	}
	_, err = client.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String("key"), UploadId: &upload,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{part, part}},
	})
	assert.Check(t, cmp.Equal(code(err), "InvalidPartOrder"))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"gotest.tools/v3/assert"
)

// upload is a multipart upload in progress.
type upload struct {
	key, id string
	number  string // in the object's metadata
	kills   int    // that came before it was initiated
}

// initiate begins a multipart upload, which is no change before it completes.
func (h *history) initiate(t *testing.T, key string) upload {
	t.Helper()
	number := fmt.Sprint("upload ", len(h.changes))
	res, err := h.client.CreateMultipartUpload(t.Context(), &awss3.CreateMultipartUploadInput{
		Bucket: &h.bucket, Key: &key, ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
		ContentType: aws.String(contentType), Metadata: map[string]string{"number": number},
	})
	assert.NilError(t, err)
	return upload{key: key, id: *res.UploadId, number: number}
}

// complete makes an upload's object the latest version of its key, as it is on
// stores that order versions by their completion.
func (h *history) complete(t *testing.T, u upload, body []byte) {
	t.Helper()
	part, err := h.client.UploadPart(t.Context(), &awss3.UploadPartInput{
		Bucket: &h.bucket, Key: &u.key, UploadId: &u.id, PartNumber: aws.Int32(1), Body: bytes.NewReader(body),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	assert.NilError(t, err)
	res, err := h.client.CompleteMultipartUpload(t.Context(), &awss3.CompleteMultipartUploadInput{
		Bucket: &h.bucket, Key: &u.key, UploadId: &u.id,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{
			{PartNumber: aws.Int32(1), ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32},
		}},
	})
	assert.NilError(t, err)
	h.wrote(u.key, body, u.number, *res.VersionId, *res.ETag)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// TestStorage_Options writes small objects and ones in parts into a bucket with
// Object Lock, encrypted, tagged and in another storage class.
func TestStorage_Options(t *testing.T) {
	t.Parallel()
	name := newBucket(t, "plain", false) + "-locked"
	client := store.Client()
	_, err := client.CreateBucket(t.Context(), &awss3.CreateBucketInput{Bucket: &name, ObjectLockEnabledForBucket: aws.Bool(true)})
	assert.NilError(t, err)
	_, err = client.PutObjectLockConfiguration(t.Context(), &awss3.PutObjectLockConfigurationInput{
		Bucket: &name, ObjectLockConfiguration: &types.ObjectLockConfiguration{
			ObjectLockEnabled: types.ObjectLockEnabledEnabled,
			Rule: &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{
				Days: aws.Int32(1), Mode: types.ObjectLockRetentionModeGovernance,
			}},
		},
	})
	assert.NilError(t, err)

	file := filepath.Join(t.TempDir(), "payload")
	assert.NilError(t, os.WriteFile(file, bytes.Repeat([]byte("x"), 8<<10), 0o600))
	options := []string{
		"format", "json", "upload.partSize", "5242880", "storageClass", "REDUCED_REDUNDANCY", "tags", "team=data&b=2",
		"contentDisposition", "attachment", "serverSideEncryption",
	}
	large := generator("format.type", "file", "format.options.path", file)
	small := generator("format.type", "structured", "format.options.id", "int")
	e := startEngine(t,
		newPipeline("small", small, s3("builtin", name, append(options, "AES256", "prefix", "small/")...)),
		newPipeline("large", large, s3("builtin", name, append(options, "aws:kms", "kmsKeyId", "my-key", "prefix", "large/")...)))
	for prefix, encryption := range map[string]types.ServerSideEncryption{
		"small/": types.ServerSideEncryptionAes256, "large/": types.ServerSideEncryptionAwsKms,
	} {
		assert.Check(t, cmp.Len(waitForRecords(t, e, name, prefix, generated), generated))
		for _, o := range readBucket(t, name, prefix) {
			head, err := client.HeadObject(t.Context(), &awss3.HeadObjectInput{Bucket: &name, Key: &o.key})
			assert.NilError(t, err)
			assert.Check(t, cmp.Equal(head.ServerSideEncryption, encryption))
			assert.Check(t, cmp.Equal(head.StorageClass, types.StorageClassReducedRedundancy))
			assert.Check(t, cmp.Equal(*head.ContentDisposition, "attachment"))
			assert.Check(t, cmp.Equal(head.ObjectLockMode, types.ObjectLockModeGovernance))
			tags, err := client.GetObjectTagging(t.Context(), &awss3.GetObjectTaggingInput{Bucket: &name, Key: &o.key})
			assert.NilError(t, err)
			assert.Check(t, cmp.Len(tags.TagSet, 2))
		}
	}
}

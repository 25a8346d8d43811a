// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

func TestArchive(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now}, s3test.Enabled)
	server.Put(bucket, "archived", []byte("x"), s3test.StorageClass("GLACIER"))
	server.Put(bucket, "instant", []byte("x"), s3test.StorageClass("GLACIER_IR"))
	server.Put(bucket, "restored", []byte("x"), s3test.StorageClass("DEEP_ARCHIVE"), s3test.Restored(now.Now().Add(time.Hour)))
	server.Put(bucket, "restoring", []byte("x"), s3test.StorageClass("GLACIER"), s3test.Restored(time.Time{}))
	client := server.Client()
	check := func(wants map[string]string) {
		for key, want := range wants {
			_, err := get(t, client, key, "")
			assert.Check(t, cmp.Equal(code(err), want), key)
			_, err = client.CopyObject(t.Context(), &s3.CopyObjectInput{
				Bucket: aws.String(bucket), Key: aws.String("copy"), CopySource: aws.String(bucket + "/" + key),
			})
			assert.Check(t, cmp.Equal(err != nil, want != ""), "copy %s: %v", key, err)
		}
	}
	check(map[string]string{"archived": "InvalidObjectState", "instant": "", "restored": "", "restoring": "InvalidObjectState"})
	_, err := get(t, client, "archived", "")
	assert.Check(t, cmp.Equal(status(err), http.StatusForbidden))

	for key, want := range map[string]string{
		"archived": "", "restoring": `ongoing-request="true"`,
		"restored": `ongoing-request="false", expiry-date="Mon, 04 May 2026 04:02:01 GMT"`,
	} {
		head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(bucket), Key: &key})
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(aws.ToString(head.Restore), want), key)
	}
	now.Add(time.Hour)
	check(map[string]string{"restored": "InvalidObjectState"})
}

// Listings tell of restorations if they are asked to.
func TestArchive_Listings(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now}, s3test.Enabled)
	until := now.Now().Add(time.Hour).Truncate(time.Second)
	server.Put(bucket, "a", []byte("x"), s3test.StorageClass("GLACIER"), s3test.Restored(until))
	server.Put(bucket, "b", []byte("x"), s3test.StorageClass("GLACIER"), s3test.Restored(time.Time{}))
	server.Put(bucket, "c", []byte("x"), s3test.StorageClass("GLACIER"))
	server.Put(bucket, "d", []byte("x"))
	asked := []types.OptionalObjectAttributes{types.OptionalObjectAttributesRestoreStatus}
	want := []*types.RestoreStatus{
		{IsRestoreInProgress: aws.Bool(false), RestoreExpiryDate: &until}, {IsRestoreInProgress: aws.Bool(true)}, nil, nil,
	}
	versions := list(t, server, s3.ListObjectVersionsInput{OptionalObjectAttributes: asked}).Versions
	objects, err := server.Client().ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{
		Bucket: aws.String(bucket), OptionalObjectAttributes: asked,
	})
	assert.NilError(t, err)
	for i, status := range want {
		class := map[bool]string{true: "GLACIER", false: "STANDARD"}[i < 3]
		assert.Check(t, cmp.Equal(string(versions[i].StorageClass), class))
		assert.Check(t, cmp.Equal(string(objects.Contents[i].StorageClass), class))
		for _, got := range []*types.RestoreStatus{versions[i].RestoreStatus, objects.Contents[i].RestoreStatus} {
			assert.Assert(t, cmp.Equal(got == nil, status == nil))
			if status != nil {
				assert.Check(t, cmp.Equal(*got.IsRestoreInProgress, *status.IsRestoreInProgress))
				assert.Check(t, cmp.DeepEqual(got.RestoreExpiryDate, status.RestoreExpiryDate))
			}
		}
	}
	for _, v := range list(t, server, s3.ListObjectVersionsInput{}).Versions {
		assert.Check(t, v.RestoreStatus == nil)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// A refused write names the permission or the parameter that it is about,
// whichever of its requests is refused.
func TestErrors_OfAWriteNameWhatTheyAreAbout(t *testing.T) {
	for _, test := range []struct {
		status        int
		code, message string
		want          error
		says          string
	}{
		{403, "AccessDenied", "User: u is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-central-1:1:key/2", bucket.ErrForbidden, "must allow kms:GenerateDataKey"},
		{403, "AccessDenied", "User: u is not authorized to perform: kms:Decrypt on this resource", bucket.ErrForbidden, "must allow kms:Decrypt"},
		{403, "AccessDenied", "the key arn:aws:kms:eu-central-1:1:key/2 can't be used", bucket.ErrForbidden, "must allow kms:GenerateDataKey and kms:Decrypt"},
		{400, "KMS.DisabledException", "arn:aws:kms:1:key/2 is disabled.", bucket.ErrInvalid, "(kmsKeyId or the bucket's default) can't be used: it must exist in aws.region, be enabled"},
		{400, "KMS.NotFoundException", "Invalid keyId", bucket.ErrInvalid, "kmsKeyId"},
		{400, "KMS.KMSInvalidStateException", "arn is pending deletion.", bucket.ErrInvalid, "scheduled for deletion"},
		{501, "KMSNotConfigured", "Server side encryption specified but KMS is not configured", bucket.ErrUnsupported, "set serverSideEncryption"},
		{400, "InvalidArgument", "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms", bucket.ErrInvalid, "check serverSideEncryption"},
		{400, "InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters", bucket.ErrInvalid, "only with a Content-MD5"},
		{403, "AccessDenied", "Access Denied because object protected by object lock.", bucket.ErrForbidden, "Object Lock protects the object"},
		{400, "InvalidRequest", "Object is WORM protected and cannot be overwritten", bucket.ErrInvalid, "Object Lock protects the object"},
		{403, "QuotaExceeded", "", bucket.ErrForbidden, "the quota of aws.bucket or of its account"},
		{400, "XMinioAdminBucketQuotaExceeded", "Bucket quota exceeded", bucket.ErrForbidden, "raise the quota"},
		{507, "XMinioStorageFull", "Storage backend has reached its minimum free drive threshold. Please delete a few objects to proceed.", bucket.ErrForbidden, "the store is full"},
		{403, "AccessDenied", "Cannot upload files, storage cap exceeded.", bucket.ErrForbidden, "raise the quota"},
		{400, "AccessControlListNotSupported", "The bucket does not allow ACLs", bucket.ErrInvalid, "leave acl empty"},
		{403, "AccessDenied", "not authorized to perform: s3:PutObject because public ACLs are prevented by the BlockPublicAcls setting", bucket.ErrForbidden, "leave acl empty"},
		{403, "AccessDenied", "not authorized to perform: s3:PutObjectTagging on resource", bucket.ErrForbidden, "the IAM policy must allow s3:PutObjectTagging"},
		{403, "AccessDenied", "not authorized to perform: s3:PutObject with an explicit deny in a resource-based policy", bucket.ErrForbidden, "may ask for serverSideEncryption, kmsKeyId"},
		{403, "AccessDenied", "Bucket is requester pays bucket but no x-amz-request-payer header provided", bucket.ErrForbidden, "or the bucket is requester-pays"},
		{400, "InvalidRequest", "requests must specify x-amz-server-side-encryption-customer-algorithm", bucket.ErrInvalid, "SSE-C"},
		{400, "InvalidStorageClass", "The storage class you specified is not valid", bucket.ErrInvalid, "check storageClass"},
		{400, "InvalidTag", "The TagKey you have provided is invalid", bucket.ErrInvalid, "check tags"},
		{400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", bucket.ErrInvalid, "s3.metadata.*"},
		{400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", bucket.ErrInvalid, "lower upload.partSize"},
		{413, "", "", bucket.ErrInvalid, "lower upload.partSize"},
	} {
		for _, op := range []string{"PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"} {
			server, b := open(t, s3test.Enabled, s3test.Config{})
			server.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == op {
					return s3test.Fault{Status: test.status, Code: test.code, Message: test.message}
				}
				return s3test.Fault{}
			})
			size := 2*partSize + 1
			if op == "PutObject" {
				size = 1
			}
			err := b.Store(t.Context(), uploadOf(make([]byte, size)))
			assert.Check(t, is.ErrorIs(err, test.want), test.code)
			assert.Check(t, is.ErrorContains(err, op+` "orders" key "a": `))
			assert.Check(t, is.ErrorContains(err, test.says))
		}
	}
}

func TestErrors_OfADeleteNameTheLock(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.SetFaults(func(s3test.Request) s3test.Fault {
		return s3test.Fault{Status: 403, Code: "AccessDenied", Message: "Access Denied because object protected by object lock."}
	})
	err := b.Remove(t.Context(), "a")
	assert.Check(t, is.ErrorIs(err, bucket.ErrForbidden))
	assert.Check(t, is.ErrorContains(err, `DeleteObject "orders" key "a": forbidden: AccessDenied`))
	assert.Check(t, is.ErrorContains(err, "Object Lock protects the object"))
}

// Whatever the status, a store that asks for fewer requests is asked again later.
func TestErrors_OfThrottlingPass(t *testing.T) {
	for _, code := range []string{
		"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "KMS.ThrottlingException",
		"TooManyRequests", "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
		"RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "KMS.LimitExceededException", "SlowDown", "SlowDownWrite",
		"PriorRequestNotComplete", "EC2ThrottledException", "RequestTimeout", "RequestTimeoutException",
		"QpsLimitExceeded", "rateLimitExceeded", "BucketThrottleQuotaExceeded", "ServerBusy",
	} {
		for _, status := range []int{400, 403, 409, 429, 503} {
			synctest.Test(t, func(t *testing.T) {
				server, b := open(t, s3test.Enabled, s3test.Config{})
				server.SetFaults(func(r s3test.Request) s3test.Fault {
					if r.N <= 2 {
						return s3test.Fault{Status: status, Code: code}
					}
					return s3test.Fault{}
				})
				err := b.Put(t.Context(), "a", nil, bucket.PutOptions{})
				assert.Check(t, is.ErrorIs(err, bucket.ErrUnavailable), "%d %s", status, code)
				assert.Check(t, !errors.Is(err, bucket.ErrForbidden) && !errors.Is(err, bucket.ErrInvalid))
				assert.NilError(t, b.Store(t.Context(), uploadOf(nil)))
				assert.Check(t, is.Equal(server.Count("PutObject"), 3))
			})
		}
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"fmt"
	"net/http"
	"strings"
)

// isWrite tells whether a request stores or deletes an object.
func (r request) isWrite() bool {
	switch r.operation {
	case opPut, opCreate, opUploadPart, opComplete, opDelete:
		return true
	default:
		return false
	}
}

// writeHint says which permission, parameter or setting of the bucket a refused
// write is about. It is empty if the answer does not tell.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func (r refusal) writeHint() string {
	code, message := strings.ToLower(r.code), strings.ToLower(r.message)
	says := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(message, part) || strings.Contains(code, strings.ReplaceAll(part, " ", "")) {
				return true
			}
		}
		return false
	}
	switch {
	case r.isFull():
		return "; the quota of aws.bucket or of its account is used up, or the store is full: raise the quota, or delete objects"
	case r.isKMS():
		return r.kmsWriteHint()
	case says("customer provided", "customer-provided", "encryption-customer", "sse-c"):
		return "; it must be encrypted with a key of the customer (SSE-C), which the connector does not support: serverSideEncryption can't ask for it"
	case says("content-md5", "content md5"):
		return "; the store accepts a write to a bucket with Object Lock only with a Content-MD5, and the connector sends a CRC32: use a bucket without Object Lock"
	case says("object lock", "worm protected", "legal hold", "retention"):
		return "; Object Lock protects the object: it can't be replaced or deleted before its retention and legal hold end"
	case says("access control list", " acl", "x-amz-acl", "blockpublicacls"):
		return "; the bucket does not allow this ACL: leave acl empty, or allow it in the settings of the bucket (Object Ownership, Block Public Access)"
	case says("storage class", "storage-class"):
		return "; check storageClass: not every store and bucket has every class"
	case says("invalid tag", "x-amz-tagging"):
		return "; check tags"
	case says("metadata too large"):
		return "; S3 keeps at most 2 KB of user metadata (s3.metadata.*) with an object"
	case says("server-side-encryption", "server side encryption", "serverside encryption"):
		return "; check serverSideEncryption, kmsKeyId and bucketKeyEnabled"
	case says("entity too large") || r.status == http.StatusRequestEntityTooLarge:
		return "; the store or a proxy accepts only smaller requests: lower upload.partSize"
	case says("entity too small"):
		return "; the store accepts only larger parts: raise upload.partSize"
	default:
		return ""
	}
}

func (r refusal) kmsWriteHint() string {
	switch action := kmsAction.FindString(r.message); {
	case r.status == http.StatusNotImplemented:
		return `; the store has no KMS: set serverSideEncryption to "none" or "AES256"`
	case r.code == "AccessDenied" && action == "":
		return "; the policy of the KMS key (kmsKeyId or the bucket's default), and the IAM policy, must allow kms:GenerateDataKey and kms:Decrypt"
	case r.code == "AccessDenied":
		return fmt.Sprintf("; the policy of the KMS key (kmsKeyId or the bucket's default), and the IAM policy, must allow %s", action)
	default:
		return "; the KMS key (kmsKeyId or the bucket's default) can't be used: it must exist in aws.region, be enabled, and not be scheduled for deletion"
	}
}

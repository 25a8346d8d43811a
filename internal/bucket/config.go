// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

// Config holds the parameters that the source and the destination share.
type Config struct {
	// The access key id that requests to S3 are signed with.
	AccessKeyID string `json:"aws.accessKeyId" validate:"required"`
	// The secret access key that belongs to `aws.accessKeyId`.
	SecretAccessKey string `json:"aws.secretAccessKey" validate:"required"`
	// The region that the bucket is in. For an S3-compatible store, the region
	// that it is configured with, often "us-east-1".
	Region string `json:"aws.region" validate:"required"`
	// The name of the bucket.
	Bucket string `json:"aws.bucket" validate:"required"`
	// The URL of an S3-compatible store, for example "http://localhost:9000".
	// With it, the bucket is addressed by path. If it is empty, the environment
	// variable AWS_ENDPOINT_URL is used, and without that, AWS itself.
	Endpoint string `json:"aws.endpoint" validate:"regex=^https?://[^/?#]+(/[^?#]*)?$"`
}

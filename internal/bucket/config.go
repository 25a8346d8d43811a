// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
)

// Config holds the parameters that the source and the destination share.
type Config struct {
	// The access key id that requests to S3 are signed with.
	AccessKeyID string `json:"aws.accessKeyId" validate:"required" example:"AKIAIOSFODNN7EXAMPLE"`
	// The secret access key that belongs to `aws.accessKeyId`.
	SecretAccessKey string `json:"aws.secretAccessKey" validate:"required" example:"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"`
	// The region that the bucket is in. For an S3-compatible store, the region
	// that it is configured with, often "us-east-1".
	Region string `json:"aws.region" validate:"required,regex=^[A-Za-z0-9-]*$" example:"eu-central-1"`
	// The name of the bucket.
	Bucket string `json:"aws.bucket" validate:"required,regex=^(arn:.+|[A-Za-z0-9._-]*)$" example:"orders"`
	// The URL of an S3-compatible store. With it, the bucket is addressed by
	// path. If it is empty, the environment variable AWS_ENDPOINT_URL_S3 or
	// AWS_ENDPOINT_URL is used, and without those, AWS itself.
	Endpoint string `json:"aws.endpoint" validate:"regex=^(https?://.+|.*@.*)$" example:"http://localhost:9000"`
}

// Validate checks what the tags can't express and names each parameter that is
// wrong. It sends nothing.
func (c Config) Validate() error {
	return errors.Join(c.validateBucket(), c.validateEndpoint())
}

// bucketARN is the ARN of a bucket. That of an access point, which S3 takes in
// place of a name, has a region.
var bucketARN = regexp.MustCompile(`^arn:[^:]*:s3:::(.*)$`)

// minName is the least length of a bucket's name.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const minName = 3

// The tags of required parameters match an empty string as well, so that one that
// is missing is reported once, by "required".
func (c Config) validateBucket() error {
	if arn := bucketARN.FindStringSubmatch(c.Bucket); arn != nil {
		name, _, _ := strings.Cut(arn[1], "/")
		return fmt.Errorf("aws.bucket: give the bucket's name, %s, not its ARN", quoted(name))
	}
	if len(c.Bucket) < minName {
		return fmt.Errorf("aws.bucket: %s is too short: a bucket's name has at least %d characters", quoted(c.Bucket), minName)
	}
	return nil
}

func (c Config) validateEndpoint() error {
	name, value := c.endpoint()
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	switch {
	// What holds an @ is let through by the tag, whose error would print it.
	case err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%s: not a URL like https://host:port", name)
	case u.User != nil:
		return fmt.Errorf("%s: a URL must not hold credentials; they belong in aws.accessKeyId and aws.secretAccessKey", name)
	}
	return nil
}

// endpoint returns the URL of the store, empty for AWS itself, and the name of
// what it was read from. The environment's variables are those that the AWS
// SDKs define, the more specific one first.
func (c Config) endpoint() (name, value string) {
	if c.Endpoint != "" {
		return "aws.endpoint", c.Endpoint
	}
	for _, name := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"} {
		if value := os.Getenv(name); value != "" {
			return "environment variable " + name, value
		}
	}
	return "", ""
}

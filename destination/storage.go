// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"golang.org/x/net/http/httpguts"
)

// UploadConfig holds the parameters that limit how much is sent at a time.
type UploadConfig struct {
	// The number of objects, or parts of large objects, that are sent at the
	// same time. Higher values make better use of a fast network. Each one uses
	// up to three times `upload.partSize` of memory.
	UploadConcurrency int `json:"upload.concurrency" default:"4" validate:"gt=0,lt=65" example:"16"`
	// The size in bytes of the parts of large objects, from 5 MiB to 5 GiB. An
	// object of up to two parts is sent in one request. Larger parts need fewer
	// requests and more memory. An object has at most 10,000 parts.
	UploadPartSize int `json:"upload.partSize" default:"8388608" validate:"gt=5242879,lt=5368709121" example:"33554432"`
}

func (c *UploadConfig) validate() error {
	var errs []error
	if c.UploadConcurrency < 1 {
		errs = append(errs, fmt.Errorf("%s: %d is less than 1", ConfigUploadConcurrency, c.UploadConcurrency))
	}
	if c.UploadPartSize < bucket.MinPartSize || c.UploadPartSize > bucket.MaxPartSize {
		errs = append(errs, fmt.Errorf("%s: %d is not between %d and %d", ConfigUploadPartSize, c.UploadPartSize, bucket.MinPartSize, bucket.MaxPartSize))
	}
	return errors.Join(errs...)
}

// The kinds of encryption.
const (
	bucketEncryption = "none" // the bucket's own
	kmsEncryption    = "aws:kms"
)

// StorageConfig holds the parameters for how S3 stores objects.
type StorageConfig struct {
	// The storage class of the objects. Cheaper classes cost more to read. If it
	// is empty, the store decides. On AWS it is then "STANDARD".
	StorageClass string `json:"storageClass" validate:"inclusion=STANDARD|REDUCED_REDUNDANCY|STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|GLACIER_IR|GLACIER|DEEP_ARCHIVE|EXPRESS_ONEZONE|OUTPOSTS" example:"STANDARD_IA"`
	// How S3 encrypts the objects. "none" uses the bucket's settings, "AES256"
	// uses keys that S3 manages, and "aws:kms" uses keys of AWS KMS, which can
	// be controlled and audited and cost money per request.
	ServerSideEncryption string `json:"serverSideEncryption" default:"none" validate:"inclusion=none|AES256|aws:kms" example:"aws:kms"`
	// The id, alias or ARN of the AWS KMS key, with `serverSideEncryption`
	// "aws:kms". If it is empty, the account's default key for S3 is used, which
	// can't be shared with other accounts.
	KMSKeyID string `json:"kmsKeyId" example:"arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"`
	// Whether S3 uses a bucket key with `serverSideEncryption` "aws:kms". It
	// reduces the number and cost of requests to AWS KMS, which are then audited
	// per bucket instead of per object.
	BucketKeyEnabled bool `json:"bucketKeyEnabled" default:"false" example:"true"`
	// The canned ACL of the objects. Buckets refuse ACLs by default, and bucket
	// policies are the better choice. If it is empty, no ACL is sent.
	ACL string `json:"acl" validate:"inclusion=private|public-read|public-read-write|authenticated-read|aws-exec-read|bucket-owner-read|bucket-owner-full-control" example:"bucket-owner-full-control"`
	// The tags of the objects, written like the query of a URL, for lifecycle
	// rules and cost reports. At most 10. Requires the permission
	// s3:PutObjectTagging.
	Tags string `json:"tags" example:"team=data&retention=90d"`
	// The Content-Disposition of the objects. It tells browsers to download an
	// object, and under which name. If it is set, that of a record's metadata is
	// ignored in the mode "objects".
	ContentDisposition string `json:"contentDisposition" example:"attachment"`
}

func (c *StorageConfig) validate() error {
	kms := c.ServerSideEncryption == kmsEncryption
	var errs []error
	if !kms && c.KMSKeyID != "" {
		errs = append(errs, fmt.Errorf("%s: requires %s %q", ConfigKmsKeyId, ConfigServerSideEncryption, kmsEncryption))
	}
	if !kms && c.BucketKeyEnabled {
		errs = append(errs, fmt.Errorf("%s: requires %s %q", ConfigBucketKeyEnabled, ConfigServerSideEncryption, kmsEncryption))
	}
	for _, header := range []struct{ name, value string }{
		{ConfigKmsKeyId, c.KMSKeyID}, {ConfigContentDisposition, c.ContentDisposition},
	} {
		switch {
		case !httpguts.ValidHeaderFieldValue(header.value):
			errs = append(errs, fmt.Errorf("%s: contains control characters", header.name))
		case strings.ContainsFunc(header.value, func(r rune) bool { return r >= utf8.RuneSelf }):
			errs = append(errs, fmt.Errorf("%s: contains characters outside of ASCII, which headers do not allow", header.name))
		}
	}
	if err := validateTags(c.Tags); err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", ConfigTags, err))
	}
	return errors.Join(errs...)
}

// The limits of tags.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
const (
	maxTags     = 10
	maxTagKey   = 128
	maxTagValue = 256
	tagSigns    = "+ - = . _ : / @"
)

func notInTags(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsSpace(r) && !strings.ContainsRune(tagSigns, r)
}

func validateTags(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return errors.New("contains characters that must be written as %XX, as in a URL: control characters, or characters outside of ASCII")
	}
	tags, err := url.ParseQuery(text)
	if err != nil {
		return fmt.Errorf("is not a valid URL query: %w", err)
	}
	if len(tags) > maxTags {
		return fmt.Errorf("%d tags are more than the limit of %d", len(tags), maxTags)
	}
	for key, values := range tags {
		switch {
		case key == "" || strings.HasPrefix(key, "aws:") || utf8.RuneCountInString(key) > maxTagKey:
			return fmt.Errorf("%q is not a valid tag key: it must have 1 to %d characters, and not begin with the prefix aws", key, maxTagKey)
		case len(values) > 1:
			return fmt.Errorf("%q is set twice", key)
		case utf8.RuneCountInString(values[0]) > maxTagValue:
			return fmt.Errorf("%q has more than %d characters", key, maxTagValue)
		case strings.ContainsFunc(key+values[0], notInTags):
			return fmt.Errorf("%q and its value may contain only letters, digits, spaces and %s", key, tagSigns)
		}
	}
	return nil
}

// options returns the settings that each object is stored with.
func (c *StorageConfig) options() bucket.PutOptions {
	opts := bucket.PutOptions{
		ContentDisposition: c.ContentDisposition,
		StorageClass:       c.StorageClass,
		KMSKeyID:           c.KMSKeyID,
		BucketKeyEnabled:   c.BucketKeyEnabled,
		ACL:                c.ACL,
		Tags:               c.Tags,
	}
	if c.ServerSideEncryption != bucketEncryption {
		opts.ServerSideEncryption = c.ServerSideEncryption
	}
	return opts
}

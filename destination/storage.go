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

// UploadConfig holds the parameters that bound what is sent at a time.
type UploadConfig struct {
	// How many objects, or parts of large ones, are sent at a time. More make
	// better use of a fast network; each takes up to five times
	// `upload.partSize` of memory.
	UploadConcurrency int `json:"upload.concurrency" default:"4" validate:"gt=0,lt=65" example:"16"`
	// The size in bytes, 5 MiB to 5 GiB, of the parts in which a large object is
	// sent while it is written. One of up to two parts is sent whole. Larger parts
	// make fewer requests and take more memory. An object has 10,000 parts at most.
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

// StorageConfig holds the parameters that say how S3 keeps objects.
type StorageConfig struct {
	// The storage class of the objects. What is cheaper to keep costs more to
	// read. If it is empty, the store decides: on AWS, "STANDARD".
	StorageClass string `json:"storageClass" validate:"inclusion=STANDARD|REDUCED_REDUNDANCY|STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|GLACIER_IR|GLACIER|DEEP_ARCHIVE|EXPRESS_ONEZONE|OUTPOSTS" example:"STANDARD_IA"`
	// How S3 encrypts the objects: "none" leaves it to the bucket's settings,
	// "AES256" uses keys that S3 manages, "aws:kms" keys of AWS KMS, which can be
	// controlled and audited and cost money for each request.
	ServerSideEncryption string `json:"serverSideEncryption" default:"none" validate:"inclusion=none|AES256|aws:kms" example:"aws:kms"`
	// The id, alias or ARN of the key of AWS KMS, with `serverSideEncryption`
	// "aws:kms". If it is empty, the account's key for S3 is used, to which other
	// accounts can't be given access.
	KMSKeyID string `json:"kmsKeyId" example:"arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"`
	// Whether S3 keeps a key for the bucket, which makes fewer and so cheaper
	// requests to AWS KMS, where they are then audited for the bucket only. With
	// `serverSideEncryption` "aws:kms".
	BucketKeyEnabled bool `json:"bucketKeyEnabled" default:"false" example:"true"`
	// The canned ACL of the objects. Buckets refuse ACLs unless they are enabled;
	// policies are the better way. If it is empty, none is sent.
	ACL string `json:"acl" validate:"inclusion=private|public-read|public-read-write|authenticated-read|aws-exec-read|bucket-owner-read|bucket-owner-full-control" example:"bucket-owner-full-control"`
	// The tags of the objects, as in the query of a URL, for lifecycle rules and
	// for bills. At most 10; they need the permission s3:PutObjectTagging.
	Tags string `json:"tags" example:"team=data&retention=90d"`
	// The Content-Disposition of the objects, which tells browsers to save them,
	// and under which name.
	ContentDisposition string `json:"contentDisposition" example:"attachment"`
}

func (c *StorageConfig) validate() error {
	kms := c.ServerSideEncryption == kmsEncryption
	var errs []error
	if !kms && c.KMSKeyID != "" {
		errs = append(errs, fmt.Errorf("%s: needs %s %q", ConfigKmsKeyId, ConfigServerSideEncryption, kmsEncryption))
	}
	if !kms && c.BucketKeyEnabled {
		errs = append(errs, fmt.Errorf("%s: needs %s %q", ConfigBucketKeyEnabled, ConfigServerSideEncryption, kmsEncryption))
	}
	for _, header := range []struct{ name, value string }{
		{ConfigKmsKeyId, c.KMSKeyID}, {ConfigContentDisposition, c.ContentDisposition},
	} {
		switch {
		case !httpguts.ValidHeaderFieldValue(header.value):
			errs = append(errs, fmt.Errorf("%s: holds control characters", header.name))
		case strings.ContainsFunc(header.value, func(r rune) bool { return r >= utf8.RuneSelf }):
			errs = append(errs, fmt.Errorf("%s: holds characters beyond ASCII, which headers can't have", header.name))
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
		return errors.New("holds characters that a URL writes as %XX: control characters, or others than those of ASCII")
	}
	tags, err := url.ParseQuery(text)
	if err != nil {
		return fmt.Errorf("not like the query of a URL: %w", err)
	}
	if len(tags) > maxTags {
		return fmt.Errorf("%d tags are more than %d", len(tags), maxTags)
	}
	for key, values := range tags {
		switch {
		case key == "" || strings.HasPrefix(key, "aws:") || utf8.RuneCountInString(key) > maxTagKey:
			return fmt.Errorf("%q is no key of a tag: it must not begin with aws: and have 1 to %d characters", key, maxTagKey)
		case len(values) > 1:
			return fmt.Errorf("%q is given twice", key)
		case utf8.RuneCountInString(values[0]) > maxTagValue:
			return fmt.Errorf("%q has more than %d characters", key, maxTagValue)
		case strings.ContainsFunc(key+values[0], notInTags):
			return fmt.Errorf("%q and its value may hold letters, digits, spaces and %s alone", key, tagSigns)
		}
	}
	return nil
}

// options returns what each object is stored with.
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

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// PutOptions are what S3 keeps beside an object's bytes, and how it keeps them.
// What is empty is left to S3 and to the bucket's settings.
type PutOptions struct {
	ContentType        string
	ContentEncoding    string
	ContentDisposition string
	ContentLanguage    string
	CacheControl       string
	Expires            string            // sent as it is; usually a date as in RFC 9110
	Metadata           map[string]string // user metadata

	StorageClass         string
	ServerSideEncryption string // AES256 or aws:kms
	KMSKeyID             string
	BucketKeyEnabled     bool
	ACL                  string // a canned ACL
	Tags                 string // as in the query of a URL: a=1&b=2
}

// actions are the IAM actions that a write with these options needs.
func (o PutOptions) actions() string {
	actions := []string{"s3:PutObject"}
	if o.Tags != "" {
		actions = append(actions, "s3:PutObjectTagging")
	}
	if o.ACL != "" {
		actions = append(actions, "s3:PutObjectAcl")
	}
	if o.KMSKeyID != "" {
		actions = append(actions, "kms:GenerateDataKey", "kms:Decrypt")
	}
	return strings.Join(actions, ", ")
}

// Put stores body under key with one request. It returns nil once S3, which
// refuses a body of another CRC32 than that of the request, has answered that the
// object is stored.
func (b *Bucket) Put(ctx context.Context, key string, body []byte, opts PutOptions) error {
	opts, err := opts.encoded()
	if err != nil {
		return err
	}
	return b.put(ctx, key, body, opts)
}

// put is Put with options that are encoded.
func (b *Bucket) put(ctx context.Context, key string, body []byte, opts PutOptions) error {
	in := opts.input()
	in.Bucket, in.Key, in.ChecksumCRC32 = &b.name, &key, checksum(crc32.ChecksumIEEE(body))
	req := request{operation: opPut, action: opts.actions(), key: key}
	return b.sendBody(ctx, req, body, func(ctx context.Context, body io.ReadSeeker) error {
		in.Body = body
		out, err := b.client.PutObject(ctx, in, opts.headers)
		if err == nil && aws.ToString(out.ETag) == "" {
			return malformed(errEmpty)
		}
		return err
	})
}

// input returns all of a request but bucket, key and body.
func (o PutOptions) input() *s3.PutObjectInput {
	in := &s3.PutObjectInput{
		ContentType:          optional(o.ContentType),
		ContentEncoding:      optional(o.ContentEncoding),
		ContentDisposition:   optional(o.ContentDisposition),
		ContentLanguage:      optional(o.ContentLanguage),
		CacheControl:         optional(o.CacheControl),
		Metadata:             o.Metadata,
		StorageClass:         types.StorageClass(o.StorageClass),
		ServerSideEncryption: types.ServerSideEncryption(o.ServerSideEncryption),
		SSEKMSKeyId:          optional(o.KMSKeyID),
		ACL:                  types.ObjectCannedACL(o.ACL),
		Tagging:              optional(o.Tags),
	}
	if o.BucketKeyEnabled {
		in.BucketKeyEnabled = aws.Bool(true)
	}
	return in
}

// createInput is input for a multipart upload.
func (o PutOptions) createInput() *s3.CreateMultipartUploadInput {
	in := o.input()
	return &s3.CreateMultipartUploadInput{
		ContentType:          in.ContentType,
		ContentEncoding:      in.ContentEncoding,
		ContentDisposition:   in.ContentDisposition,
		ContentLanguage:      in.ContentLanguage,
		CacheControl:         in.CacheControl,
		Metadata:             in.Metadata,
		StorageClass:         in.StorageClass,
		ServerSideEncryption: in.ServerSideEncryption,
		SSEKMSKeyId:          in.SSEKMSKeyId,
		BucketKeyEnabled:     in.BucketKeyEnabled,
		ACL:                  in.ACL,
		Tagging:              in.Tagging,
		ChecksumAlgorithm:    types.ChecksumAlgorithmCrc32,
	}
}

// headers sets the headers that the SDK's input can't hold. It accepts only dates
// for Expires, and S3 stores any value.
func (o PutOptions) headers(options *s3.Options) {
	if o.Expires != "" {
		options.APIOptions = append(options.APIOptions, smithyhttp.SetHeaderValue("Expires", o.Expires))
	}
}

// checksum returns a CRC32 as S3 reads it.
func checksum(sum uint32) *string {
	return aws.String(base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum)))
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

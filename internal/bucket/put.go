// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	// slowest is the speed, in bytes a second, below which an upload is given up
	// and tried again.
	slowest = 64 << 10
	// completeTimeout bounds one attempt to complete an upload. S3 may take
	// minutes for it, and keeps the connection alive meanwhile.
	// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
	completeTimeout = 15 * time.Minute
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
	in := opts.input()
	in.Bucket, in.Key, in.Body = &b.name, &key, bytes.NewReader(body)
	in.ChecksumCRC32 = checksum(crc32.ChecksumIEEE(body))
	req := request{operation: "PutObject", action: opts.actions(), key: key}
	return b.send(ctx, req, timeoutOf(len(body)), func(ctx context.Context) error {
		_, err := b.client.PutObject(ctx, in, opts.headers)
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

// headers sets the headers that the SDK's input can't hold. It accepts only dates
// for Expires, and S3 stores any value.
func (o PutOptions) headers(options *s3.Options) {
	if o.Expires != "" {
		options.APIOptions = append(options.APIOptions, smithyhttp.SetHeaderValue("Expires", o.Expires))
	}
}

// Delete deletes the object of a key. A missing object is not an error. In a
// bucket with versioning it puts a delete marker above the versions.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	req := request{operation: "DeleteObject", action: "s3:DeleteObject", key: key}
	err := b.send(ctx, req, requestTimeout, func(ctx context.Context) error {
		_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &key})
		return err
	})
	if errors.Is(err, ErrGone) { // as some stores answer
		return nil
	}
	return err
}

// timeoutOf returns how long one attempt to send size bytes may take.
func timeoutOf(size int) time.Duration {
	return requestTimeout + time.Duration(size/slowest)*time.Second
}

// send calls do once, for as long as timeout, and explains its error.
func (b *Bucket) send(ctx context.Context, req request, timeout time.Duration, do func(context.Context) error) error {
	attempt, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return b.explain(ctx, req, do(attempt))
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

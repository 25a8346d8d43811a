// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/rs/zerolog"
)

// abortTimeout bounds how long it is tried to abort an upload.
const abortTimeout = 10 * time.Second

// errNoUpload says that S3 does not know the multipart upload (any more).
var errNoUpload = errors.New("no such upload")

// errEmpty says that S3 answered with a success that does not say of what.
var errEmpty = fmt.Errorf("%w: it is empty", errBody)

// errPart says that a part can't be read twice.
var errPart = errors.New("the part can't be read again")

// partsClient is what the transfer manager sends the requests of one upload
// with. It tries each of them until S3 is available, so that what has been sent
// need not be sent again, explains their errors and keeps the first: what the
// transfer manager returns may be what followed from it.
type partsClient struct {
	*s3.Client
	bucket  *Bucket
	key     string
	actions string            // the IAM actions that the upload needs
	headers func(*s3.Options) // of the request that begins the upload
	log     *zerolog.Logger

	mu     sync.Mutex
	failed error
}

// CreateMultipartUpload begins the upload.
func (c *partsClient) CreateMultipartUpload(
	ctx context.Context, in *s3.CreateMultipartUploadInput, opts ...func(*s3.Options),
) (out *s3.CreateMultipartUploadOutput, err error) {
	err = c.try(ctx, "CreateMultipartUpload", requestTimeout, func(ctx context.Context) (err error) {
		out, err = c.Client.CreateMultipartUpload(ctx, in, append(slices.Clone(opts), c.headers)...)
		if err == nil && aws.ToString(out.UploadId) == "" {
			return errEmpty
		}
		return err
	})
	return out, err
}

// UploadPart sends a part with its checksum in the header: the SDK's own is a
// trailer, which older stores refuse.
func (c *partsClient) UploadPart(
	ctx context.Context, in *s3.UploadPartInput, opts ...func(*s3.Options),
) (out *s3.UploadPartOutput, err error) {
	part, ok := in.Body.(interface {
		io.ReaderAt
		Size() int64
	})
	if !ok {
		return nil, errPart
	}
	// A request that was given up may still read: each gets a reader of its own.
	body := func() io.ReadSeeker { return io.NewSectionReader(part, 0, part.Size()) }
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, body()); err != nil {
		return nil, fmt.Errorf("%w: %w", errPart, err)
	}
	in.ChecksumCRC32 = checksum(sum.Sum32())
	err = c.try(ctx, "UploadPart", timeoutOf(int(part.Size())), func(ctx context.Context) (err error) {
		in.Body = body()
		out, err = c.Client.UploadPart(ctx, in, opts...)
		return err
	})
	return out, err
}

// CompleteMultipartUpload makes the object visible. Its error is kept and not
// returned: the transfer manager would print it.
func (c *partsClient) CompleteMultipartUpload(
	ctx context.Context, in *s3.CompleteMultipartUploadInput, opts ...func(*s3.Options),
) (out *s3.CompleteMultipartUploadOutput, err error) {
	err = c.try(ctx, "CompleteMultipartUpload", completeTimeout, func(ctx context.Context) (err error) {
		out, err = c.Client.CompleteMultipartUpload(ctx, in, opts...)
		if err == nil && cmp.Or(out.ETag, out.Key, out.Location) == nil {
			return errEmpty // S3 begins to answer before it is done
		}
		return err
	})
	if err == nil {
		return out, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	abort := &s3.AbortMultipartUploadInput{Bucket: in.Bucket, Key: in.Key, UploadId: in.UploadId}
	_, _ = c.AbortMultipartUpload(ctx, abort) // never fails
	return &s3.CompleteMultipartUploadOutput{}, nil
}

// AbortMultipartUpload frees what has been sent. If that fails, a lifecycle rule
// of the bucket has to: it is logged, and the reason to abort stays the error.
func (c *partsClient) AbortMultipartUpload(
	ctx context.Context, in *s3.AbortMultipartUploadInput, opts ...func(*s3.Options),
) (*s3.AbortMultipartUploadOutput, error) {
	ctx = c.log.WithContext(ctx) // the transfer manager's own
	err := c.try(ctx, "AbortMultipartUpload", requestTimeout, func(ctx context.Context) error {
		_, err := c.Client.AbortMultipartUpload(ctx, in, opts...)
		return err
	})
	if err != nil && !errors.Is(err, errNoUpload) {
		c.log.Warn().Err(err).Msg("parts of an upload are left in the bucket")
	}
	return &s3.AbortMultipartUploadOutput{}, nil
}

// try sends a request until S3 is available.
func (c *partsClient) try(ctx context.Context, operation string, timeout time.Duration, do func(context.Context) error) error {
	aborts := operation == "AbortMultipartUpload"
	req := request{operation: operation, action: c.actions, key: c.key}
	if aborts {
		req.action = "s3:AbortMultipartUpload"
	}
	err := Retry(ctx, func(ctx context.Context) error {
		var unknown bool
		err := c.bucket.send(ctx, req, timeout, func(ctx context.Context) error {
			err := do(ctx)
			unknown = readAnswer(err).code == "NoSuchUpload"
			return err
		})
		if unknown {
			return fmt.Errorf("%w: %w", errNoUpload, err)
		}
		return err
	})
	if err != nil && !aborts {
		c.fail(err)
	}
	return err
}

func (c *partsClient) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = cmp.Or(c.failed, err)
}

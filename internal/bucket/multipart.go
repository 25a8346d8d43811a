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
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
)

const (
	// completeTimeout bounds one attempt to complete an upload. S3 may take
	// minutes for it, and keeps the connection alive meanwhile.
	// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
	completeTimeout = 15 * time.Minute
	// abortTimeout bounds all attempts to abort an upload.
	abortTimeout = 10 * time.Second
)

// errForgotten says that S3 does not know the multipart upload, or one of its
// parts, any more.
var errForgotten = errors.New("the store does not know the upload any more")

// errEmpty says that S3 answered with a success that does not say of what.
var errEmpty = errors.New("the answer is a success that does not say of what")

// multipart is a multipart upload in progress. Each of its requests is retried
// until S3 is available.
type multipart struct {
	ctx    context.Context // ends when a part can't be sent
	bucket *Bucket
	in     StoreInput
	key    string
	id     *string

	sending *errgroup.Group
	parts   []*part

	whole []byte      // the buffer that the first parts are in
	made  [][]byte    // the buffers of one part each that were added to it
	free  chan []byte // parts of whole and buffers of made that are not in use
}

// part is a part that was or is being sent.
type part struct {
	number int32
	size   int
	sum    uint32  // its CRC32
	etag   *string // nil until it is stored
}

// beginMultipart begins an upload whose first parts are in the buffer whole.
func (b *Bucket) beginMultipart(ctx context.Context, in StoreInput, whole []byte) (*multipart, error) {
	m := &multipart{
		bucket: b, in: in, key: in.Key(), whole: whole,
		free: make(chan []byte, wholeParts+in.Concurrency),
	}
	input := in.createInput()
	input.Bucket, input.Key = &b.name, &m.key
	err := m.try(ctx, opCreate, func(ctx context.Context, req request) error {
		return b.send(ctx, req, requestTimeout, func(ctx context.Context) error {
			out, err := b.client.CreateMultipartUpload(ctx, input, in.headers)
			if err == nil && aws.ToString(out.UploadId) == "" {
				return malformed(errEmpty)
			}
			if err == nil {
				m.id = out.UploadId
			}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	m.sending, m.ctx = errgroup.WithContext(ctx)
	m.sending.SetLimit(in.Concurrency)
	return m, nil
}

// send sends a part in the background, once fewer than Concurrency parts are
// under way. It returns the error of any part so far.
func (m *multipart) send(body []byte) error {
	if len(m.parts) == maxParts {
		return fmt.Errorf("store %q key %q: %w: it has more than %d parts; raise upload.partSize", m.bucket.name, m.key, ErrInvalid, maxParts)
	}
	p := &part{number: int32(len(m.parts) + 1), size: len(body)} //nolint:gosec // at most maxParts
	m.parts = append(m.parts, p)
	m.sending.Go(func() error {
		p.sum = crc32.ChecksumIEEE(body)
		err := m.sendPart(p, body)
		m.free <- body[:0]
		return err
	})
	if m.ctx.Err() != nil {
		return context.Cause(m.ctx)
	}
	return nil
}

func (m *multipart) sendPart(p *part, body []byte) error {
	return m.try(m.ctx, opUploadPart, func(ctx context.Context, req request) error {
		return m.bucket.sendBody(ctx, req, body, func(ctx context.Context, body io.ReadSeeker) error {
			out, err := m.bucket.client.UploadPart(ctx, &s3.UploadPartInput{
				Bucket: &m.bucket.name, Key: &m.key, UploadId: m.id, PartNumber: &p.number,
				Body: body, ChecksumCRC32: checksum(p.sum),
			})
			if err == nil && aws.ToString(out.ETag) == "" {
				return malformed(errEmpty)
			}
			if err == nil {
				p.etag = out.ETag
			}
			return err
		})
	})
}

// nextBuffer returns an empty buffer for a part. It waits for one that was sent
// while there are enough to send Concurrency parts and to write another.
func (m *multipart) nextBuffer() ([]byte, error) {
	select {
	case buffer := <-m.free:
		return buffer, nil
	default:
	}
	if len(m.whole)/m.in.PartSize+len(m.made) <= m.in.Concurrency {
		buffer := m.bucket.parts.get(m.in.PartSize)
		m.made = append(m.made, buffer)
		return buffer, nil
	}
	select {
	case buffer := <-m.free:
		return buffer, nil
	case <-m.ctx.Done():
		return nil, context.Cause(m.ctx)
	}
}

// finish waits for the parts and completes the upload or, with an error, aborts
// it. It returns the first error.
func (m *multipart) finish(ctx context.Context, err error) error {
	if sendErr := m.sending.Wait(); sendErr != nil {
		err = sendErr // err is what became of it
	}
	if err == nil {
		err = m.complete(ctx)
	}
	if err != nil {
		m.abort(ctx)
	}
	return err
}

func (m *multipart) complete(ctx context.Context) error {
	parts := make([]types.CompletedPart, len(m.parts))
	for i, p := range m.parts {
		parts[i] = types.CompletedPart{PartNumber: &p.number, ETag: p.etag, ChecksumCRC32: checksum(p.sum)}
	}
	err := m.try(ctx, opComplete, func(ctx context.Context, req request) error {
		return m.bucket.send(ctx, req, completeTimeout, func(ctx context.Context) error {
			out, err := m.bucket.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
				Bucket: &m.bucket.name, Key: &m.key, UploadId: m.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
			})
			if err == nil && cmp.Or(out.ETag, out.Key, out.Location) == nil {
				return malformed(errEmpty) // S3 begins to answer before it is done
			}
			return err
		})
	})
	if errors.Is(err, errForgotten) && m.isStored(ctx) {
		return nil // by an attempt whose answer was lost
	}
	return err
}

// abort frees what has been sent. If that fails, a lifecycle rule of the bucket
// has to do it. The reason to abort remains the error of the upload.
func (m *multipart) abort(ctx context.Context) {
	log := zerolog.Ctx(ctx)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	err := m.try(ctx, opAbort, func(ctx context.Context, req request) error {
		req.action = "s3:AbortMultipartUpload"
		return m.bucket.send(ctx, req, requestTimeout, func(ctx context.Context) error {
			_, err := m.bucket.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &m.bucket.name, Key: &m.key, UploadId: m.id})
			return err
		})
	})
	if err != nil && !errors.Is(err, errForgotten) {
		log.Warn().Err(err).Msg("parts of an upload are left in the bucket")
	}
}

// try sends a request until S3 is available.
func (m *multipart) try(ctx context.Context, operation string, send func(context.Context, request) error) error {
	req := request{operation: operation, action: m.in.actions(), key: m.key}
	err := Retry(ctx, func(ctx context.Context) error { return send(ctx, req) })
	var refused *refusedError
	if errors.As(err, &refused) && (refused.code == "NoSuchUpload" || refused.code == "InvalidPart") {
		return fmt.Errorf("%w: %w", err, errForgotten)
	}
	return err
}

// release keeps the buffers for the next uploads, once finish has returned.
func (m *multipart) release() {
	m.bucket.wholes.put(m.whole)
	for _, buffer := range m.made {
		m.bucket.parts.put(buffer)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	tmtypes "github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	"github.com/rs/zerolog"
)

// The sizes that S3 allows a part.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const (
	MinPartSize = 5 << 20
	MaxPartSize = 5 << 30
)

// handover is how many bytes pass at a time from what writes an object to what
// uploads it.
const handover = 256 << 10

// Upload is an object that is to be stored.
type Upload struct {
	// Key returns the object's key, and the same one if it is called again. It is
	// called when bytes are about to be sent: after Write or, for an upload in
	// parts, while Write runs, from another goroutine.
	Key func() string
	// Write writes the object's bytes, and the same ones if it is called again.
	// It must not hide an error of its writer.
	Write func(io.Writer) error
	PutOptions

	PartSize    int // in bytes
	Concurrency int // how many parts are sent at a time
}

// wholeParts is the largest number of parts of an object that is stored with one
// request. An upload of two parts would need four. One request has no more than
// MaxPartSize bytes.
const wholeParts = 2

// Upload stores an object of any size. What is larger than two parts goes out in
// parts while it is written, so that no more than Concurrency+4 parts are in
// memory. It returns nil once S3 has answered that all of the object is stored
// with the CRC32s that were sent. It blocks for as long as S3 is unavailable,
// and only failed requests are sent again, see Retry. A failed upload in parts is
// aborted, also when ctx has ended.
func (b *Bucket) Upload(ctx context.Context, up Upload) error {
	return Retry(ctx, func(ctx context.Context) error {
		err := b.upload(ctx, up)
		if errors.Is(err, errNoUpload) {
			// It was completed by a request whose answer was lost, or somebody has
			// aborted it. Which of them, S3 does not tell: it begins again.
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return err
	})
}

func (b *Bucket) upload(ctx context.Context, up Upload) error {
	w := &uploadWriter{limit: min(wholeParts*up.PartSize, MaxPartSize), head: b.buffer(), start: func(body io.Reader) error {
		return b.uploadParts(ctx, up, body)
	}}
	err := up.Write(w)
	if w.out != nil {
		return w.finish(err)
	}
	if err != nil {
		return err
	}
	key, attempts := up.Key(), 0
	err = Retry(ctx, func(ctx context.Context) error {
		attempts++
		return b.Put(ctx, key, w.head.Bytes(), up.PutOptions)
	})
	if err == nil && attempts == 1 { // a request that was given up may still read
		b.buffers.Put(w.head)
	}
	return err
}

// uploadWriter keeps up to limit bytes. When more are written, it calls start with
// all of them in a goroutine of its own.
type uploadWriter struct {
	limit int
	start func(io.Reader) error

	head    *bytes.Buffer // nil once start is called
	out     *bufio.Writer // nil until start is called
	pipe    *io.PipeWriter
	started chan error // what start returned
}

func (w *uploadWriter) Write(p []byte) (int, error) {
	if w.out != nil {
		return w.out.Write(p)
	}
	size := w.head.Len() + len(p)
	if size > w.limit {
		w.stream()
		return w.out.Write(p)
	}
	if size > w.head.Cap() && size > w.limit/4 {
		w.head.Grow(w.limit - w.head.Len()) // to the end at once: doubling takes more
	}
	return w.head.Write(p)
}

func (w *uploadWriter) stream() {
	reader, pipe := io.Pipe()
	body := io.MultiReader(bytes.NewReader(w.head.Bytes()), reader)
	w.head = nil // what has been read of the body need not be kept
	w.pipe, w.out, w.started = pipe, bufio.NewWriterSize(pipe, handover), make(chan error, 1)
	go func() {
		err := w.start(body)
		reader.CloseWithError(cmp.Or(err, io.ErrClosedPipe)) // whoever writes on is told to stop
		w.started <- err
	}()
}

// finish ends the stream after the writing has ended with err, and returns why
// the object is not stored, if it is not: err itself, unless that is what became
// of an error of start.
func (w *uploadWriter) finish(err error) error {
	if err == nil {
		err = w.out.Flush()
	}
	w.pipe.CloseWithError(err)
	cause := <-w.started
	if cause == nil || err != nil && errors.Is(cause, err) {
		return err
	}
	return cause
}

// uploadParts stores body as a multipart upload.
func (b *Bucket) uploadParts(ctx context.Context, up Upload, body io.Reader) error {
	key := up.Key()
	client := &partsClient{Client: b.client, bucket: b, key: key, actions: up.actions(), headers: up.headers, log: zerolog.Ctx(ctx)}
	manager := transfermanager.New(client, func(o *transfermanager.Options) {
		o.PartSizeBytes = int64(up.PartSize)
		o.MultipartUploadThreshold = int64(up.PartSize)
		o.Concurrency = up.Concurrency
		o.ChecksumAlgorithm = tmtypes.ChecksumAlgorithmCrc32
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.FailTimeout = abortTimeout
	})
	in := up.partsInput()
	in.Bucket, in.Key, in.Body = &b.name, &key, body
	_, err := manager.UploadObject(ctx, in)
	if err != nil {
		err = fmt.Errorf("upload %q key %q in parts of %d bytes: %w", b.name, key, up.PartSize, err)
	}
	return cmp.Or(client.failed, err)
}

// partsInput is input for the transfer manager.
func (o PutOptions) partsInput() *transfermanager.UploadObjectInput {
	in := o.input()
	return &transfermanager.UploadObjectInput{
		ContentType:          in.ContentType,
		ContentEncoding:      in.ContentEncoding,
		ContentDisposition:   in.ContentDisposition,
		ContentLanguage:      in.ContentLanguage,
		CacheControl:         in.CacheControl,
		Metadata:             in.Metadata,
		StorageClass:         tmtypes.StorageClass(in.StorageClass),
		ServerSideEncryption: tmtypes.ServerSideEncryption(in.ServerSideEncryption),
		SSEKMSKeyID:          in.SSEKMSKeyId,
		BucketKeyEnabled:     in.BucketKeyEnabled,
		ACL:                  tmtypes.ObjectCannedACL(in.ACL),
		Tagging:              in.Tagging,
	}
}

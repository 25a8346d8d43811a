// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// The sizes that S3 allows a part, and how many of them an object may have.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const (
	MinPartSize = 5 << 20
	MaxPartSize = 5 << 30
	maxParts    = 10_000
)

const (
	// wholeParts is how many parts an object may have and still be stored with one
	// request: as a multipart upload, two parts take four requests.
	wholeParts = 2
	// maxBegun bounds how often an upload begins that S3 forgets. The waits between
	// them add up to some minutes.
	maxBegun = 20
)

// StoreInput is an object that is to be stored.
type StoreInput struct {
	// Key returns the object's key, and the same one if it is called again. It is
	// called when the first byte is about to be sent: after Write or, for an object
	// that is sent in parts, while Write runs, from within its writer.
	Key func() string
	// Write writes the object's bytes, and the same ones if it is called again.
	Write func(io.Writer) error
	PutOptions

	PartSize    int // in bytes
	Concurrency int // how many parts are sent at a time
}

// Store stores an object of any size. An object of more than two parts is sent
// in parts while it is written, so that no more than Concurrency+2 parts are in
// memory. It calls the functions of in from the caller's goroutine. It returns nil
// once S3 has confirmed that the whole object is stored with the CRC32s that were
// sent. It blocks while S3 is unavailable and ctx lives. Each request is retried
// on its own, so what has been sent is not sent again, unless S3 forgets the upload:
// then it begins again, up to 20 times. A multipart upload that fails is aborted,
// even after ctx has ended.
func (b *Bucket) Store(ctx context.Context, in StoreInput) error {
	opts, err := in.encoded()
	if err != nil {
		return err
	}
	in.PutOptions = opts
	begun := 0
	return Retry(ctx, func(ctx context.Context) error {
		err := b.store(ctx, in)
		if !errors.Is(err, errForgotten) {
			return err
		}
		if begun++; begun == maxBegun {
			return fmt.Errorf("%w (the upload has begun %d times)", err, begun)
		}
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	})
}

func (b *Bucket) store(ctx context.Context, in StoreInput) error {
	w := &objectWriter{ctx: ctx, bucket: b, in: in, limit: min(wholeParts*in.PartSize, MaxPartSize), buffer: b.wholes.get(0)}
	err := w.finish(in.Write(w))
	w.release()
	return err
}

// objectWriter stores what is written to it as one object.
type objectWriter struct {
	ctx    context.Context
	bucket *Bucket
	in     StoreInput
	buffer []byte     // what has not been sent
	limit  int        // of the buffer
	parts  *multipart // nil until there is more than one request can take
	err    error      // the first error of a request
}

// Write buffers p, and sends each part that is full when more is to come.
func (w *objectWriter) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		if w.err == nil && len(w.buffer) == w.limit {
			w.err = w.sendFullParts()
		}
		if w.err != nil {
			return written, w.err
		}
		n := min(len(p), w.limit-len(w.buffer))
		w.grow(len(w.buffer) + n)
		w.buffer = append(w.buffer, p[:n]...)
		p, written = p[n:], written+n
	}
	return written, nil
}

// grow makes room for size bytes. A large buffer grows to its limit at once,
// because doubling takes more memory.
func (w *objectWriter) grow(size int) {
	if size > cap(w.buffer) && size > w.limit/4 {
		w.buffer = append(make([]byte, 0, w.limit), w.buffer...)
	}
}

// sendFullParts sends what the buffer holds, except for a last part that is not
// full yet.
func (w *objectWriter) sendFullParts() error {
	size := w.in.PartSize
	if w.parts == nil {
		parts, err := w.bucket.beginMultipart(w.ctx, w.in, w.buffer)
		if err != nil {
			return err
		}
		w.parts, w.limit = parts, size
	}
	full := w.buffer
	w.buffer = nil
	for len(full) >= size {
		if err := w.parts.send(full[:size:size]); err != nil {
			return err
		}
		full = full[size:]
	}
	next, err := w.parts.nextBuffer()
	if err != nil {
		return err
	}
	w.buffer = next
	w.buffer = append(w.buffer, full...)
	return nil
}

// finish sends the rest of the object, and returns nil once it is stored. err is
// what ended the writing, unless it was an error of a request.
func (w *objectWriter) finish(err error) error {
	if w.err != nil {
		err = w.err
	}
	switch {
	case w.parts != nil:
		if err == nil && len(w.buffer) > 0 {
			err = w.parts.send(w.buffer)
		}
		return w.parts.finish(w.ctx, err)
	case err != nil:
		return err
	}
	key := w.in.Key()
	return Retry(w.ctx, func(ctx context.Context) error {
		return w.bucket.put(ctx, key, w.buffer, w.in.PutOptions)
	})
}

// release keeps the buffers for the next objects. No request reads them any more.
func (w *objectWriter) release() {
	if w.parts != nil {
		w.parts.release()
		return
	}
	w.bucket.wholes.put(w.buffer)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Object is an object's bytes and the headers that S3 stores with them.
type Object struct {
	// Version is the state that was read: the one that was asked for or, of an
	// overwritten null version, the current one with its own ETag, size and
	// time, which is in whole seconds.
	Version Version
	Body    []byte

	// The headers, as S3 answers them; empty if it has none.
	ContentType, ContentEncoding, CacheControl, ContentDisposition, ContentLanguage, Expires string
	// Metadata is the user metadata. Names are in lower case, values decoded.
	Metadata map[string]string
}

// Get reads the state of an object that v names, whole, into memory. It tries
// once, and verifies what it returns: ETag, version id and size are those of v,
// and the checksum that S3 stores, if there is one, is that of the bytes. What a
// store has decompressed on the way is requested again as it is stored.
//
// A version is asked for by its id. The null version, if it is the latest, is
// replaced by the next write: then Get returns the current state, see
// Object.Version, unless versions have come above it.
//
// An object of more than maxSize bytes is ErrTooLarge; 0 means that there is no
// limit. Get returns ErrGone if S3 does not have that state any more, ErrCorrupt
// if what it answers is not the object, ErrArchived and ErrEncrypted if only this
// object can't be read, and ErrUnavailable if the body ends early or stalls.
func (b *Bucket) Get(ctx context.Context, v Version, maxSize int64) (Object, error) {
	if maxSize > 0 && v.Size > maxSize {
		return Object{}, b.tooLarge(request{operation: opGet, key: v.Key}, v.Size, maxSize)
	}
	if v.VersionID != NullVersion {
		return b.get(ctx, read{version: v, id: v.VersionID})
	}
	null := read{version: v, id: NullVersion, maxSize: maxSize}
	if !v.IsLatest {
		return b.get(ctx, null)
	}
	// Without an id, s3:GetObject is all that an unversioned bucket needs.
	obj, err := b.get(ctx, read{version: v, ifMatch: v.ETag, maxSize: maxSize})
	if errors.Is(err, errPrecondition) {
		// It was overwritten, or the store answers so whatever its ETag.
		obj, err = b.get(ctx, read{version: v, maxSize: maxSize})
	}
	if !errors.Is(err, ErrGone) {
		return obj, err
	}
	// If versions or a delete marker have come above it, it is still there.
	byID, byIDErr := b.get(ctx, null)
	if byIDErr == nil || errors.Is(err, errAbove) || ctx.Err() != nil ||
		errors.Is(byIDErr, ErrGone) || errors.Is(byIDErr, ErrUnavailable) || errors.Is(byIDErr, ErrCorrupt) {
		return byID, byIDErr
	}
	return Object{}, err // the store knows no versions, or they may not be read
}

// errAbove says that a version is above the null version that was asked for.
var errAbove = fmt.Errorf("%w: a newer version is above it", ErrGone)

// read is how one request asks for an object.
type read struct {
	version Version // as listed
	id      string  // the version id that is asked for; empty for the current state
	ifMatch string  // an ETag; may be empty
	maxSize int64   // of a current state that is not the listed one; 0 is no limit
}

// get sends the request, and once more if its answer may have been decompressed.
func (b *Bucket) get(ctx context.Context, r read) (Object, error) {
	var header http.Header
	obj, err := b.getAccepting(ctx, r, identity, &header)
	if errors.Is(err, ErrCorrupt) && mayBeDecompressed(header) {
		return b.getAccepting(ctx, r, gzip, &header)
	}
	return obj, err
}

// getAccepting sends the request for an encoding, and stores the answer's header.
func (b *Bucket) getAccepting(ctx context.Context, r read, encoding string, to *http.Header) (Object, error) {
	req := request{operation: opGet, action: "s3:GetObject", key: r.version.Key}
	if r.id != "" {
		req.action = "s3:GetObjectVersion"
	}
	attempt, cancel := context.WithCancel(withObjectBody(ctx, encoding))
	defer cancel()
	stalled := time.AfterFunc(stallTimeout, cancel)
	defer stalled.Stop()
	out, err := b.client.GetObject(attempt, &s3.GetObjectInput{
		Bucket: &b.name, Key: &r.version.Key, VersionId: optional(r.id), IfMatch: optional(r.ifMatch),
	}, takeHeader(to), askForChecksum)
	if err != nil {
		return Object{}, b.explain(ctx, req, err)
	}
	defer out.Body.Close()
	header := *to
	v, err := b.stateOf(r, header)
	if err == nil && r.maxSize > 0 && v.Size > r.maxSize {
		return Object{}, b.tooLarge(req, v.Size, r.maxSize)
	}
	if err != nil {
		return Object{}, fmt.Errorf("%s: %w", b.what(req), err)
	}
	body, err := readBody(timedReader{out.Body, stalled}, v.Size)
	if err == nil {
		err = b.verifyBody(body, v.Size, header)
	}
	switch {
	case errors.Is(err, ErrCorrupt):
		return Object{}, fmt.Errorf("%s: %w", b.what(req), err)
	case err != nil:
		return Object{}, b.explain(ctx, req, fmt.Errorf("%w: %w", errBody, err))
	}
	return newObject(v, body, header), nil
}

func (b *Bucket) tooLarge(req request, size, limit int64) error {
	return fmt.Errorf("%s: %w: its %d bytes are more than the %d that are allowed", b.what(req), ErrTooLarge, size, limit)
}

// takeHeader stores the header of an object and leaves nothing of it to the SDK,
// which refuses an answer if it can't parse one of the many that do not matter.
func takeHeader(to *http.Header) func(*s3.Options) {
	return onAnswer("takeHeader", func(resp *http.Response) error {
		if resp.StatusCode < http.StatusMultipleChoices {
			*to, resp.Header = resp.Header, http.Header{}
		}
		return nil
	})
}

// askForChecksum asks for the checksum that S3 stores. The SDK would verify it in
// the body's reader, where a wrong one can't be told from a broken connection.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
func askForChecksum(o *s3.Options) {
	o.APIOptions = append(o.APIOptions, smithyhttp.AddHeaderValue("x-amz-checksum-mode", "ENABLED"))
}

// firstRead bounds the memory that is taken before a byte has come. A listing may
// claim any size.
const firstRead = 8 << 20

// readBody reads a body to its end or, if it is longer than size, to one byte
// after that. It takes memory as bytes arrive.
func readBody(body io.Reader, size int64) ([]byte, error) {
	size = max(size, 0)
	buf := make([]byte, 0, min(size, firstRead)+1) // one more, to see the end
	for {
		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return nil, err
		case int64(len(buf)) > size:
			return buf, nil
		case len(buf) == cap(buf):
			buf = append(make([]byte, 0, min(2*int64(cap(buf)), size)+1), buf...)
		}
	}
}

// timedReader starts the timer again whenever something arrives.
type timedReader struct {
	io.Reader
	timer *time.Timer
}

func (r timedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.timer.Reset(stallTimeout)
	return n, err
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// maxHint bounds the memory that is taken on the strength of a listing alone.
const maxHint = 1 << 30

// NullVersion is the version id of what was written without versioning.
const NullVersion = "null"

// Object is an object's bytes and what S3 keeps beside them.
type Object struct {
	Body        []byte
	ContentType string
	Metadata    map[string]string // user metadata; S3 keeps its names in lower case

	versionID string // empty in a bucket that was never versioned
}

// Get reads the state of an object that v names, whole, into memory. A version
// is asked for by its id; the null version, which a later write replaces, by
// its ETag. It returns ErrGone if S3 does not hold that state any more.
// A body that ends early or stalls is ErrUnavailable.
func (b *Bucket) Get(ctx context.Context, v Version) (Object, error) {
	if v.VersionID != NullVersion {
		return b.get(ctx, v, &v.VersionID, nil)
	}
	if !v.IsLatest {
		return b.get(ctx, v, aws.String(NullVersion), &v.ETag)
	}
	// Without an id, s3:GetObject is all that an unversioned bucket needs. If
	// versions came to stand above, the null version is still below them.
	obj, err := b.get(ctx, v, nil, &v.ETag)
	isNull := obj.versionID == "" || obj.versionID == NullVersion
	if err == nil && isNull || err != nil && !errors.Is(err, ErrGone) {
		return obj, err
	}
	byID, byIDErr := b.get(ctx, v, aws.String(NullVersion), &v.ETag)
	if byIDErr == nil || errors.Is(byIDErr, ErrGone) || errors.Is(byIDErr, ErrUnavailable) || ctx.Err() != nil {
		return byID, byIDErr
	}
	return obj, err // without versions, or the permission to read them, the first answer stands
}

func (b *Bucket) get(ctx context.Context, v Version, versionID, ifMatch *string) (Object, error) {
	req := request{operation: "GetObject", action: "s3:GetObject", key: v.Key}
	if versionID != nil {
		req.action = "s3:GetObjectVersion"
	}
	attempt, cancel := context.WithCancel(ctx)
	defer cancel()
	stalled := time.AfterFunc(stallTimeout, cancel)
	defer stalled.Stop()
	out, err := b.client.GetObject(attempt, &s3.GetObjectInput{
		Bucket: &b.name, Key: &v.Key, VersionId: versionID, IfMatch: ifMatch,
	})
	if err != nil {
		return Object{}, b.explain(ctx, req, err)
	}
	defer out.Body.Close()
	body, err := readBody(timedReader{out.Body, stalled}, v.Size, out.ContentLength)
	if err != nil {
		return Object{}, b.explain(ctx, req, fmt.Errorf("%w: %w", errBody, err))
	}
	return Object{
		Body:        body,
		ContentType: aws.ToString(out.ContentType),
		Metadata:    out.Metadata,
		versionID:   aws.ToString(out.VersionId),
	}, nil
}

// readBody reads a body to its end, which is where the SDK verifies the
// checksum. The size that the listing told is a hint how much memory it takes.
func readBody(body io.Reader, hint int64, length *int64) ([]byte, error) {
	buf := bytes.NewBuffer(make([]byte, 0, min(hint, maxHint)+bytes.MinRead))
	if _, err := buf.ReadFrom(body); err != nil {
		return nil, err
	}
	if length != nil && int64(buf.Len()) != *length {
		return nil, fmt.Errorf("%d bytes came and %d were announced", buf.Len(), *length)
	}
	return buf.Bytes(), nil
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

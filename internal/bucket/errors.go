// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Errors are told apart with errors.Is and one of these.
var (
	// ErrUnavailable says that the request may succeed when it is sent again:
	// throttling, 5xx, timeouts, connections that can't be made or break.
	ErrUnavailable = errors.New("s3 is unavailable")
	// ErrMalformed says that the answer is not what S3 answers. It may pass, as
	// when a proxy answers for the store: such an error is ErrUnavailable as well,
	// until Retry has seen it too often.
	ErrMalformed = errors.New("malformed answer")
	// ErrGone says that the object, or this version of it, is not there (any more).
	ErrGone = errors.New("object is gone")
	// ErrCorrupt says that the answer is not the object that the listing names:
	// its size, ETag, version id or checksum differ. It may pass.
	ErrCorrupt = errors.New("the answer is not the object that the listing names")
	// ErrTooLarge says that an object is larger than the caller allows.
	ErrTooLarge = errors.New("object is too large")
	// ErrArchived says that an object must be restored before it can be read.
	ErrArchived = errors.New("object is archived")
	// ErrEncrypted says that an object's encryption key may not or can't be used.
	ErrEncrypted = errors.New("object can't be decrypted")
	// ErrNoBucket says that the bucket does not exist.
	ErrNoBucket = errors.New("no such bucket")
	// ErrForbidden says that the credentials are known but may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrCredentials says that S3 does not accept the credentials.
	ErrCredentials = errors.New("credentials refused")
	// ErrRegion says that the bucket is in another region.
	ErrRegion = errors.New("wrong region")
	// ErrUnsupported says that the store does not know the operation.
	ErrUnsupported = errors.New("not supported by the store")
	// ErrInvalid says that S3 refuses the request for another reason; sending
	// it again would not help.
	ErrInvalid = errors.New("request refused")
)

// The operations, by S3's names.
const (
	opListVersions = "ListObjectVersions"
	opListObjects  = "ListObjectsV2"
	opListUploads  = "ListMultipartUploads"
	opGet          = "GetObject"
	opHead         = "HeadObject"
	opPut          = "PutObject"
	opCreate       = "CreateMultipartUpload"
	opUploadPart   = "UploadPart"
	opComplete     = "CompleteMultipartUpload"
	opAbort        = "AbortMultipartUpload"
	opDelete       = "DeleteObject"
)

// request describes a request to S3, for errors.
type request struct {
	operation string // S3's name
	action    string // the IAM action that allows it
	key       string // of the object or, of a listing, where it resumes; may be empty
}

func (r request) isListing() bool {
	return r.operation == opListVersions || r.operation == opListObjects || r.operation == opListUploads
}

// refusedError is a request that S3 has refused.
type refusedError struct {
	what string // the request
	kind error  // one of the sentinels
	refusal
	text string // S3's reason, and what to do about it
}

func (e *refusedError) Error() string { return fmt.Sprintf("%s: %v: %s", e.what, e.kind, e.text) }

func (e *refusedError) Unwrap() error { return e.kind }

// malformedError is an answer that is not S3's.
type malformedError struct{ reason error }

func malformed(reason error) error { return &malformedError{reason} }

func (e *malformedError) Error() string { return ErrMalformed.Error() + ": " + e.reason.Error() }

func (e *malformedError) Unwrap() error { return e.reason }

func (e *malformedError) Is(target error) bool {
	return target == ErrMalformed || target == ErrUnavailable
}

// what describes a request.
func (b *Bucket) what(req request) string {
	what := fmt.Sprintf("%s %s", req.operation, b.Quote(b.name))
	if req.key != "" {
		what = fmt.Sprintf("%s key %s", what, b.Quote(req.key))
	}
	return what
}

// explain turns an error of the SDK into one that says what was asked of S3,
// what it answered and what to do about it. It wraps one of the sentinels, or
// ctx's error if that is the reason.
func (b *Bucket) explain(ctx context.Context, req request, err error) error {
	if err == nil {
		return nil
	}
	what := b.what(req)
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	var m *malformedError
	if errors.As(err, &m) {
		return fmt.Errorf("%s: %w%s", what, m, b.malformedHint(m))
	}
	if errors.Is(err, errTooLong) {
		return fmt.Errorf("%s: %w: %s; %s", what, ErrInvalid, b.foreign(root(err).Error()), notS3)
	}
	r := readRefusal(err)
	r.region = b.redact(r.region)
	kind := b.kind(req, r)
	if kind != nil {
		return &refusedError{what, kind, r, b.describe(r) + b.hint(kind, req, r)}
	}
	if !wasSent(err) {
		return fmt.Errorf("%s: %w: %w", what, ErrInvalid, root(err))
	}
	kind = ErrUnavailable
	if isSchemeMismatch(err) {
		kind = ErrInvalid
	}
	// The reason is only text, so that a timeout of one attempt can't be mistaken
	// for the end of ctx.
	return fmt.Errorf("%s: %w: %s%s", what, kind, b.foreign(root(err).Error()), b.networkHint(err))
}

// errBody says that an answer broke off in its body.
var errBody = errors.New("read body")

// wasSent tells whether a request reached the network, so that sending it again
// may help. An earlier error, such as an invalid ARN, does not pass.
func wasSent(err error) bool {
	answered := errors.As(err, new(*awshttp.ResponseError))
	sent := errors.As(err, new(*smithyhttp.RequestSendError))
	canceled := errors.As(err, new(*smithy.CanceledError))
	return answered || sent || canceled || errors.Is(err, errBody) || errors.Is(err, context.DeadlineExceeded)
}

// root strips the layers of the SDK and of net/http, which repeat the request
// and print structs.
func root(err error) error {
	var op *smithy.OperationError
	if errors.As(err, &op) {
		err = op.Err
	}
	var canceled *smithy.CanceledError
	if errors.As(err, &canceled) {
		err = canceled.Err
	}
	var resp *awshttp.ResponseError
	if errors.As(err, &resp) {
		err = resp.Err
	}
	var sent *smithyhttp.RequestSendError
	if errors.As(err, &sent) {
		err = sent.Err
	}
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	return err
}

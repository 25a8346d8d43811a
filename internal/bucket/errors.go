// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Errors are told apart with errors.Is and one of these.
var (
	// ErrUnavailable says that the request may succeed when it is sent again:
	// throttling, 5xx, timeouts, connections that can't be made or break.
	ErrUnavailable = errors.New("s3 is unavailable")
	// ErrGone says that the object, or this version of it, is not there (any more).
	ErrGone = errors.New("object is gone")
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

// request names what is asked of S3, for errors.
type request struct {
	operation string // S3's name
	action    string // the IAM action that allows it
	key       string // of the object or, of a listing, where it goes on; may be empty
}

// explain turns an error of the SDK into one that says what was asked of S3,
// what it answered and what to do about it. It wraps one of the sentinels, or
// ctx's error if that is the reason.
func (b *Bucket) explain(ctx context.Context, req request, err error) error {
	if err == nil {
		return nil
	}
	what := fmt.Sprintf("%s %q", req.operation, b.name)
	if req.key != "" {
		what = fmt.Sprintf("%s key %q", what, req.key)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}

	answer := readAnswer(err)
	kind := answer.kind(req.operation)
	switch {
	case kind == nil && !wasSent(err):
		return fmt.Errorf("%s: %w: %w", what, ErrInvalid, root(err))
	case kind == nil:
		// The reason is text alone: a time-out of one attempt must not be
		// mistaken for the end of ctx.
		return fmt.Errorf("%s: %w: %v", what, ErrUnavailable, root(err)) //nolint:errorlint // see above
	}
	return fmt.Errorf("%s: %w: %s%s", what, kind, answer, b.hint(kind, req, answer))
}

// answer is what S3 said when it refused a request.
type answer struct {
	status    int
	code      string
	message   string
	requestID string
	region    string // that the bucket is in, if S3 told
}

func readAnswer(err error) answer {
	var a answer
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		a.code, a.message = api.ErrorCode(), strings.TrimSuffix(api.ErrorMessage(), ".")
	}
	if a.code == "" && isCutOff(err) {
		return answer{} // its status alone does not tell what it refuses
	}
	if resp, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		a.status = resp.HTTPStatusCode()
		a.requestID = resp.ServiceRequestID()
		if resp.Response != nil && resp.Response.Response != nil {
			a.region = resp.Response.Header.Get("X-Amz-Bucket-Region")
		}
	}
	return a
}

// isCutOff tells whether an answer broke off in its body.
func isCutOff(err error) bool {
	_, broken := errors.AsType[net.Error](err)
	return broken || errors.Is(err, io.ErrUnexpectedEOF)
}

func (a answer) String() string {
	var parts []string
	for _, p := range []string{a.code, a.message} {
		if p != "" && !strings.EqualFold(p, http.StatusText(a.status)) {
			parts = append(parts, p)
		}
	}
	parts = append(parts, fmt.Sprintf("status %d", a.status))
	if a.requestID != "" {
		parts = append(parts, "request id "+a.requestID)
	}
	return strings.Join(parts, ", ")
}

// kind maps the answer to an operation to a sentinel by its code and, where
// there is none, by its status. It is nil if S3 did not answer.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func (a answer) kind(operation string) error {
	switch a.code {
	case "NoSuchBucket":
		return ErrNoBucket
	case "NoSuchKey", "NoSuchVersion", "PreconditionFailed":
		return ErrGone
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "TokenRefreshRequired":
		return ErrCredentials
	case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
		return ErrRegion
	case "AccessDenied", "AllAccessDisabled", "AccountProblem":
		return ErrForbidden
	case "MethodNotAllowed":
		if operation == "GetObject" { // a delete marker stands there by now
			return ErrGone
		}
		return ErrUnsupported
	case "NotImplemented":
		return ErrUnsupported
	case "InvalidObjectState":
		return ErrInvalid
	case "RequestTimeTooSkewed", "RequestTimeout", "SlowDown", "Throttling", "ThrottlingException",
		"TooManyRequests", "RequestLimitExceeded", "OperationAborted", "ConditionalRequestConflict",
		"BadDigest", "IncompleteBody", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch": // damaged on the way
		return ErrUnavailable
	}
	switch {
	case a.status == 0:
		return nil
	case a.status == http.StatusNotImplemented:
		return ErrUnsupported
	case a.status >= 500 || a.status == http.StatusTooManyRequests || a.status == http.StatusRequestTimeout:
		return ErrUnavailable
	case a.status >= 300 && a.status < 400:
		return ErrRegion
	case a.status == http.StatusForbidden:
		return ErrForbidden
	case a.status >= 400:
		return ErrInvalid
	default:
		return nil // a 2xx whose body could not be read
	}
}

// hint says what to do about a refusal.
func (b *Bucket) hint(kind error, req request, a answer) string {
	switch {
	case a.code == "InvalidObjectState":
		return "; the object is archived: restore it, or choose a prefix without it"
	case a.code == "AccessDenied" || a.code == "" && errors.Is(kind, ErrForbidden):
		return fmt.Sprintf("; the IAM policy must allow %s", req.action)
	case errors.Is(kind, ErrCredentials):
		return "; check aws.accessKeyId and aws.secretAccessKey"
	case errors.Is(kind, ErrNoBucket):
		return "; check aws.bucket, aws.region and aws.endpoint"
	case errors.Is(kind, ErrRegion) && a.region != "":
		return fmt.Sprintf("; the bucket is in %q: set aws.region to it", a.region)
	case errors.Is(kind, ErrRegion):
		return "; set aws.region to the region that the bucket is in"
	default:
		return ""
	}
}

// errBody says that an answer broke off in its body.
var errBody = errors.New("read body")

// wasSent tells whether a request reached the network: sending it again may
// help then. An error before that, as of a bucket's ARN that is none, stays.
func wasSent(err error) bool {
	_, answered := errors.AsType[*awshttp.ResponseError](err)
	_, sent := errors.AsType[*smithyhttp.RequestSendError](err)
	_, canceled := errors.AsType[*smithy.CanceledError](err)
	return answered || sent || canceled || errors.Is(err, errBody) || errors.Is(err, context.DeadlineExceeded)
}

// root strips the layers of the SDK and of net/http, which repeat the request
// and print structs.
func root(err error) error {
	if op, ok := errors.AsType[*smithy.OperationError](err); ok {
		err = op.Err
	}
	if canceled, ok := errors.AsType[*smithy.CanceledError](err); ok {
		err = canceled.Err
	}
	if resp, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		err = resp.Err
	}
	if sent, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
		err = sent.Err
	}
	if request, ok := errors.AsType[*url.Error](err); ok {
		err = request.Err
	}
	return err
}

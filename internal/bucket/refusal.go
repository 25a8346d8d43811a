// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// refusal is what S3 said when it refused a request. Its strings are foreign.
type refusal struct {
	status    int
	code      string
	message   string
	requestID string
	region    string // that the bucket is in, if S3 told
	location  string // that a redirect leads to
	head      []byte // the first bytes of the body
	isBare    bool   // it has no header at all
}

func readRefusal(err error) refusal {
	var r refusal
	var resp *awshttp.ResponseError
	answered := errors.As(err, &resp)
	if answered && resp.Response != nil && resp.Response.Response != nil {
		r.readHeader(resp.Response.Response)
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		r.code, r.message = api.ErrorCode(), strings.TrimSuffix(api.ErrorMessage(), ".")
	}
	if r.code == "" && isCutOff(err) && !r.isBare {
		return refusal{} // its status does not tell the reason
	}
	if answered {
		r.status = resp.HTTPStatusCode()
		r.requestID = resp.ServiceRequestID()
	}
	return r
}

func (r *refusal) readHeader(resp *http.Response) {
	r.region = resp.Header.Get("X-Amz-Bucket-Region")
	r.location = resp.Header.Get("Location")
	r.isBare = len(resp.Header) == 0 && resp.StatusCode == http.StatusBadRequest
	if body, ok := resp.Body.(*boundedBody); ok {
		r.head = bytes.TrimSpace(body.head)
	}
}

// isCutOff tells whether an answer broke off in its body.
func isCutOff(err error) bool {
	broken := errors.As(err, new(net.Error))
	return broken || errors.Is(err, io.ErrUnexpectedEOF)
}

// isForeign tells whether an answer comes from something else than S3, such as a
// proxy's page.
func (r refusal) isForeign() bool {
	if len(r.head) == 0 {
		return false
	}
	head := bytes.ToLower(r.head)
	return head[0] != '<' || bytes.HasPrefix(head, []byte("<html")) || bytes.HasPrefix(head, []byte("<!doctype"))
}

// describe says what S3 answered.
func (b *Bucket) describe(r refusal) string {
	var parts []string
	for _, p := range []string{r.code, r.message} {
		if p != "" && !strings.EqualFold(strings.ReplaceAll(p, " ", ""), strings.ReplaceAll(http.StatusText(r.status), " ", "")) {
			parts = append(parts, b.foreign(p))
		}
	}
	parts = append(parts, fmt.Sprintf("status %d", r.status))
	if r.requestID != "" {
		parts = append(parts, "request id "+b.foreign(r.requestID))
	}
	return strings.Join(parts, ", ")
}

// kind maps the answer to a request to a sentinel by its code and, where there
// is none, by its status. It is nil if S3 did not answer.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func (b *Bucket) kind(req request, r refusal) error {
	if r.isThrottled() {
		return ErrUnavailable
	}
	if req.operation == opGet && r.isEncryption() {
		return ErrEncrypted
	}
	if _, ok := b.secureEndpoint(r); ok {
		return ErrInvalid
	}
	if r.isFull() {
		return ErrForbidden
	}
	switch r.code {
	case "NoSuchBucket":
		return ErrNoBucket
	case "NotFound":
		if req.operation == opHead { // whose answer has no body, so that the code is the SDK's
			return ErrGone
		}
	case "NoSuchKey", "NoSuchVersion":
		if req.isListing() { // it names no key, so it was not understood
			return ErrInvalid
		}
		return ErrGone
	case "PreconditionFailed":
		return errPrecondition
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "TokenRefreshRequired":
		return ErrCredentials
	case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
		return ErrRegion
	case "AccessDenied", "AllAccessDisabled", "AccountProblem":
		return ErrForbidden
	case "MethodNotAllowed":
		if req.operation == opGet { // there is a delete marker by now
			return ErrGone
		}
		return ErrUnsupported
	case "NotImplemented":
		return ErrUnsupported
	case "InvalidObjectState":
		return ErrArchived
	case "RequestTimeTooSkewed", "OperationAborted", "ConditionalRequestConflict",
		"BadDigest", "IncompleteBody", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch": // damaged on the way
		return ErrUnavailable
	}
	return r.kindOfStatus()
}

func (r refusal) kindOfStatus() error {
	switch {
	case r.status == 0:
		return nil
	case r.status == http.StatusNotImplemented || r.status == http.StatusMethodNotAllowed:
		return ErrUnsupported
	case r.status >= 500 || r.status == http.StatusTooManyRequests || r.status == http.StatusRequestTimeout:
		return ErrUnavailable
	case r.status >= 300 && r.status < 400:
		return ErrRegion
	case r.status == http.StatusForbidden:
		return ErrForbidden
	case r.status >= 400:
		return ErrInvalid
	default:
		return nil // a 2xx whose body could not be read
	}
}

// errPrecondition says that an object has another ETag than the request allows.
// To callers of the package, the state that they asked for is gone.
var errPrecondition = fmt.Errorf("%w: it has another ETag", ErrGone)

// throttled are parts of the codes, in lower case, with which stores ask for fewer
// requests, beside those that the SDK knows.
var throttled = []string{"throttl", "slowdown", "ratelimit", "qpslimit", "toomanyrequests", "serverbusy"}

// isThrottled knows the codes of S3, of KMS and of stores, whatever the status.
func (r refusal) isThrottled() bool {
	code := strings.TrimPrefix(r.code, "KMS.")
	if _, ok := retry.DefaultThrottleErrorCodes[code]; ok {
		return true
	}
	if _, ok := retry.DefaultRetryableErrorCodes[code]; ok {
		return true
	}
	code = strings.ToLower(code)
	return slices.ContainsFunc(throttled, func(part string) bool { return strings.Contains(code, part) })
}

// isFull tells whether there is no room for an object: for the bucket, the
// account or the whole store. It does not pass without somebody's doing.
func (r refusal) isFull() bool {
	code := strings.ToLower(r.code)
	return r.status == http.StatusInsufficientStorage || strings.Contains(code, "quota") || strings.Contains(code, "storagefull") ||
		strings.Contains(code, "capexceeded") || strings.Contains(strings.ToLower(r.message), "storage cap exceeded")
}

// isEncryption tells whether the key of an object is the reason: of KMS, or one
// that the customer keeps.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
func (r refusal) isEncryption() bool {
	message := strings.ToLower(r.message)
	return r.isKMS() || r.status == http.StatusBadRequest &&
		(strings.Contains(message, "form of server side encryption") || strings.Contains(message, "correct parameters must be provided"))
}

// isKMS tells whether KMS has refused, for S3.
func (r refusal) isKMS() bool {
	if strings.HasPrefix(strings.ToUpper(r.code), "KMS") {
		return r.status < 500 || r.status == http.StatusNotImplemented
	}
	return r.code == "AccessDenied" && strings.Contains(r.message, "kms:")
}

// secureEndpoint returns the URL of the endpoint that plain http is redirected
// to, unless S3 has said that the bucket is in another region: without a body, the
// code is the SDK's.
func (b *Bucket) secureEndpoint(r refusal) (string, bool) {
	saysRegion := len(r.head) > 0 && (r.code == "PermanentRedirect" || r.code == "TemporaryRedirect")
	if saysRegion || r.status < 300 || r.status >= 400 || !strings.HasPrefix(strings.ToLower(b.endpoint), "http://") {
		return "", false
	}
	to, err := url.Parse(r.location)
	if err != nil || to.Scheme != "https" {
		return "", false
	}
	return "https://" + to.Host, true
}

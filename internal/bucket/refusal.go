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

// answer is what S3 said when it refused a request. Its strings are foreign.
type answer struct {
	status    int
	code      string
	message   string
	requestID string
	region    string // that the bucket is in, if S3 told
	location  string // that a redirect leads to
	head      []byte // the first bytes of the body
	isBare    bool   // it has no header at all
}

func readAnswer(err error) answer {
	var a answer
	var resp *awshttp.ResponseError
	answered := errors.As(err, &resp)
	if answered && resp.Response != nil && resp.Response.Response != nil {
		a.readHeader(resp.Response.Response)
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		a.code, a.message = api.ErrorCode(), strings.TrimSuffix(api.ErrorMessage(), ".")
	}
	if a.code == "" && isCutOff(err) && !a.isBare {
		return answer{} // its status does not tell the reason
	}
	if answered {
		a.status = resp.HTTPStatusCode()
		a.requestID = resp.ServiceRequestID()
	}
	return a
}

func (a *answer) readHeader(resp *http.Response) {
	a.region = resp.Header.Get("X-Amz-Bucket-Region")
	a.location = resp.Header.Get("Location")
	a.isBare = len(resp.Header) == 0 && resp.StatusCode == http.StatusBadRequest
	if body, ok := resp.Body.(*boundedBody); ok {
		a.head = bytes.TrimSpace(body.head)
	}
}

// isCutOff tells whether an answer broke off in its body.
func isCutOff(err error) bool {
	broken := errors.As(err, new(net.Error))
	return broken || errors.Is(err, io.ErrUnexpectedEOF)
}

// isForeign tells whether an answer comes from something else than S3, such as a
// proxy's page.
func (a answer) isForeign() bool {
	if len(a.head) == 0 {
		return false
	}
	head := bytes.ToLower(a.head)
	return head[0] != '<' || bytes.HasPrefix(head, []byte("<html")) || bytes.HasPrefix(head, []byte("<!doctype"))
}

// describe says what S3 answered.
func (b *Bucket) describe(a answer) string {
	var parts []string
	for _, p := range []string{a.code, a.message} {
		if p != "" && !strings.EqualFold(strings.ReplaceAll(p, " ", ""), strings.ReplaceAll(http.StatusText(a.status), " ", "")) {
			parts = append(parts, b.foreign(p))
		}
	}
	parts = append(parts, fmt.Sprintf("status %d", a.status))
	if a.requestID != "" {
		parts = append(parts, "request id "+b.foreign(a.requestID))
	}
	return strings.Join(parts, ", ")
}

// kind maps the answer to a request to a sentinel by its code and, where there
// is none, by its status. It is nil if S3 did not answer.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func (b *Bucket) kind(req request, a answer) error {
	if a.isThrottled() {
		return ErrUnavailable
	}
	if req.operation == opGet && a.isEncryption() {
		return ErrEncrypted
	}
	if _, ok := b.secureEndpoint(a); ok {
		return ErrInvalid
	}
	if a.isFull() {
		return ErrForbidden
	}
	switch a.code {
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
	return a.kindOfStatus()
}

func (a answer) kindOfStatus() error {
	switch {
	case a.status == 0:
		return nil
	case a.status == http.StatusNotImplemented || a.status == http.StatusMethodNotAllowed:
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

// errPrecondition says that an object has another ETag than the request allows.
// To callers of the package, the state that they asked for is gone.
var errPrecondition = fmt.Errorf("%w: it has another ETag", ErrGone)

// throttled are parts of the codes, in lower case, with which stores ask for fewer
// requests, beside those that the SDK knows.
var throttled = []string{"throttl", "slowdown", "ratelimit", "qpslimit", "toomanyrequests", "serverbusy"}

// isThrottled knows the codes of S3, of KMS and of stores, whatever the status.
func (a answer) isThrottled() bool {
	code := strings.TrimPrefix(a.code, "KMS.")
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
func (a answer) isFull() bool {
	code := strings.ToLower(a.code)
	return a.status == http.StatusInsufficientStorage || strings.Contains(code, "quota") || strings.Contains(code, "storagefull") ||
		strings.Contains(code, "capexceeded") || strings.Contains(strings.ToLower(a.message), "storage cap exceeded")
}

// isEncryption tells whether the key of an object is the reason: of KMS, or one
// that the customer keeps.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
func (a answer) isEncryption() bool {
	message := strings.ToLower(a.message)
	return a.isKMS() || a.status == http.StatusBadRequest &&
		(strings.Contains(message, "form of server side encryption") || strings.Contains(message, "correct parameters must be provided"))
}

// isKMS tells whether KMS has refused, for S3.
func (a answer) isKMS() bool {
	if strings.HasPrefix(strings.ToUpper(a.code), "KMS") {
		return a.status < 500 || a.status == http.StatusNotImplemented
	}
	return a.code == "AccessDenied" && strings.Contains(a.message, "kms:")
}

// secureEndpoint returns the URL of the endpoint that plain http is redirected
// to, unless S3 has said that the bucket is in another region: without a body, the
// code is the SDK's.
func (b *Bucket) secureEndpoint(a answer) (string, bool) {
	saysRegion := len(a.head) > 0 && (a.code == "PermanentRedirect" || a.code == "TemporaryRedirect")
	if saysRegion || a.status < 300 || a.status >= 400 || !strings.HasPrefix(strings.ToLower(b.endpoint), "http://") {
		return "", false
	}
	to, err := url.Parse(a.location)
	if err != nil || to.Scheme != "https" {
		return "", false
	}
	return "https://" + to.Host, true
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// The hints that several errors have.
const (
	notS3        = "the endpoint answers with something else than S3: check aws.endpoint"
	bucketInPath = "; aws.endpoint must not hold the bucket's name"
	useHTTPS     = "; the endpoint expects https: set aws.endpoint to https://"
)

// hint says what to do about a refusal.
func (b *Bucket) hint(kind error, req request, r refusal) string {
	secure, redirected := b.secureEndpoint(r)
	switch {
	case b.expectsHTTPS(r):
		return useHTTPS + b.endpointHost()
	case redirected:
		return "; the endpoint redirects to https: set aws.endpoint to " + b.foreign(secure)
	case errors.Is(kind, ErrArchived):
		return "; restore it, or choose a prefix without it"
	case errors.Is(kind, ErrUnavailable):
		return ""
	case req.isWrite() && !r.isForeign() && r.writeHint() != "":
		return r.writeHint()
	case r.isKMS():
		return b.kmsHint(r)
	case errors.Is(kind, ErrEncrypted):
		return "; it is encrypted with a key of the customer (SSE-C), which the connector does not have"
	case req.isListing() && (r.code == "NoSuchKey" || r.status == http.StatusNotFound && b.endpointHoldsBucket()):
		return bucketInPath
	case r.isForeign():
		return "; " + notS3
	case errors.Is(kind, ErrForbidden):
		return forbiddenHint(req, r)
	case errors.Is(kind, ErrCredentials):
		return "; check aws.accessKeyId and aws.secretAccessKey"
	case errors.Is(kind, ErrNoBucket) && b.endpointHoldsBucket():
		return bucketInPath
	case errors.Is(kind, ErrNoBucket):
		return "; check aws.bucket, aws.region and aws.endpoint"
	case errors.Is(kind, ErrRegion) && r.region != "":
		return fmt.Sprintf("; the bucket is in %s: set aws.region to it", quoted(r.region))
	case errors.Is(kind, ErrRegion):
		return "; set aws.region to the region that the bucket is in"
	default:
		return ""
	}
}

// s3Action finds the action that S3 has refused, if the answer names it.
var s3Action = regexp.MustCompile(`perform: (s3:[A-Z][A-Za-z]{1,40})`)

// kmsAction finds the action that KMS has refused.
var kmsAction = regexp.MustCompile(`kms:[A-Z][A-Za-z]{1,40}`)

func (b *Bucket) kmsHint(r refusal) string {
	if r.code != "AccessDenied" {
		return "; the KMS key that it is encrypted with can't be used: it must exist, be enabled, and not be scheduled for deletion"
	}
	action := kmsAction.FindString(r.message)
	if action == "" {
		action = "kms:Decrypt"
	}
	return fmt.Sprintf("; the policy of the KMS key, and the IAM policy, must allow %s", action)
}

func forbiddenHint(req request, r refusal) string {
	message, action := strings.ToLower(r.message), req.action
	if named := s3Action.FindStringSubmatch(r.message); named != nil {
		action = named[1]
	}
	switch {
	case r.code != "AccessDenied" && r.code != "Forbidden" && r.code != "":
		return ""
	case strings.Contains(message, "requester pay"), strings.Contains(message, "request payer"), strings.Contains(message, "requestpayer"):
		return fmt.Sprintf("; the IAM policy must allow %s, or the bucket is requester-pays or its policy denies this", action)
	case strings.Contains(message, "explicit deny") && req.isWrite():
		return fmt.Sprintf("; a policy denies %s explicitly: see the IAM policy and the bucket's, which may ask for serverSideEncryption, kmsKeyId, acl or storageClass", action)
	case strings.Contains(message, "explicit deny"):
		return fmt.Sprintf("; a policy denies %s explicitly: see the IAM policy and the bucket's", action)
	default:
		return fmt.Sprintf("; the IAM policy must allow %s", action)
	}
}

// malformedHint says what to do about an answer that is not S3's.
func (b *Bucket) malformedHint(err error) string {
	switch {
	case errors.Is(err, errOtherListing):
		return ""
	case b.endpointHoldsBucket():
		return bucketInPath
	case errors.Is(err, errListing), errors.Is(err, errXML), errors.Is(err, errEmpty):
		return "; " + notS3
	default:
		return ""
	}
}

// networkHint says what to do about a connection that can't be made.
func (b *Bucket) networkHint(err error) string {
	authority := errors.As(err, new(x509.UnknownAuthorityError))
	host := errors.As(err, new(x509.HostnameError))
	invalid := errors.As(err, new(x509.CertificateInvalidError))
	var dns *net.DNSError
	lookup := errors.As(err, &dns)
	switch {
	case isSchemeMismatch(err):
		return "; the endpoint does not speak https: set aws.endpoint to http://" + b.endpointHost()
	case authority:
		return "; the certificate of aws.endpoint is not trusted: add its authority to the system's certificate store"
	case host, invalid:
		return "; the certificate is not valid for aws.endpoint: check both"
	case lookup && dns.IsNotFound && b.endpoint == "":
		return "; check aws.region and aws.bucket, or set aws.endpoint"
	case lookup && dns.IsNotFound:
		return "; check aws.endpoint"
	default:
		return ""
	}
}

// isSchemeMismatch tells whether https was spoken to a port of plain http.
func isSchemeMismatch(err error) bool { return errors.Is(err, http.ErrSchemeMismatch) }

// expectsHTTPS tells whether plain http was spoken to a port of https.
func (b *Bucket) expectsHTTPS(r refusal) bool {
	if r.status != http.StatusBadRequest || !strings.HasPrefix(strings.ToLower(b.endpoint), "http://") {
		return false
	}
	head := strings.ToLower(string(r.head))
	return r.isBare || // Go, whose connection may break before its body has come
		strings.Contains(head, "http request to an https server") || // Go
		strings.Contains(head, "plain http request was sent to https port") || // nginx
		strings.Contains(head, "speaking plain http to an ssl-enabled server") // Apache
}

// endpointHost returns the host of aws.endpoint, for a URL with another scheme.
func (b *Bucket) endpointHost() string {
	if u, err := url.Parse(b.endpoint); err == nil && u.Host != "" {
		return u.Host
	}
	return "…"
}

// endpointHoldsBucket tells whether the path of aws.endpoint ends with the
// bucket's name, which would come twice in each request then.
func (b *Bucket) endpointHoldsBucket() bool {
	u, err := url.Parse(b.endpoint)
	return err == nil && b.endpoint != "" && path.Base(u.Path) == b.name
}

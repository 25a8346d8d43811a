// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm      = "AWS4-HMAC-SHA256"
	amzTime        = "20060102T150405Z"
	maxSkew        = 15 * time.Minute
	globalEndpoint = "us-east-1" // the region that AWS's global endpoint is in
)

// authorization is a parsed Authorization header of Signature Version 4.
type authorization struct {
	accessKey, date, region string
	signedHeaders           []string
	signature               string
}

// authenticate checks who sends the request and that the signature is theirs,
// in AWS's order: form, access key, region, time, signature. A request without
// a signature stays anonymous.
func (c *call) authenticate() error {
	header := c.r.Header.Get("Authorization")
	if header == "" {
		return nil
	}
	auth, ok := parseAuthorization(header)
	if !ok {
		return failure(http.StatusBadRequest, "AuthorizationHeaderMalformed",
			"The authorization header that you provided is not valid.")
	}
	identity := slices.IndexFunc(c.server.config.Credentials, func(known Credentials) bool {
		return known.AccessKeyID == auth.accessKey
	})
	if identity < 0 {
		return failure(http.StatusForbidden, "InvalidAccessKeyId",
			"The AWS Access Key Id you provided does not exist in our records.").with("AWSAccessKeyId", auth.accessKey)
	}
	known := c.server.config.Credentials[identity]
	if token := c.r.Header.Get("X-Amz-Security-Token"); token != known.SessionToken {
		return failure(http.StatusBadRequest, "InvalidToken", "The provided token is malformed or otherwise invalid.")
	}
	if err := c.checkRegion(auth.region); err != nil {
		return err
	}
	if err := c.checkTime(); err != nil {
		return err
	}
	if !hmac.Equal([]byte(auth.signature), []byte(auth.sign(c.r, known.SecretAccessKey))) {
		return failure(http.StatusForbidden, "SignatureDoesNotMatch",
			"The request signature we calculated does not match the signature you provided. "+
				"Check your key and signing method.").with("AWSAccessKeyId", auth.accessKey)
	}
	c.accessKey = auth.accessKey
	return nil
}

func parseAuthorization(header string) (authorization, bool) {
	var auth authorization
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return auth, false
	}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			scope := strings.Split(value, "/")
			n := len(scope)
			if n < 5 || scope[n-2] != "s3" || scope[n-1] != "aws4_request" {
				return auth, false
			}
			auth.accessKey, auth.date, auth.region = strings.Join(scope[:n-4], "/"), scope[n-4], scope[n-3]
		case "SignedHeaders":
			auth.signedHeaders = strings.Split(value, ";")
		case "Signature":
			auth.signature = value
		}
	}
	return auth, auth.accessKey != "" && len(auth.signedHeaders) > 0 && auth.signature != ""
}

// checkRegion compares the region that a request is signed for with the
// bucket's. What AWS answers depends on the endpoint: a regional one redirects
// to the bucket's own, the global one and those without a region refuse.
func (c *call) checkRegion(signed string) error {
	c.server.mu.RLock()
	defer c.server.mu.RUnlock()
	want := c.server.config.Region
	b := c.server.buckets[c.request.Bucket]
	endpoint := endpointRegion(hostOf(c.r))
	switch {
	case b != nil:
		want = b.region
	case endpoint != "":
		want = endpoint
	}
	if signed == want {
		return nil
	}
	header := ""
	if b != nil {
		header = b.region
		if endpoint == signed && endpoint != globalEndpoint {
			return failure(http.StatusMovedPermanently, "PermanentRedirect",
				"The bucket you are attempting to access must be addressed using the specified endpoint. "+
					"Please send all future requests to this endpoint.").
				with("Endpoint", b.name+".s3."+b.region+".amazonaws.com").with("Bucket", b.name).
				withHeader("X-Amz-Bucket-Region", header)
		}
	}
	return failure(http.StatusBadRequest, "AuthorizationHeaderMalformed",
		"The authorization header is malformed; the region '%s' is wrong; expecting '%s'", signed, want).
		with("Region", want).withHeader("X-Amz-Bucket-Region", header)
}

// endpointRegion is the region in the name of one of AWS's endpoints, or "".
func endpointRegion(host string) string {
	rest, ok := strings.CutSuffix(host, ".amazonaws.com")
	if !ok {
		return ""
	}
	if i := strings.LastIndex(rest, "s3."); i >= 0 {
		return strings.TrimPrefix(rest[i+len("s3."):], "dualstack.")
	}
	return globalEndpoint
}

func (c *call) checkTime() error {
	if !c.server.config.CheckSkew {
		return nil
	}
	signed, err := time.Parse(amzTime, c.r.Header.Get("X-Amz-Date"))
	if err != nil {
		return failure(http.StatusForbidden, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
	}
	if c.now.Sub(signed).Abs() > maxSkew {
		return failure(http.StatusForbidden, "RequestTimeTooSkewed",
			"The difference between the request time and the current time is too large.").
			with("RequestTime", c.r.Header.Get("X-Amz-Date")).
			with("ServerTime", c.now.UTC().Format(time.RFC3339)).
			with("MaxAllowedSkewMilliseconds", strconv.FormatInt(maxSkew.Milliseconds(), 10))
	}
	return nil
}

// sign computes the signature that a request should bear.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
func (auth authorization) sign(r *http.Request, secret string) string {
	canonical := strings.Join([]string{
		r.Method,
		canonicalPath(r.URL.EscapedPath()),
		canonicalQuery(r.URL.Query()),
		auth.canonicalHeaders(r),
		strings.Join(auth.signedHeaders, ";"),
		r.Header.Get("X-Amz-Content-Sha256"),
	}, "\n")
	digest := sha256.Sum256([]byte(canonical))
	scope := auth.date + "/" + auth.region + "/s3/aws4_request"
	text := strings.Join([]string{algorithm, r.Header.Get("X-Amz-Date"), scope, hex.EncodeToString(digest[:])}, "\n")

	key := []byte("AWS4" + secret)
	for _, part := range []string{auth.date, auth.region, "s3", "aws4_request", text} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key)
}

func (auth authorization) canonicalHeaders(r *http.Request) string {
	var lines strings.Builder
	for _, name := range auth.signedHeaders {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = canonicalHost(r)
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		lines.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	return lines.String()
}

// canonicalHost leaves the scheme's own port out, as clients do.
func canonicalHost(r *http.Request) string {
	host := hostOf(r)
	if r.URL.Scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// canonicalPath encodes each segment of a path afresh.
func canonicalPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = uriEncode(unescape(segment))
	}
	return strings.Join(segments, "/")
}

func canonicalQuery(query url.Values) string {
	var pairs []string
	for name, values := range query {
		for _, value := range values {
			pairs = append(pairs, uriEncode(name)+"="+uriEncode(value))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// uriEncode encodes as the signature's specification asks for.
func uriEncode(s string) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for i := range len(s) {
		b := s[i]
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9',
			b == '-', b == '.', b == '_', b == '~':
			out.WriteByte(b)
		default:
			out.WriteByte('%')
			out.WriteByte(digits[b>>4])
			out.WriteByte(digits[b&15])
		}
	}
	return out.String()
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"net/http"
	"strings"
	"time"
)

// matches compares an ETag with the list in a condition's header.
func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.Trim(part, `"`) == etag {
			return true
		}
	}
	return false
}

// ifMatch is the condition that the current ETag has to meet, or "" if there is
// none.
func (c *call) ifMatch() string {
	if c.server.config.IgnoresIfMatch {
		return ""
	}
	return c.r.Header.Get("If-Match")
}

// readConditions checks the conditions of GET and HEAD. The ETags' take
// precedence over those of time.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func (c *call) readConditions(v *version) *apiError {
	header, modified := c.r.Header, v.modified.Truncate(time.Second)
	ifMatch, ifNoneMatch := c.ifMatch(), header.Get("If-None-Match")
	if ifMatch != "" && (c.server.config.IfMatchFails || !matches(ifMatch, v.etag)) {
		return preconditionFailed("If-Match")
	}
	if since, err := http.ParseTime(header.Get("If-Unmodified-Since")); err == nil && ifMatch == "" && modified.After(since) {
		return preconditionFailed("If-Unmodified-Since")
	}
	notModified := &apiError{Status: http.StatusNotModified, Code: "NotModified"}
	if ifNoneMatch != "" {
		if matches(ifNoneMatch, v.etag) {
			return notModified
		}
		return nil
	}
	if since, err := http.ParseTime(header.Get("If-Modified-Since")); err == nil && !modified.After(since) {
		return notModified
	}
	return nil
}

// mayWrite checks the conditions of PutObject and CompleteMultipartUpload.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
func (c *call) mayWrite() error {
	ifMatch, ifNoneMatch := c.ifMatch(), c.r.Header.Get("If-None-Match")
	v := c.bucket.current(c.request.Key)
	exists := v != nil && !v.marker
	switch {
	case ifNoneMatch != "" && ifNoneMatch != "*":
		return notImplemented("If-None-Match")
	case ifNoneMatch == "*" && exists:
		return preconditionFailed("If-None-Match")
	case ifMatch != "" && !exists:
		return noSuchKey(c.request.Key)
	case ifMatch != "" && !matches(ifMatch, v.etag):
		return preconditionFailed("If-Match")
	}
	return nil
}

// mayDelete checks the condition of a delete.
func (c *call) mayDelete(key, ifMatch string) error {
	if ifMatch == "" {
		return nil
	}
	v := c.bucket.current(key)
	if v == nil || v.marker {
		return noSuchKey(key)
	}
	if !matches(ifMatch, v.etag) {
		return preconditionFailed("If-Match")
	}
	return nil
}

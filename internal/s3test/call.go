// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// call is one request on its way through the server.
type call struct {
	server  *Server
	r       *http.Request
	op      operation
	request Request
	query   url.Values
	now     time.Time
	id      string // the request's id

	accessKey string
	payload   payload
	bucket    *bucket // set unless the operation makes it
}

func (s *Server) newCall(r *http.Request) *call {
	c := &call{server: s, r: r, query: r.URL.Query(), now: s.config.Clock(), id: fmt.Sprintf("%016X", s.sequence.Add(1)*idOdd)}
	name, key := address(r)
	c.op = route(r, name, key, c.query)
	c.request = Request{
		Op: c.op.name, Bucket: name, Key: key, VersionID: c.query.Get("versionId"), Query: c.query,
		Attempt: attempt(r.Header.Get("Amz-Sdk-Request")), Time: c.now, Header: r.Header,
	}
	return c
}

// address finds bucket and key, in the host or in the path.
func address(r *http.Request) (bucket, key string) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/")
	host := hostOf(r)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	switch {
	case strings.HasSuffix(host, ".amazonaws.com") && strings.Contains(host, ".s3."):
		bucket = host[:strings.LastIndex(host, ".s3.")]
	case strings.HasSuffix(host, ".localhost"):
		bucket = strings.TrimSuffix(host, ".localhost")
	default:
		bucket, path, _ = strings.Cut(path, "/")
	}
	return unescape(bucket), unescape(path)
}

func hostOf(r *http.Request) string {
	if r.Host != "" {
		return r.Host
	}
	return r.URL.Host
}

func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// attempt reads the AWS client's header, for example "attempt=2; max=3".
func attempt(header string) int {
	for part := range strings.SplitSeq(header, ";") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(part), "attempt="); ok {
			if n, err := strconv.Atoi(value); err == nil {
				return n
			}
		}
	}
	return 1
}

// handle does what the request asks for, after the checks that AWS makes.
func (c *call) handle(raw []byte) *answer {
	a, err := c.try(raw)
	if err != nil {
		return c.failure(asAPIError(err))
	}
	return a
}

func (c *call) try(raw []byte) (*answer, error) {
	if c.op.handle == nil {
		return nil, notImplemented(c.r.Method + " " + c.r.URL.RequestURI())
	}
	if err := c.authenticate(); err != nil {
		return nil, err
	}
	var err error
	if c.payload, err = readPayload(c.r, raw); err != nil {
		return nil, err
	}
	if len(c.request.Key) > 1024 {
		return nil, failure(http.StatusBadRequest, "KeyTooLongError", "Your key is too long").
			with("Size", strconv.Itoa(len(c.request.Key))).with("MaxSizeAllowed", "1024")
	}
	if c.op.writes {
		c.server.mu.Lock()
		defer c.server.mu.Unlock()
	} else {
		c.server.mu.RLock()
		defer c.server.mu.RUnlock()
	}
	c.bucket = c.server.buckets[c.request.Bucket]
	if c.bucket == nil && !c.op.makesBucket {
		return nil, noSuchBucket(c.request.Bucket)
	}
	if err := c.authorize(); err != nil {
		return nil, err
	}
	return c.op.handle(c)
}

// authorize checks the permission that the operation needs.
func (c *call) authorize() error {
	public := c.op.public && c.bucket != nil && c.bucket.public
	if c.accessKey == "" && !public {
		return accessDenied()
	}
	action := c.op.action
	if c.request.VersionID != "" && c.op.versionAction != "" {
		action = c.op.versionAction
	}
	return c.need(action)
}

// need fails if the identity lacks a permission.
func (c *call) need(action string) error {
	if !c.server.denies(action) {
		return nil
	}
	resource := c.request.Bucket
	if c.request.Key != "" {
		resource += "/" + c.request.Key
	}
	return notAuthorized(c.accessKey, action, resource)
}

// sequence returns the next number in the order of all writes.
func (c *call) sequence() uint64 { return c.server.sequence.Add(1) }

// answer begins an answer with what each of S3's answers bears.
func (c *call) answer(status int) *answer {
	header := http.Header{}
	header.Set("Date", c.now.Add(c.server.config.DateOffset).UTC().Format(http.TimeFormat))
	if c.server.config.NoDate {
		header["Date"] = nil // else net/http sets it
	}
	header.Set("Server", "AmazonS3")
	header.Set("X-Amz-Request-Id", c.id)
	header.Set("X-Amz-Id-2", hostID(c.id))
	return &answer{status: status, header: header}
}

func hostID(requestID string) string { return "host+" + requestID + "=" }

// xml answers 200 with a document.
func (c *call) xml(document any) (*answer, error) {
	content, err := xml.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("answer %s: %w", c.op.name, err)
	}
	a := c.answer(http.StatusOK)
	a.header.Set("Content-Type", "application/xml")
	a.body = append([]byte(xml.Header), content...)
	return a, nil
}

// decode reads the request's XML.
func (c *call) decode(document any) error {
	if len(bytes.TrimSpace(c.payload.content)) == 0 || xml.Unmarshal(c.payload.content, document) != nil {
		return malformedXML()
	}
	return nil
}

// failure answers an error.
func (c *call) failure(e *apiError) *answer {
	a := c.answer(e.Status)
	maps.Copy(a.header, e.Header)
	if c.r.Method == http.MethodHead || e.Status == http.StatusNotModified {
		return a
	}
	document := errorXML{Code: e.Code, Message: e.Message, Fields: e.Fields, RequestID: c.id, HostID: hostID(c.id)}
	content, err := xml.Marshal(document)
	if err != nil {
		content = []byte(err.Error())
	}
	a.header.Set("Content-Type", "application/xml")
	a.body = append([]byte(xml.Header), content...)
	return a
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"encoding/hex"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	metaPrefix  = "X-Amz-Meta-"
	maxMetadata = 2048
	classHeader = "X-Amz-Storage-Class"
)

// answeredHeaders are kept with an object and answered by GET and HEAD;
// keptHeaders are kept for a test to look at.
func answeredHeaders() []string {
	return []string{
		"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires",
		classHeader, "X-Amz-Server-Side-Encryption", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id",
		"X-Amz-Server-Side-Encryption-Bucket-Key-Enabled", "X-Amz-Website-Redirect-Location",
		"X-Amz-Object-Lock-Mode", "X-Amz-Object-Lock-Retain-Until-Date", "X-Amz-Object-Lock-Legal-Hold",
	}
}

func keptHeaders() []string {
	return append(answeredHeaders(), "X-Amz-Acl", "X-Amz-Tagging", "X-Amz-Expected-Bucket-Owner")
}

// attributes reads from a request what describes an object beside its bytes.
func attributes(header http.Header) (http.Header, map[string]string, error) {
	kept, metadata, size := http.Header{}, map[string]string{}, 0
	for _, name := range keptHeaders() {
		if value := header.Get(name); value != "" {
			kept.Set(name, value)
		}
	}
	setEncoding(kept)
	for name, values := range header {
		if key, ok := strings.CutPrefix(name, metaPrefix); ok {
			key, value := strings.ToLower(key), strings.Join(values, ",")
			metadata[key] = value
			size += len(key) + len(value)
		}
	}
	if size > maxMetadata {
		return nil, nil, failure(http.StatusBadRequest, "MetadataTooLarge",
			"Your metadata headers exceed the maximum allowed metadata size").
			with("Size", strconv.Itoa(size)).with("MaxSizeAllowed", strconv.Itoa(maxMetadata))
	}
	return kept, metadata, nil
}

// setEncoding takes aws-chunked, the encoding of the transfer, out of the
// encoding of the content.
func setEncoding(kept http.Header) {
	codings := strings.Split(kept.Get("Content-Encoding"), ",")
	codings = slices.DeleteFunc(codings, func(coding string) bool {
		coding = strings.TrimSpace(coding)
		return coding == "" || coding == chunked
	})
	kept.Del("Content-Encoding")
	if len(codings) > 0 {
		kept.Set("Content-Encoding", strings.TrimSpace(strings.Join(codings, ",")))
	}
}

func putObject(c *call) (*answer, error) {
	if err := c.mayWrite(); err != nil {
		return nil, err
	}
	if err := c.verifiable(); err != nil {
		return nil, err
	}
	header, metadata, err := attributes(c.r.Header)
	if err != nil {
		return nil, err
	}
	v := &version{
		sequence: c.sequence(), modified: c.now, body: c.payload.content,
		etag: hex.EncodeToString(c.payload.md5[:]), header: header, metadata: metadata, checksum: c.payload.checksum,
	}
	if v.checksum.algorithm == "" {
		v.checksum = sum(crc64nvme, v.body)
	}
	v.checksum = c.kept(v.checksum)
	c.bucket.add(c.request.Key, v, c.now)
	a := c.stored(v)
	v.checksum.set(a.header)
	return a, nil
}

// verifiable refuses an upload without a digest to a bucket with Object Lock.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
func (c *call) verifiable() error {
	if c.bucket.locked && c.payload.checksum.algorithm == "" && c.r.Header.Get("Content-Md5") == "" {
		return invalidRequest("Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")
	}
	return nil
}

// stored answers a write.
func (c *call) stored(v *version) *answer {
	a := c.answer(http.StatusOK)
	a.header.Set("ETag", quote(v.etag))
	c.setVersion(a, v)
	encryption(a.header, v)
	return a
}

func (c *call) setVersion(a *answer, v *version) {
	if id := c.bucket.shownID(v); id != "" {
		a.header.Set("X-Amz-Version-Id", id)
	}
}

// encryption says how an object is encrypted: since 2023 each one is.
func encryption(header http.Header, v *version) {
	if header.Get("X-Amz-Server-Side-Encryption") != "" {
		return
	}
	kind := v.header.Get("X-Amz-Server-Side-Encryption")
	if kind == "" {
		kind = "AES256"
	}
	header.Set("X-Amz-Server-Side-Encryption", kind)
}

// lookup finds the version that GET or HEAD asks for.
func (c *call) lookup() (*version, error) {
	key, id := c.request.Key, c.request.VersionID
	if id == "" {
		v := c.bucket.current(key)
		if v != nil && !v.marker {
			return v, c.readable(v)
		}
		if err := c.need("s3:ListBucket"); err != nil {
			return nil, err // without it AWS does not tell what is missing
		}
		if v == nil {
			return nil, noSuchKey(key)
		}
		return nil, noSuchKey(key).withHeader("X-Amz-Delete-Marker", "true").withHeader("X-Amz-Version-Id", v.id())
	}
	if !c.server.validVersionID(id) {
		return nil, invalidArgument("versionId", id, "Invalid version id specified")
	}
	v := c.bucket.find(key, id)
	if v == nil {
		return nil, noSuchVersion(key, id)
	}
	if v.marker {
		return nil, failure(http.StatusMethodNotAllowed, "MethodNotAllowed",
			"The specified method is not allowed against this resource.").
			with("Method", c.r.Method).with("ResourceType", "DeleteMarker").
			withHeader("Allow", "DELETE").withHeader("X-Amz-Delete-Marker", "true").
			withHeader("X-Amz-Version-Id", v.id()).
			withHeader("Last-Modified", v.modified.UTC().Format(http.TimeFormat))
	}
	return v, c.readable(v)
}

// readable refuses what listings show before it can be read.
func (c *call) readable(v *version) error {
	if since := c.now.Sub(v.written); since >= 0 && since < c.server.config.ListedBeforeReadable { // the clock may go back
		return noSuchKey(c.request.Key)
	}
	return nil
}

func getObject(c *call) (*answer, error) {
	v, err := c.lookup()
	if err != nil {
		return nil, err
	}
	if v.archived(c.now) && !c.server.config.ReadsArchived {
		return nil, invalidObjectState(storageClass(v))
	}
	a, err := c.read(v)
	if err == nil && c.server.config.Decompresses {
		c.decompress(a)
	}
	return a, err
}

func headObject(c *call) (*answer, error) {
	v, err := c.lookup()
	if err != nil {
		return nil, err
	}
	a, err := c.read(v)
	if err != nil {
		return nil, err
	}
	a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
	return a, nil
}

// read answers an object, or the part of it that is asked for, if the
// conditions hold.
func (c *call) read(v *version) (*answer, error) {
	if err := c.readConditions(v); err != nil {
		return nil, err.withHeader("ETag", quote(v.etag))
	}
	a := c.describe(v)
	a.body = v.body
	if err := c.cut(a, v); err != nil {
		return nil, err
	}
	return a, nil
}

// describe answers the headers of an object.
func (c *call) describe(v *version) *answer {
	a := c.answer(http.StatusOK)
	for _, name := range answeredHeaders() {
		if value := v.header.Get(name); value != "" {
			a.header.Set(name, value)
		}
	}
	for key, value := range v.metadata {
		a.header.Set(metaPrefix+key, mime.BEncoding.Encode("UTF-8", value))
	}
	if a.header.Get("Content-Type") == "" {
		a.header.Set("Content-Type", "binary/octet-stream")
	}
	a.header.Set("ETag", quote(v.etag))
	a.header.Set("Last-Modified", v.modified.UTC().Format(http.TimeFormat))
	a.header.Set("Accept-Ranges", "bytes")
	c.setVersion(a, v)
	encryption(a.header, v)
	v.restore.set(a.header)
	return a
}

// cut answers the bytes that the Range header asks for and, for the whole
// object, its checksum.
func (c *call) cut(a *answer, v *version) error {
	first, end, ok, err := parseRange(c.r.Header.Get("Range"), len(v.body))
	if err != nil {
		return err
	}
	if ok {
		a.status = http.StatusPartialContent
		a.header.Set("Content-Range", "bytes "+strconv.Itoa(first)+"-"+strconv.Itoa(end-1)+"/"+strconv.Itoa(len(v.body)))
		a.body = v.body[first:end]
		return nil
	}
	if strings.EqualFold(c.r.Header.Get("X-Amz-Checksum-Mode"), "ENABLED") {
		checksum := v.checksum
		if checksum.algorithm == "" {
			checksum = c.kept(sum(crc64nvme, v.body))
		}
		checksum.set(a.header)
	}
	return nil
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	maxParts    = 10000
	minPartSize = 5 << 20
)

// upload is a multipart upload in progress.
type upload struct {
	id        string
	key       string
	sequence  uint64 // of its initiation
	initiated time.Time
	header    http.Header
	metadata  map[string]string
	algorithm string // what the parts' checksums are; empty if the client did not say
	composite bool
	parts     map[int]part
}

type part struct {
	content  []byte
	md5      []byte
	checksum checksum
}

func (p part) etag() string { return hex.EncodeToString(p.md5) }

func (c *call) upload() (*upload, error) {
	u := c.bucket.uploads[c.query.Get("uploadId")]
	if u == nil || u.key != c.request.Key {
		return nil, noSuchUpload(c.query.Get("uploadId"))
	}
	return u, nil
}

// initiate begins an upload. Upload ids of a bucket ascend in time.
func (b *bucket) initiate(key string, sequence uint64, now time.Time) *upload {
	u := &upload{
		id: fmt.Sprintf("%016x.%s", sequence, versionID(sequence)), key: key, sequence: sequence, initiated: now,
		parts: map[int]part{},
	}
	b.uploads[u.id] = u
	b.ordered.Store(nil)
	return u
}

// end takes an upload out of those in progress.
func (b *bucket) end(id string) {
	delete(b.uploads, id)
	b.ordered.Store(nil)
}

type initiatedXML struct {
	XMLName   xml.Name `xml:"InitiateMultipartUploadResult"`
	Namespace string   `xml:"xmlns,attr"`
	Bucket    string
	Key       text
	UploadID  string `xml:"UploadId"`
}

func createMultipartUpload(c *call) (*answer, error) {
	header, metadata, err := attributes(c.r.Header)
	if err != nil {
		return nil, err
	}
	algorithm := strings.ToUpper(c.r.Header.Get("X-Amz-Checksum-Algorithm"))
	if algorithm != "" && newHash(algorithm) == nil {
		return nil, invalidRequest("Checksum algorithm provided is unsupported.")
	}
	kind := c.r.Header.Get("X-Amz-Checksum-Type")
	composite := algorithm != "" && algorithm != crc64nvme && kind != typeFullObject
	if kind == typeComposite && !composite || kind == typeFullObject && strings.HasPrefix(algorithm, "SHA") {
		return nil, invalidRequest("The %s checksum type cannot be used with the %s checksum algorithm.",
			kind, strings.ToLower(algorithm))
	}
	u := c.bucket.initiate(c.request.Key, c.sequence(), c.now)
	u.header, u.metadata, u.algorithm, u.composite = header, metadata, algorithm, composite

	a, err := c.xml(initiatedXML{Namespace: xmlNamespace, Bucket: c.bucket.name, Key: text(u.key), UploadID: u.id})
	if err == nil && algorithm != "" {
		a.header.Set("X-Amz-Checksum-Algorithm", algorithm)
		a.header.Set("X-Amz-Checksum-Type", checksum{composite: composite}.kind())
	}
	return a, err
}

func uploadPart(c *call) (*answer, error) {
	u, err := c.upload()
	if err != nil {
		return nil, err
	}
	if err := c.verifiable(); err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(c.query.Get("partNumber"))
	if err != nil || number < 1 || number > maxParts {
		return nil, invalidArgument("partNumber", c.query.Get("partNumber"),
			"Part number must be an integer between 1 and 10000, inclusive")
	}
	sent := c.payload.checksum
	if u.algorithm != "" && sent.algorithm != "" && sent.algorithm != u.algorithm {
		return nil, invalidRequest("Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s",
			strings.ToLower(u.algorithm), strings.ToLower(sent.algorithm))
	}
	if u.composite && sent.algorithm == "" {
		return nil, invalidRequest("Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: null",
			strings.ToLower(u.algorithm))
	}
	p := part{content: c.payload.content, md5: c.payload.md5[:], checksum: sent}
	u.parts[number] = p
	a := c.answer(http.StatusOK)
	a.header.Set("ETag", quote(p.etag()))
	if sent.algorithm != "" {
		a.header.Set(checksumHeader(sent.algorithm), sent.value)
	}
	return a, nil
}

func abortMultipartUpload(c *call) (*answer, error) {
	u, err := c.upload()
	if err != nil {
		return nil, err
	}
	c.bucket.end(u.id)
	return c.answer(http.StatusNoContent), nil
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type completeXML struct {
	XMLName xml.Name       `xml:"CompleteMultipartUpload"`
	Parts   []completePart `xml:"Part"`
}

type completePart struct {
	PartNumber        int
	ETag              string
	ChecksumCRC32     string
	ChecksumCRC32C    string
	ChecksumCRC64NVME string
	ChecksumSHA1      string
	ChecksumSHA256    string
}

func (p completePart) checksum(algorithm string) string {
	switch algorithm {
	case "CRC32":
		return p.ChecksumCRC32
	case "CRC32C":
		return p.ChecksumCRC32C
	case crc64nvme:
		return p.ChecksumCRC64NVME
	case "SHA1":
		return p.ChecksumSHA1
	case "SHA256":
		return p.ChecksumSHA256
	}
	return ""
}

type completedXML struct {
	XMLName           xml.Name `xml:"CompleteMultipartUploadResult"`
	Namespace         string   `xml:"xmlns,attr"`
	Location          string
	Bucket            string
	Key               text
	ETag              text
	ChecksumCRC32     string `xml:",omitempty"`
	ChecksumCRC32C    string `xml:",omitempty"`
	ChecksumCRC64NVME string `xml:",omitempty"`
	ChecksumSHA1      string `xml:",omitempty"`
	ChecksumSHA256    string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

// completeMultipartUpload makes an object of an upload's parts.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
func completeMultipartUpload(c *call) (*answer, error) {
	u, err := c.upload()
	if err != nil {
		return nil, err
	}
	var asked completeXML
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	if err := c.mayWrite(); err != nil {
		return nil, err
	}
	v, err := u.assemble(asked.Parts)
	if err != nil {
		return nil, err
	}
	if err := c.checkWhole(v); err != nil {
		return nil, err
	}
	v.checksum = c.kept(v.checksum)
	c.server.finish(c.bucket, u, v, c.now)
	result := completedXML{
		Namespace: xmlNamespace, Location: c.r.URL.Path, Bucket: c.bucket.name, Key: text(u.key), ETag: text(quote(v.etag)),
	}
	result.setChecksum(v.checksum)
	a, err := c.xml(result)
	if err == nil {
		c.setVersion(a, v)
		encryption(a.header, v)
	}
	return a, err
}

func (r *completedXML) setChecksum(sent checksum) {
	if sent.algorithm != "" {
		r.ChecksumType = sent.kind()
	}
	switch sent.algorithm {
	case "CRC32":
		r.ChecksumCRC32 = sent.value
	case "CRC32C":
		r.ChecksumCRC32C = sent.value
	case crc64nvme:
		r.ChecksumCRC64NVME = sent.value
	case "SHA1":
		r.ChecksumSHA1 = sent.value
	case "SHA256":
		r.ChecksumSHA256 = sent.value
	}
}

// checkWhole compares what the client says about the whole object.
func (c *call) checkWhole(v *version) error {
	if size := c.r.Header.Get("X-Amz-Mp-Object-Size"); size != "" && size != strconv.Itoa(len(v.body)) {
		return invalidRequest("The provided 'x-amz-mp-object-size' header value %s does not match what was computed: %d",
			size, len(v.body))
	}
	sent := c.payload.checksum
	if sent.algorithm == "" || sent.algorithm != v.checksum.algorithm {
		return nil
	}
	if sent.value != v.checksum.value {
		return badDigest(sent.algorithm)
	}
	return nil
}

// assemble checks the list of parts and joins them.
func (u *upload) assemble(asked []completePart) (*version, error) {
	if len(asked) == 0 {
		return nil, malformedXML()
	}
	if !ascending(asked) {
		return nil, failure(http.StatusBadRequest, "InvalidPartOrder", "The list of parts was not in ascending order. "+
			"Parts must be ordered by part number.")
	}
	v := &version{header: u.header, metadata: u.metadata}
	var digests, checksums bytes.Buffer
	var content [][]byte
	for i, wanted := range asked {
		p, err := u.part(wanted)
		if err != nil {
			return nil, err
		}
		if i < len(asked)-1 && len(p.content) < minPartSize {
			return nil, failure(http.StatusBadRequest, "EntityTooSmall",
				"Your proposed upload is smaller than the minimum allowed size").
				with("ProposedSize", strconv.Itoa(len(p.content))).with("MinSizeAllowed", strconv.Itoa(minPartSize)).
				with("PartNumber", strconv.Itoa(wanted.PartNumber)).with("ETag", p.etag())
		}
		content = append(content, p.content)
		digests.Write(p.md5)
		if u.composite {
			raw, err := base64.StdEncoding.DecodeString(p.checksum.value)
			if err != nil {
				return nil, invalidPart()
			}
			checksums.Write(raw)
		}
	}
	v.body = bytes.Join(content, nil)
	digest := md5.Sum(digests.Bytes())
	v.etag = fmt.Sprintf("%s-%d", hex.EncodeToString(digest[:]), len(asked))
	v.checksum = u.checksum(v.body, checksums.Bytes(), len(asked))
	return v, nil
}

func ascending(asked []completePart) bool {
	for i := 1; i < len(asked); i++ {
		if asked[i].PartNumber <= asked[i-1].PartNumber {
			return false
		}
	}
	return true
}

func (u *upload) checksum(body, checksums []byte, parts int) checksum {
	switch {
	case u.composite:
		whole := sum(u.algorithm, checksums)
		whole.value, whole.composite = fmt.Sprintf("%s-%d", whole.value, parts), true
		return whole
	case u.algorithm != "":
		return sum(u.algorithm, body)
	default:
		return sum(crc64nvme, body)
	}
}

// part finds the part that a client wants, and that it is the one it means.
func (u *upload) part(wanted completePart) (part, error) {
	p, ok := u.parts[wanted.PartNumber]
	if !ok || strings.Trim(wanted.ETag, `"`) != p.etag() {
		return p, invalidPart()
	}
	value := wanted.checksum(p.checksum.algorithm)
	if u.composite && value == "" {
		return p, invalidRequest("The upload was created using a %s checksum. The complete request must include the "+
			"checksum for each part. It was missing for part %d in the request.",
			strings.ToLower(u.algorithm), wanted.PartNumber)
	}
	if value != "" && value != p.checksum.value {
		return p, invalidPart()
	}
	return p, nil
}

func invalidPart() *apiError {
	return failure(http.StatusBadRequest, "InvalidPart", "One or more of the specified parts could not be found. "+
		"The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
}

// finish makes an upload's object visible, with the time and in the place that
// the server's rule gives it.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
func (s *Server) finish(b *bucket, u *upload, v *version, now time.Time) {
	v.sequence, v.modified = u.sequence, u.initiated
	if s.config.Multipart != MultipartAWS {
		v.sequence = s.sequence.Add(1)
	}
	if s.config.Multipart == MultipartCompletion {
		v.modified = now
	}
	b.add(u.key, v, now)
	b.end(u.id)
}

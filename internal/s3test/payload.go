// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

const (
	unsignedPayload  = "UNSIGNED-PAYLOAD"
	unsignedTrailer  = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	streamingPayload = "STREAMING-"
	chunked          = "aws-chunked"
)

// payload is the verified content of a request.
type payload struct {
	content  []byte
	md5      [md5.Size]byte
	checksum checksum // what the client sent; none if it sent none
}

// readPayload decodes what a client has sent and verifies each digest that
// came with it.
func readPayload(r *http.Request, raw []byte) (payload, error) {
	header := r.Header
	mode := header.Get("X-Amz-Content-Sha256")
	switch {
	case mode == unsignedTrailer:
		var err error
		if raw, header, err = dechunk(r, raw); err != nil {
			return payload{}, err
		}
	case strings.HasPrefix(mode, streamingPayload):
		return payload{}, notImplemented("x-amz-content-sha256: " + mode)
	case mode != "" && mode != unsignedPayload:
		digest := sha256.Sum256(raw)
		if hex.EncodeToString(digest[:]) != mode {
			return payload{}, failure(http.StatusBadRequest, "XAmzContentSHA256Mismatch",
				"The provided 'x-amz-content-sha256' header does not match what was computed.")
		}
	}
	p := payload{content: raw}
	if r.Method != http.MethodPut && r.Method != http.MethodPost {
		return p, nil
	}
	p.md5 = md5.Sum(raw)
	if err := p.verifyMD5(r.Header.Get("Content-Md5")); err != nil {
		return payload{}, err
	}
	var err error
	if p.checksum, err = checksumOf(header); err != nil || p.checksum.algorithm == "" {
		return p, err
	}
	if r.Method == http.MethodPost && r.URL.Query().Has("uploadId") {
		return p, nil // there the checksum is the object's, not the document's
	}
	return p, p.checksum.verify(raw)
}

// etagOf is the ETag of an object that was written in one piece, without quotes.
func etagOf(content []byte) string {
	digest := md5.Sum(content)
	return hex.EncodeToString(digest[:])
}

func (p payload) verifyMD5(sent string) error {
	if sent == "" {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(sent)
	if err != nil || len(raw) != md5.Size {
		return failure(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified was invalid.")
	}
	if !bytes.Equal(raw, p.md5[:]) {
		return failure(http.StatusBadRequest, "BadDigest", "The Content-MD5 you specified did not match what we received.")
	}
	return nil
}

// dechunk takes a body in the aws-chunked encoding apart, into the content and
// the headers with the trailers added.
func dechunk(r *http.Request, raw []byte) ([]byte, http.Header, error) {
	content := make([]byte, 0, len(raw))
	reader := bufio.NewReader(bytes.NewReader(raw))
	lines := textproto.NewReader(reader)
	for {
		line, err := lines.ReadLine()
		if err != nil {
			return nil, nil, incompleteBody()
		}
		size, _, _ := strings.Cut(line, ";")
		n, err := strconv.ParseUint(size, 16, 31)
		if err != nil || n > uint64(len(raw)) {
			return nil, nil, incompleteBody()
		}
		if n == 0 {
			break
		}
		start := len(content)
		content = append(content, make([]byte, n)...)
		if _, err := io.ReadFull(reader, content[start:]); err != nil {
			return nil, nil, incompleteBody()
		}
		if end, err := lines.ReadLine(); err != nil || end != "" {
			return nil, nil, incompleteBody()
		}
	}
	if decoded := r.Header.Get("X-Amz-Decoded-Content-Length"); decoded != strconv.Itoa(len(content)) {
		return nil, nil, incompleteBody()
	}
	header, err := trailers(r.Header, lines)
	return content, header, err
}

// trailers reads the trailers that the request's headers announce.
func trailers(header http.Header, lines *textproto.Reader) (http.Header, error) {
	all := header.Clone()
	sent, err := lines.ReadMIMEHeader()
	if err != nil && len(sent) == 0 && header.Get("X-Amz-Trailer") != "" {
		return nil, incompleteBody()
	}
	for name := range strings.SplitSeq(header.Get("X-Amz-Trailer"), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		value := sent.Get(name)
		if value == "" {
			return nil, failure(http.StatusBadRequest, "MalformedTrailerError",
				"The request contained trailing data that was not well-formed or did not conform to our published schema.")
		}
		all.Set(name, strings.TrimSpace(value))
	}
	return all, nil
}

func incompleteBody() *apiError {
	return failure(http.StatusBadRequest, "IncompleteBody",
		"The request body terminated unexpectedly")
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// metadataPrefix begins the headers of user metadata.
const metadataPrefix = "X-Amz-Meta-"

func newObject(v Version, body []byte, header http.Header) Object {
	return Object{
		Version:            v,
		Body:               body,
		ContentType:        header.Get("Content-Type"),
		ContentEncoding:    contentEncoding(header.Get("Content-Encoding")),
		CacheControl:       header.Get("Cache-Control"),
		ContentDisposition: header.Get("Content-Disposition"),
		ContentLanguage:    header.Get("Content-Language"),
		Expires:            header.Get("Expires"),
		Metadata:           metadataOf(header),
	}
}

// contentEncoding leaves out aws-chunked, the encoding of an upload on its way,
// which versitygw keeps with the object.
func contentEncoding(value string) string {
	if !strings.Contains(value, "aws-chunked") {
		return value
	}
	codings := strings.Split(value, ",")
	codings = slices.DeleteFunc(codings, func(s string) bool { return strings.TrimSpace(s) == "aws-chunked" })
	return strings.TrimSpace(strings.Join(codings, ","))
}

// metadataOf returns the user metadata. S3 encodes values beyond ASCII as in mail headers (RFC 2047).
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
func metadataOf(header http.Header) map[string]string {
	metadata := map[string]string{}
	for name, values := range header {
		if key, ok := cutPrefixFold(name, metadataPrefix); ok && key != "" {
			metadata[strings.ToLower(key)] = decodeWords(strings.Join(values, ","))
		}
	}
	return metadata
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// decodeWords decodes the words of RFC 2047. A value with one that can't be decoded,
// or that had no need to be encoded, stays as it is.
func decodeWords(value string) string {
	decoded, err := new(mime.WordDecoder).DecodeHeader(value)
	beyondASCII := strings.ContainsFunc(decoded, func(r rune) bool { return r >= utf8.RuneSelf })
	if err != nil || !utf8.ValidString(decoded) || !beyondASCII {
		return value
	}
	return decoded
}

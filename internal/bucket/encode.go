// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"errors"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"
)

var (
	errControl  = errors.New("it holds control characters, which S3 can't keep")
	errEncoding = errors.New("it holds characters beyond ASCII, which S3 can keep only in user metadata and in the parameters of a header, such as a filename")
)

// EncodeHeader returns value as a request can send it in a header. S3 takes bytes
// beyond ASCII for other characters, and then refuses the signature. In a
// parameter, as in attachment; filename="ä.txt", they are encoded by RFC 8187.
// Elsewhere they are an error, as are control characters.
func EncodeHeader(value string) (string, error) {
	if !httpguts.ValidHeaderFieldValue(value) {
		return "", errControl
	}
	if isASCII(value) {
		return value, nil
	}
	kind, params, err := mime.ParseMediaType(value)
	if err != nil || !utf8.ValidString(value) {
		return "", errEncoding
	}
	if value = mime.FormatMediaType(kind, params); value == "" || !isASCII(value) {
		return "", errEncoding
	}
	return value, nil
}

// EncodeMetadata returns a name and a value of user metadata as a request can send
// them. The name is in lower case, as S3 keeps it. Characters beyond ASCII in the
// value are encoded by RFC 2047, as S3 itself answers them; Get decodes them.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
func EncodeMetadata(name, value string) (string, string, error) {
	switch {
	case !httpguts.ValidHeaderFieldName(name):
		return "", "", errors.New("a name of S3's user metadata has only letters, digits and a few signs")
	case !httpguts.ValidHeaderFieldValue(value):
		return "", "", errControl
	case !utf8.ValidString(value):
		return "", "", errors.New("it is not valid UTF-8")
	}
	return strings.ToLower(name), mime.BEncoding.Encode("UTF-8", value), nil
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// encoded returns the options with each value as a header can have it. An error is
// ErrInvalid and names the header.
func (o PutOptions) encoded() (PutOptions, error) {
	headers := map[string]*string{
		"Content-Type": &o.ContentType, "Content-Encoding": &o.ContentEncoding, "Content-Disposition": &o.ContentDisposition,
		"Content-Language": &o.ContentLanguage, "Cache-Control": &o.CacheControl, "Expires": &o.Expires,
		"x-amz-storage-class": &o.StorageClass, "x-amz-server-side-encryption": &o.ServerSideEncryption,
		"x-amz-server-side-encryption-aws-kms-key-id": &o.KMSKeyID, "x-amz-acl": &o.ACL, "x-amz-tagging": &o.Tags,
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		value, err := EncodeHeader(*headers[name])
		if err != nil {
			return o, fmt.Errorf("%w: header %s: %w", ErrInvalid, name, err)
		}
		*headers[name] = value
	}
	metadata := make(map[string]string, len(o.Metadata))
	for name, value := range o.Metadata {
		name, value, err := EncodeMetadata(name, value)
		if err != nil {
			return o, fmt.Errorf("%w: header x-amz-meta-%s: %w", ErrInvalid, quoted(name), err)
		}
		metadata[name] = value
	}
	o.Metadata = metadata
	return o, nil
}

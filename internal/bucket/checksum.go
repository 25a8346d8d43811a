// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bytes"
	"crypto/md5"  //nolint:gosec // S3 stores it to find damage, not attacks
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"net/http"
	"strings"

	"github.com/minio/crc64nvme"
)

// algorithm is one of the checksums that S3 stores with an object.
type algorithm struct {
	name string // as in the header
	hash func() hash.Hash
}

// algorithms are those that can be verified, the cheapest first.
func algorithms() []algorithm {
	return []algorithm{
		{"Crc32", func() hash.Hash { return crc32.NewIEEE() }},
		{"Crc32c", func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }},
		// S3 stores it with every object that comes without a checksum, so most
		// objects have it. The standard library's takes longer than reading them.
		{"Crc64nvme", func() hash.Hash { return crc64nvme.New() }},
		{"Sha1", sha1.New},
		{"Sha256", sha256.New},
		{"Md5", md5.New},
		{"Sha512", sha512.New},
	}
}

// fullChecksum finds a checksum of the whole object. That of an object in parts
// may be one of its parts' checksums, which is not that of its bytes.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
func fullChecksum(header http.Header) (algorithm, string, bool) {
	if strings.EqualFold(header.Get("X-Amz-Checksum-Type"), "COMPOSITE") {
		return algorithm{}, "", false
	}
	for _, a := range algorithms() {
		if value := header.Get("X-Amz-Checksum-" + a.name); value != "" && !strings.Contains(value, "-") {
			return a, value, true
		}
	}
	return algorithm{}, "", false
}

func hasFullChecksum(header http.Header) bool {
	_, _, ok := fullChecksum(header)
	return ok
}

// verifyChecksum compares body with the checksum that S3 stores, if there is one.
func (b *Bucket) verifyChecksum(body []byte, header http.Header) error {
	a, value, ok := fullChecksum(header)
	if !ok {
		return nil
	}
	want, err := base64.StdEncoding.DecodeString(value)
	h := a.hash()
	if err != nil || len(want) != h.Size() {
		return corrupt("its checksum %s is %s", strings.ToUpper(a.name), b.Quote(value))
	}
	_, _ = h.Write(body) // never fails
	if got := h.Sum(nil); !bytes.Equal(got, want) {
		return corrupt("its bytes have the %s %s, and the store says %s",
			strings.ToUpper(a.name), base64.StdEncoding.EncodeToString(got), b.Quote(value))
	}
	return nil
}

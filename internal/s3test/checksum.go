// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"strings"
)

// checksum is one of S3's object checksums.
type checksum struct {
	algorithm string // CRC32, CRC32C, CRC64NVME, SHA1 or SHA256; empty for none
	value     string // base64
	composite bool   // a checksum of the parts' checksums
}

const (
	crc64nvme        = "CRC64NVME"
	crc64nvmeReverse = 0x9a6c9329ac4bc9b5
	typeComposite    = "COMPOSITE"
	typeFullObject   = "FULL_OBJECT"
)

func checksumAlgorithms() []string { return []string{"CRC32", "CRC32C", crc64nvme, "SHA1", "SHA256"} }

func checksumHeader(algorithm string) string {
	return http.CanonicalHeaderKey("X-Amz-Checksum-" + algorithm)
}

func newHash(algorithm string) hash.Hash {
	switch strings.ToUpper(algorithm) {
	case "CRC32":
		return crc32.NewIEEE()
	case "CRC32C":
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case crc64nvme:
		return crc64.New(crc64.MakeTable(crc64nvmeReverse))
	case "SHA1":
		return sha1.New()
	case "SHA256":
		return sha256.New()
	}
	return nil
}

func sum(algorithm string, content []byte) checksum {
	h := newHash(algorithm)
	h.Write(content)
	return checksum{algorithm: algorithm, value: base64.StdEncoding.EncodeToString(h.Sum(nil))}
}

// checksumOf finds the checksum among a request's headers or trailers.
func checksumOf(header http.Header) (checksum, error) {
	var found checksum
	for _, algorithm := range checksumAlgorithms() {
		value := header.Get(checksumHeader(algorithm))
		if value == "" {
			continue
		}
		if found.algorithm != "" {
			return found, invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
		}
		found = checksum{algorithm: algorithm, value: value}
	}
	return found, nil
}

// verify compares the checksum that a client sent with the content's.
func (sent checksum) verify(content []byte) error {
	raw, err := base64.StdEncoding.DecodeString(sent.value)
	if err != nil || len(raw) != newHash(sent.algorithm).Size() {
		return invalidRequest("Value for x-amz-checksum-%s header is invalid.", strings.ToLower(sent.algorithm))
	}
	if sum(sent.algorithm, content).value != sent.value {
		return badDigest(sent.algorithm)
	}
	return nil
}

func badDigest(algorithm string) *apiError {
	return failure(http.StatusBadRequest, "BadDigest",
		"The %s you specified did not match the calculated checksum.", algorithm)
}

// kind is the x-amz-checksum-type.
func (sent checksum) kind() string {
	if sent.composite {
		return typeComposite
	}
	return typeFullObject
}

// kept is what the server keeps of an object's checksum.
func (c *call) kept(sent checksum) checksum {
	if c.server.config.NoChecksums {
		return checksum{}
	}
	return sent
}

// set writes a checksum into an answer's header.
func (sent checksum) set(header http.Header) {
	if sent.algorithm == "" {
		return
	}
	header.Set(checksumHeader(sent.algorithm), sent.value)
	header.Set("X-Amz-Checksum-Type", sent.kind())
}

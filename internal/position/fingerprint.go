// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// Fingerprint is a short hash that identifies one version of one key, or one
// multipart upload. Among a million of them, the odds that two are equal are 1 to
// 37 million.
type Fingerprint [8]byte

// compare orders fingerprints by their bytes.
func (f Fingerprint) compare(other Fingerprint) int {
	return cmp.Compare(binary.BigEndian.Uint64(f[:]), binary.BigEndian.Uint64(other[:]))
}

// OfVersion returns the fingerprint that distinguishes v from every other version.
// A null version is replaced in place, so its time and ETag are part of its
// identity. The time of an object counts in whole seconds, which is all that the
// answer to a GET has.
func OfVersion(v bucket.Version) Fingerprint {
	if v.VersionID != bucket.NullVersion {
		return hash(v.Key, v.VersionID)
	}
	if v.DeleteMarker {
		return hash(v.Key, v.VersionID, "", strconv.FormatInt(v.LastModified.UnixNano(), 10))
	}
	return hash(v.Key, v.VersionID, v.ETag, strconv.FormatInt(v.LastModified.Unix(), 10))
}

// OfUpload returns the fingerprint of a multipart upload in progress. The version
// that the upload becomes has its key and, in whole seconds, the time of its
// initiation, so both have the same fingerprint here. Uploads of one key that were
// initiated in the same second share one.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
func OfUpload(key string, initiated time.Time) Fingerprint {
	return hash(key, "upload", strconv.FormatInt(initiated.Unix(), 10))
}

func hash(fields ...string) Fingerprint {
	var space [256]byte // enough for most keys, without an allocation
	b := space[:0]
	for _, field := range fields {
		b = binary.AppendUvarint(b, uint64(len(field)))
		b = append(b, field...)
	}
	sum := sha256.Sum256(b)
	return Fingerprint(sum[:])
}

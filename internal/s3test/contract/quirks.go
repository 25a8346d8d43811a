// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package contract

import "strings"

// Quirks names where a real S3-compatible store differs from AWS. What is
// named here is not asserted; all else is. AWS has none.
type Quirks struct {
	// Milliseconds: listings answer times to the millisecond.
	Milliseconds bool
	// MultipartCompletion: a multipart object bears the time and the place of its
	// completion, not of its initiation.
	MultipartCompletion bool
	// ExactUploadListing: ListMultipartUploads answers only for an exact key as
	// the prefix.
	ExactUploadListing bool
	// NoIdleMarkers: a delete where nothing or a delete marker stands makes no
	// delete marker.
	NoIdleMarkers bool
	// ChecksumCode is the store's own code for a checksum that is wrong.
	ChecksumCode string
	// RefusedKeys are odd keys that the store does not take or does not keep apart.
	RefusedKeys []string
}

// MinIO returns the quirks of a MinIO server.
func MinIO() Quirks {
	return Quirks{
		Milliseconds:        true,
		MultipartCompletion: true,
		ExactUploadListing:  true,
		NoIdleMarkers:       true,
		ChecksumCode:        "XAmzContentChecksumMismatch",
		// keys are paths in its file system, where conf and conf/x exclude each other
		RefusedKeys: []string{"a//b", "/lead", "dot/../y", "dot/./z", "conf/x", strings.Repeat("s", 300)},
	}
}

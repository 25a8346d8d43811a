// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import "github.com/conduitio/conduit-connector-s3/internal/jsonlines"

// Sizer computes how large records are before compression.
type Sizer = jsonlines.Sizer

// NewSizer returns a Sizer of records that e encodes. As JSON, they have the size of
// their lines. As Parquet, they have that of OpenCDC's JSON, because the size of a row
// is known only with all others of its object.
func NewSizer(e Encoder) *Sizer {
	if e, ok := e.(lines); ok {
		return e.Sizer()
	}
	return jsonlines.NewSizer()
}

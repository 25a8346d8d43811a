// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import "github.com/conduitio/conduit-commons/opencdc"

// kind is what a field of records holds.
type kind int

const (
	absent     kind = iota // nothing, in any record so far
	raw                    // bytes
	structured             // fields
)

func kindOf(d opencdc.Data) kind {
	switch d := d.(type) {
	case opencdc.RawData:
		if d != nil {
			return raw
		}
	case opencdc.StructuredData:
		if d != nil {
			return structured
		}
	}
	return absent
}

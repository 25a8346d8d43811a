// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import "github.com/conduitio/conduit-commons/opencdc"

// Kind is what a field of records holds.
type Kind int

const (
	Absent     Kind = iota // nothing, in any record so far
	Raw                    // bytes
	Structured             // fields
)

func KindOf(d opencdc.Data) Kind {
	switch d := d.(type) {
	case opencdc.RawData:
		if d != nil {
			return Raw
		}
	case opencdc.StructuredData:
		if d != nil {
			return Structured
		}
	}
	return Absent
}

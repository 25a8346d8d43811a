// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import "github.com/conduitio/conduit-commons/opencdc"

// Kind is the kind of data in a field of records.
type Kind int

// The kinds.
const (
	Absent     Kind = iota // no data
	Raw                    // bytes
	Structured             // fields
)

// KindOf returns the kind of d. Nil data of any type is Absent.
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

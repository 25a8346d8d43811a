// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import "time"

// inWholeMinutes returns t in UTC if its offset from UTC has seconds, as those of
// most zones had before standard time. RFC 3339 has no seconds in offsets, and
// without them it would be another instant.
func inWholeMinutes(t time.Time) time.Time {
	if _, offset := t.Zone(); offset%60 != 0 {
		return t.UTC()
	}
	return t
}

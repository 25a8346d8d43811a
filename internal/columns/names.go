// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

// Names returns the names of the columns that objects of a layout always or sometimes
// have, apart from the fields of payloads. OpenCDC's JSON has those of the envelope.
func Names(layout string) []string {
	if layout == Flat {
		return []string{restName, flatOperation, flatPosition, flatKey, flatKeyRaw, flatMetadata, flatPayload}
	}
	return []string{"operation", "position", "key", "key_raw", "metadata", "payload"}
}

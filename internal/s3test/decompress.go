// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
)

// decompress makes an answer what Google Cloud Storage makes of it.
func (c *call) decompress(a *answer) {
	encoding := a.header.Get("Content-Encoding")
	if encoding != "" {
		a.header.Set("X-Goog-Stored-Content-Encoding", encoding)
	}
	if encoding != "gzip" || a.status != http.StatusOK || strings.Contains(c.r.Header.Get("Accept-Encoding"), "gzip") {
		return
	}
	reader, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		return
	}
	body, err := io.ReadAll(reader)
	if err != nil {
		return
	}
	a.body, a.chunked = body, true
	a.header.Del("Content-Encoding")
	for name := range a.header {
		if strings.HasPrefix(name, "X-Amz-Checksum-") {
			a.header.Del(name)
		}
	}
}

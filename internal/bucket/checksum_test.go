// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
)

// The test server computes checksums with the standard library.
func TestP4_BytesOfAnySizeHaveTheirChecksum(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	body := make([]byte, 3<<20)
	for i := range body {
		body[i] = byte(i * i >> 7)
	}
	sizes := []int{1<<10 - 1, 1 << 10, 1<<20 + 1, len(body)}
	for size := range 300 {
		sizes = append(sizes, size)
	}
	for _, size := range sizes {
		server.Put(bucketName, fmt.Sprint(size), body[:size])
	}
	for _, v := range list(t, b) {
		obj, err := b.Get(t.Context(), v, 0)
		assert.NilError(t, err)
		assert.Check(t, bytes.Equal(obj.Body, body[:v.Size]), v.Key)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import "sync"

// buffers keeps byte slices for the next objects. A request must not read one any
// more when it is put back. The SDK guarantees that: once a call has returned, its
// body can't be read, even by a connection that was given up. See safeReadCloser in
// github.com/aws/smithy-go/transport/http.
type buffers struct{ pool sync.Pool }

// get returns an empty slice with room for at least size bytes.
func (b *buffers) get(size int) []byte {
	if kept, ok := b.pool.Get().(*[]byte); ok && cap(*kept) >= size {
		return (*kept)[:0]
	}
	return make([]byte, 0, size)
}

func (b *buffers) put(buffer []byte) { b.pool.Put(&buffer) }

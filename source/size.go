// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"math/bits"

	"github.com/conduitio/conduit-commons/opencdc"
)

// addedByConduit is more than the bytes of metadata that Conduit adds to a
// record before it hands it to a destination: the names and versions of the
// plugins and the id of the connector.
const addedByConduit = 512

// sizeOf returns how many bytes a record has at most in a message: those of its
// Protocol Buffers encoding and what Conduit adds to its metadata.
// See https://protobuf.dev/programming-guides/encoding/
func sizeOf(rec opencdc.Record) int {
	metadata := 0
	for name, value := range rec.Metadata {
		metadata += sizeOfField(sizeOfField(len(name)) + sizeOfField(len(value)))
	}
	const operation = 2 // a tag and a value below 128
	record := sizeOfField(len(rec.Position)) + operation + metadata +
		sizeOfData(rec.Key) +
		sizeOfField(sizeOfData(rec.Payload.Before)+sizeOfData(rec.Payload.After))
	return sizeOfField(record) + addedByConduit
}

// sizeOfData returns the size of a field that holds data in its raw form.
func sizeOfData(data opencdc.Data) int {
	if data == nil {
		return 0
	}
	return sizeOfField(sizeOfField(len(data.Bytes())))
}

// sizeOfField returns the size of a field with n bytes of content: its tag, its
// length and the content. The fields of records have numbers below 16, so their
// tags have one byte.
func sizeOfField(n int) int {
	const bitsPerByte = 7
	length := max(1, (bits.Len(uint(n))+bitsPerByte-1)/bitsPerByte)
	return 1 + length + n
}

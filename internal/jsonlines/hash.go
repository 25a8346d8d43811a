// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package jsonlines

import (
	"crypto/rand"
	"crypto/sha256"
	"io"
	"strings"

	"github.com/conduitio/conduit-commons/opencdc"
)

// conduitMetadata begins the names that Conduit itself gives to metadata.
const conduitMetadata = "conduit."

// Hash identifies the content of a sequence of records. Records that are read
// again have the same hash, and other records have another one. It is made of
// the records as OpenCDC's JSON, whatever the format of their object, without
// the metadata opencdc.readAt and that which Conduit writes about itself, which
// may be upgraded in between. Of the latter, only the connector that read the
// records counts.
//
// Position, operation and time of creation are not enough: they are the same in
// all records that a processor makes of one.
type Hash [sha256.Size]byte

// HashOf returns the hash of recs, which passed Check. It takes about as long as
// to encode the records as JSON.
func HashOf(recs []opencdc.Record) Hash {
	hashes, err := writeLines(io.Discard, recs, func() lines { return newOpenCDCLines(true) })
	if err != nil { // a panic, because what passed Check can be written
		var hash Hash
		_, _ = rand.Read(hash[:]) // never fails; no object of other records may be overwritten
		return hash
	}
	return hashOfBlocks(hashes)
}

func hashOfBlocks(hashes []Hash) Hash {
	all := sha256.New()
	for _, hash := range hashes {
		_, _ = all.Write(hash[:]) // never fails
	}
	return Hash(all.Sum(nil))
}

// identifies reports whether metadata is the same when a record is read again.
func identifies(name string) bool {
	switch name {
	case opencdc.MetadataConduitSourceConnectorID:
		return true
	case opencdc.MetadataReadAt:
		return false
	default:
		return !strings.HasPrefix(name, conduitMetadata)
	}
}

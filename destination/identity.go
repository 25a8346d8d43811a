// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/conduitio/conduit-commons/opencdc"
)

// hashSize is how many bytes of the hash a name holds.
const hashSize = 12

// conduitMetadata begins the names that Conduit itself gives to metadata.
const conduitMetadata = "conduit."

// digest is a hash of all that a record is. The same record read anew has the
// same one: opencdc.readAt does not count, and of what Conduit says about itself,
// which may be upgraded meanwhile, only the connector that read the record does.
//
// Less than that is not enough: position, operation and time of creation are
// the same in all records that a processor makes of one.
type digest [sha256.Size]byte

// hashOf returns a hash of a sequence of records, in hexadecimal.
func hashOf(digests []digest) string {
	sum := sha256.New()
	for _, d := range digests {
		_, _ = sum.Write(d[:]) // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil)[:hashSize])
}

// newHasher returns a hasher that can be used again and again.
func newHasher() *hasher {
	return &hasher{sum: sha256.New(), small: make([]byte, 0, 2*enough)}
}

// digest stores the digest of rec in d.
func (h *hasher) digest(d *digest, rec opencdc.Record) {
	h.sum.Reset()
	h.record(rec)
	h.flush()
	h.sum.Sum(d[:0])
}

func (h *hasher) record(rec opencdc.Record) {
	h.bytes(rec.Position)
	h.number(int(rec.Operation))
	h.metadata(rec.Metadata)
	h.data(rec.Key)
	h.data(rec.Payload.Before)
	h.data(rec.Payload.After)
}

func (h *hasher) metadata(m opencdc.Metadata) {
	h.names = h.names[:0]
	for name := range m {
		if identifies(name) {
			h.names = append(h.names, name)
		}
	}
	slices.Sort(h.names)
	h.number(len(h.names))
	for _, name := range h.names {
		h.text(name)
		h.text(m[name])
	}
}

// identifies reports whether metadata is the same when a record is read anew.
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

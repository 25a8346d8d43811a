// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/conduitio/conduit-commons/opencdc"
)

// hashSize is how many bytes of the hash a name holds.
const hashSize = 12

// conduitMetadata begins the names that Conduit itself gives to metadata.
const conduitMetadata = "conduit."

// hashOf returns a hash of all that the records are, in hexadecimal. The same
// records read anew have the same one: opencdc.readAt does not count, and of
// what Conduit says about itself, which may be upgraded meanwhile, only the
// connector that read the record does.
//
// Less than that is not enough: position, operation and time of creation are
// the same in all records that a processor makes of one.
func hashOf(recs []opencdc.Record) string {
	sum := sha256.New()
	h := hasher{Writer: bufio.NewWriter(sum)}
	for _, rec := range recs {
		h.record(rec)
	}
	_ = h.Flush() // a hash takes everything
	return hex.EncodeToString(sum.Sum(nil)[:hashSize])
}

// hasher writes values so that no two sequences of them are the same bytes.
type hasher struct {
	*bufio.Writer
	names []string // used again for each record
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

func (h *hasher) data(d opencdc.Data) {
	switch d := d.(type) {
	case opencdc.RawData:
		_ = h.WriteByte('r')
		h.bytes(d)
	case opencdc.StructuredData:
		_ = h.WriteByte('s')
		h.structured(d)
	default:
		_ = h.WriteByte('0')
	}
}

// structured writes fields as JSON, which sorts them. What is no JSON, as only
// a template can write it, is written in Go's syntax, which sorts them as well.
func (h *hasher) structured(d opencdc.StructuredData) {
	text, err := json.Marshal(d)
	if err != nil {
		text = fmt.Appendf(nil, "%#v", d)
	}
	h.bytes(text)
}

func (h *hasher) bytes(b []byte) {
	h.number(len(b)) // keeps "a", "b" and "ab", "" apart
	_, _ = h.Write(b)
}

func (h *hasher) text(s string) {
	h.number(len(s))
	_, _ = h.WriteString(s)
}

func (h *hasher) number(n int) {
	_, _ = h.Write(binary.BigEndian.AppendUint64(h.AvailableBuffer(), uint64(n))) //nolint:gosec // two numbers never become one
}

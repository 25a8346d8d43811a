// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"
)

const nullID = "null"

func (v *version) id() string {
	switch {
	case v.null:
		return nullID
	case v.ulid != "":
		return v.ulid
	default:
		return versionID(v.sequence)
	}
}

// validVersionID tells whether an id has the form of this server's.
func (s *Server) validVersionID(id string) bool {
	if id == nullID {
		return true
	}
	_, ok := parseVersionID(id)
	return ok && (len(id) == ulidLength) == (s.config.VersionIDs == ULIDs)
}

const (
	idMask = 0x9e3779b97f4a7c15
	idOdd  = 0xd1342543de82ef95 // odd, so that multiplication is a bijection
)

// AWS's ids are opaque and hold dots and underscores; so do these.
func idEncoding() *base64.Encoding {
	return base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._").WithPadding(base64.NoPadding)
}

// versionID makes an opaque id, in no visible order, from a sequence number.
func versionID(sequence uint64) string {
	var raw [24]byte
	mixed := (sequence ^ idMask) * idOdd
	binary.BigEndian.PutUint64(raw[0:], mixed)
	binary.BigEndian.PutUint64(raw[8:], sequence^mixed)
	binary.BigEndian.PutUint64(raw[16:], (mixed^idOdd)*idMask)
	return idEncoding().EncodeToString(raw[:])
}

// parseVersionID reads the sequence of an id back; it is false for ids of
// another form.
func parseVersionID(id string) (uint64, bool) {
	if len(id) == ulidLength {
		return parseULID(id)
	}
	raw, err := idEncoding().DecodeString(id)
	if err != nil || len(raw) != 24 {
		return 0, false
	}
	sequence := binary.BigEndian.Uint64(raw[0:]) ^ binary.BigEndian.Uint64(raw[8:])
	return sequence, versionID(sequence) == id
}

// A ULID is a time in milliseconds (48 bits) and what tells apart the ids of a
// millisecond (80 bits), in Crockford's base 32.
// https://github.com/ulid/spec
const (
	ulidLength = 26
	ulidDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

func makeULID(t time.Time, sequence uint64) string {
	high, low := uint64(t.UnixMilli())<<16|sequence>>48, sequence<<16|sequence*idOdd>>48
	var id [ulidLength]byte
	for i := len(id) - 1; i >= 0; i-- {
		id[i] = ulidDigits[low&31]
		high, low = high>>5, low>>5|high<<59
	}
	return string(id[:])
}

func parseULID(id string) (sequence uint64, ok bool) {
	var high, low uint64
	for i := range len(id) {
		digit := strings.IndexByte(ulidDigits, id[i])
		if digit < 0 {
			return 0, false
		}
		high, low = high<<5|low>>59, low<<5|uint64(digit)
	}
	sequence = high<<48 | low>>16
	return sequence, makeULID(time.UnixMilli(int64(high>>16)), sequence) == id
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// sums stand for a set of uploads in a few hundred bytes, however many they are,
// so that a position can carry them. What is left when the uploads that are
// still in progress are taken away are those that ended in the meantime: if one
// is left in a cell, the cell's sum names it.
type sums struct {
	until int64 // uploads initiated after this second are not in it
	cells [32]sumCell
}

type sumCell struct {
	count int
	sum   uint64 // of the uploads' ids
}

// add adds an upload n times, or takes it away if n is negative.
func (s *sums) add(u upload, n int) {
	if u.second > s.until {
		return
	}
	id := u.id()
	c := &s.cells[id%uint64(len(s.cells))]
	c.count += n
	c.sum += uint64(n) * id //nolint:gosec // modulo 2^64 is what is wanted
}

// merge adds what other stands for.
func (s *sums) merge(other *sums) {
	for i, c := range other.cells {
		s.cells[i].count += c.count
		s.cells[i].sum += c.sum
	}
}

// may tells whether v, which was a multipart upload, may be what one of these
// became. Where several are in one cell this can't be told from their sum, so
// each is taken for one of them.
func (s *sums) may(v bucket.Version) bool {
	u := uploadOf(v)
	if u.second > s.until {
		return false
	}
	id := u.id()
	switch c := s.cells[id%uint64(len(s.cells))]; {
	case c.count <= 0:
		return false
	case c.count == 1:
		return c.sum == id
	default:
		return true
	}
}

func (s *sums) isEmpty() bool {
	for _, c := range s.cells {
		if c.count > 0 {
			return false
		}
	}
	return true
}

// String returns what parseSums reads, empty if no upload is in it. It holds
// neither an underscore nor a semicolon.
func (s *sums) String() string {
	if s.isEmpty() {
		return ""
	}
	var raw []byte
	for i, c := range s.cells {
		if c.count > 0 {
			raw = append(raw, byte(i))
			raw = binary.AppendUvarint(raw, uint64(c.count))
			raw = binary.BigEndian.AppendUint64(raw, c.sum)
		}
	}
	return strconv.FormatInt(s.until, 10) + "." + base64.RawStdEncoding.EncodeToString(raw)
}

func parseSums(text string) (s sums, err error) {
	if text == "" {
		return sums{}, nil
	}
	until, encoded, _ := strings.Cut(text, ".")
	if s.until, err = strconv.ParseInt(until, 10, 64); err != nil {
		return sums{}, err
	}
	raw, err := base64.RawStdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return sums{}, err
	}
	for len(raw) > 0 {
		i := int(raw[0])
		count, n := binary.Uvarint(raw[1:])
		if i >= len(s.cells) || n <= 0 || count == 0 || count > maxUploads || len(raw) < 1+n+8 {
			return sums{}, errors.New("it is damaged")
		}
		s.cells[i] = sumCell{count: int(count), sum: binary.BigEndian.Uint64(raw[1+n:])}
		raw = raw[1+n+8:]
	}
	return s, nil
}

// maxUploads is more uploads than a listing ever holds.
const maxUploads = 1 << 40

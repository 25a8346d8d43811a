// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import (
	"encoding/binary"
	"errors"
)

const (
	// sketchCells is how many cells a sketch has, which bounds the difference that
	// it can name to about ten fingerprints.
	sketchCells = 14
	// cellsPerEntry is how many cells each fingerprint is in.
	cellsPerEntry = 4
	cellSize      = 11 // bytes of a cell in a position
)

// Sketch is an invertible Bloom lookup table, which represents a set of
// fingerprints in constant space. Whatever the size of two sets, the difference of
// their sketches names the fingerprints that only one of them has, if those are few.
// A sketch can't tell whether a fingerprint is in it, so Remove is only for one
// that is known to be.
//
// See D. Eppstein, M. Goodrich, F. Uyeda, G. Varghese, "What's the Difference?
// Efficient Set Reconciliation without Prior Context", SIGCOMM 2011.
type Sketch struct {
	cells [sketchCells]cell
}

type cell struct {
	ids   uint64 // exclusive or of the fingerprints
	check uint16 // exclusive or of their check hashes
	count uint8  // modulo 256
}

// Add adds a fingerprint.
func (s *Sketch) Add(f Fingerprint) { s.toggle(f, 1) }

// Remove takes a fingerprint out that was added.
func (s *Sketch) Remove(f Fingerprint) { s.toggle(f, ^uint8(0)) }

func (s *Sketch) toggle(f Fingerprint, count uint8) {
	id := binary.BigEndian.Uint64(f[:])
	check := checkOf(id)
	for _, i := range cellsOf(id) {
		c := &s.cells[i]
		c.count += count
		c.ids ^= id
		c.check ^= check
	}
}

// Minus returns the sketch of the difference: fingerprints only in s are added,
// those only in other are removed.
func (s *Sketch) Minus(other *Sketch) Sketch {
	difference := *s
	for i, c := range other.cells {
		d := &difference.cells[i]
		d.count -= c.count
		d.ids ^= c.ids
		d.check ^= c.check
	}
	return difference
}

// isEmpty tells whether nothing is in s.
func (s *Sketch) isEmpty() bool { return *s == Sketch{} }

// Decode returns the fingerprints of a difference: those that count as added and
// those that count as removed. It returns false if they are too many to be named.
// Where decoding gets stuck it tries the candidates, among which added
// fingerprints are expected.
func (s *Sketch) Decode(candidates []Fingerprint) (added, removed []Fingerprint, ok bool) {
	left := *s
	added, removed = left.peel()
	if left.isEmpty() {
		return added, removed, true
	}
	for _, f := range candidates {
		guess := left
		guess.Remove(f)
		moreAdded, moreRemoved := guess.peel()
		if guess.isEmpty() {
			return append(append(added, f), moreAdded...), append(removed, moreRemoved...), true
		}
	}
	return nil, nil, false
}

// peel removes the fingerprints that are single in a cell, one after the other.
func (s *Sketch) peel() (added, removed []Fingerprint) {
	const most = 4 * sketchCells // so that damaged cells come to an end
	for len(added)+len(removed) < most {
		f, count := s.single()
		switch count {
		case 0:
			return added, removed
		case 1:
			s.Remove(f)
			added = append(added, f)
		default:
			s.Add(f)
			removed = append(removed, f)
		}
	}
	return added, removed
}

// single returns a fingerprint that is the only one in a cell, and whether it was
// added once (1) or removed once (-1). The count is 0 if there is no such cell.
func (s *Sketch) single() (f Fingerprint, count int) {
	for i, c := range s.cells {
		if c.count != 1 && c.count != 255 || c.check != checkOf(c.ids) {
			continue
		}
		for _, own := range cellsOf(c.ids) {
			if own == i {
				binary.BigEndian.PutUint64(f[:], c.ids)
				return f, int(int8(c.count)) //nolint:gosec // 255 is -1
			}
		}
	}
	return f, 0
}

// cellsOf returns the cells that a fingerprint is in, all different.
func cellsOf(id uint64) (cells [cellsPerEntry]int) {
	h := mix(id)
	var used [sketchCells]bool
	for n := range cells {
		free := uint64(sketchCells - n)
		pick := int(h % free) //nolint:gosec // less than the number of cells
		h /= free
		for i, taken := range used {
			if taken {
				continue
			}
			if pick == 0 {
				cells[n], used[i] = i, true
				break
			}
			pick--
		}
	}
	return cells
}

func checkOf(id uint64) uint16 { return uint16(mix(id^0x5bd1e9955bd1e995) >> 48) }

// mix is the finalizer of SplitMix64.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// keep returns a copy of a sketch: the last one, if nothing has changed since.
func keep(last, now *Sketch) *Sketch {
	if last != nil && *last == *now {
		return last
	}
	kept := *now
	return &kept
}

func (s *Sketch) bytes() []byte {
	raw := make([]byte, 0, sketchCells*cellSize)
	for _, c := range s.cells {
		raw = append(raw, c.count)
		raw = binary.BigEndian.AppendUint64(raw, c.ids)
		raw = binary.BigEndian.AppendUint16(raw, c.check)
	}
	return raw
}

// parseSketch reads a sketch, unless its text could not be decoded.
func parseSketch(raw []byte, decoded error) (*Sketch, error) {
	if decoded != nil {
		return nil, decoded
	}
	if len(raw) != sketchCells*cellSize {
		return nil, errors.New("a sketch of another size")
	}
	s := &Sketch{}
	for i := range s.cells {
		s.cells[i] = cell{count: raw[0], ids: binary.BigEndian.Uint64(raw[1:]), check: binary.BigEndian.Uint16(raw[9:])}
		raw = raw[cellSize:]
	}
	return s, nil
}

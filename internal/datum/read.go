// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package datum

import (
	"encoding/binary"
	"fmt"
	"math"
)

// next returns the next size bytes, which are still those of the data.
func (d *decoder) next(size int) ([]byte, error) {
	if size > len(d.rest) {
		return nil, fmt.Errorf("%w: it has %d bytes, and %d are left", ErrShort, size, len(d.rest))
	}
	b := d.rest[:size]
	d.rest = d.rest[size:]
	return b, nil
}

// sized returns bytes that follow their length.
func (d *decoder) sized() ([]byte, error) {
	size, err := d.varint()
	switch {
	case err != nil:
		return nil, err
	case size < 0:
		return nil, fmt.Errorf("%w: a length of %d", ErrInvalid, size)
	case size > int64(len(d.rest)):
		return nil, fmt.Errorf("%w: it has %d bytes, and %d are left", ErrShort, size, len(d.rest))
	}
	return d.next(int(size))
}

// varint returns the next number.
func (d *decoder) varint() (int64, error) {
	v, n := binary.Varint(d.rest)
	switch {
	case n == 0:
		return 0, ErrShort
	case n < 0:
		return 0, fmt.Errorf("%w: a number of more than 64 bits", ErrInvalid)
	}
	d.rest = d.rest[n:]
	return v, nil
}

func (d *decoder) int32() (int32, error) {
	v, err := d.varint()
	if err == nil && (v < math.MinInt32 || v > math.MaxInt32) {
		err = fmt.Errorf("%w: a number of more than 32 bits", ErrInvalid)
	}
	return int32(v), err //nolint:gosec // checked
}

// index returns the next number, which says which of count there are.
func (d *decoder) index(count int) (int, error) {
	v, err := d.varint()
	if err == nil && (v < 0 || v >= int64(count)) {
		err = fmt.Errorf("%w: number %d of %d", ErrInvalid, v, count)
	}
	return int(v), err
}

// count returns how many items the next block claims to have. Nothing may be
// made for them before they are there.
func (d *decoder) count() (int64, error) {
	v, err := d.varint()
	if err != nil || v >= 0 {
		return v, err
	}
	if v == math.MinInt64 {
		return 0, fmt.Errorf("%w: a block of %d items", ErrInvalid, v)
	}
	_, err = d.varint() // its size, for who skips it
	return -v, err
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package datum

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"time"

	"github.com/hamba/avro/v2"
)

// About how many bytes of memory values are made of.
const (
	valueMemory = 16  // any value: a word and a type
	fieldMemory = 80  // an entry of a map that has the size it needs
	entryMemory = 160 // an entry of a map that grows
	mapMemory   = 64
	ratMemory   = 256
)

// maxDecimal is how many bytes a decimal may have.
const maxDecimal = 4096

// decoder decodes one value.
type decoder struct {
	rest   []byte
	memory int // that is left
}

// use takes some of the memory that is left.
func (d *decoder) use(memory int) error {
	if d.memory -= memory; d.memory < 0 {
		return ErrTooLarge
	}
	return nil
}

// value decodes a value of a type. depth is its own.
func (d *decoder) value(n *node, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%w: it is nested deeper than %d", ErrTooLarge, maxDepth)
	}
	if err := d.use(valueMemory); err != nil {
		return nil, err
	}
	switch n.kind {
	case null:
		return nil, nil //nolint:nilnil // null is a value
	case record:
		return d.record(n, depth)
	case array:
		return d.array(n.inner[0], depth)
	case mapping:
		return d.mapping(n.inner[0], depth)
	case union:
		i, err := d.index(len(n.inner))
		if err != nil {
			return nil, err
		}
		return d.value(n.inner[i], depth+1)
	case integer, date, timeMillis:
		return d.integer(n.kind)
	case long, timeMicros, timestampMillis, timestampMicros:
		return d.long(n.kind)
	default:
		return d.scalar(n)
	}
}

func (d *decoder) record(n *node, depth int) (any, error) {
	if err := d.use(mapMemory + fieldMemory*len(n.names)); err != nil {
		return nil, err
	}
	fields := make(map[string]any, len(n.names))
	for i, name := range n.names {
		value, err := d.value(n.inner[i], depth+1)
		if err != nil {
			return nil, under(name, err)
		}
		fields[name] = value
	}
	return fields, nil
}

// minItems is the room for items that an array has at first.
const minItems = 4

func (d *decoder) array(n *node, depth int) (any, error) {
	items := []any{}
	for {
		count, err := d.count()
		if err != nil || count == 0 {
			return items, err
		}
		for range count {
			if len(items) == cap(items) { // the count may be any
				room := max(minItems, 2*len(items))
				if err := d.use(valueMemory * room); err != nil {
					return nil, err
				}
				items = append(make([]any, 0, room), items...)
			}
			value, err := d.value(n, depth+1)
			if err != nil {
				return nil, err
			}
			items = append(items, value)
		}
	}
}

func (d *decoder) mapping(n *node, depth int) (any, error) {
	if err := d.use(mapMemory); err != nil {
		return nil, err
	}
	entries := map[string]any{}
	for {
		count, err := d.count()
		if err != nil || count == 0 {
			return entries, err
		}
		for range count {
			name, err := d.sized()
			if err != nil {
				return nil, err
			}
			if err := d.use(entryMemory + len(name)); err != nil {
				return nil, err
			}
			value, err := d.value(n, depth+1)
			if err != nil {
				return nil, under(string(name), err)
			}
			entries[string(name)] = value
		}
	}
}

func (d *decoder) integer(k kind) (any, error) {
	i, err := d.int32()
	switch k {
	case date:
		return time.Unix(int64(i)*int64(24*time.Hour/time.Second), 0).UTC(), err
	case timeMillis:
		return time.Duration(i) * time.Millisecond, err
	default:
		return int(i), err
	}
}

func (d *decoder) long(k kind) (any, error) {
	i, err := d.varint()
	switch k {
	case timeMicros:
		return time.Duration(i) * time.Microsecond, err
	case timestampMillis:
		return time.UnixMilli(i).UTC(), err
	case timestampMicros:
		return time.UnixMicro(i).UTC(), err
	default:
		return i, err
	}
}

// scalar decodes a value of a type that is neither an integer nor has others
// inside.
func (d *decoder) scalar(n *node) (any, error) {
	switch n.kind {
	case boolean:
		b, err := d.next(1)
		if err == nil && b[0] > 1 {
			err = fmt.Errorf("%w: %d is not a boolean", ErrInvalid, b[0])
		}
		return err == nil && b[0] == 1, err
	case float:
		b, err := d.next(4)
		if err != nil {
			return nil, err
		}
		return math.Float32frombits(binary.LittleEndian.Uint32(b)), nil
	case double:
		b, err := d.next(8)
		if err != nil {
			return nil, err
		}
		return math.Float64frombits(binary.LittleEndian.Uint64(b)), nil
	case enum:
		i, err := d.index(len(n.names))
		if err != nil {
			return nil, err
		}
		return n.names[i], nil
	default:
		return d.blob(n)
	}
}

// blob decodes a value of a type that is made of bytes.
func (d *decoder) blob(n *node) (any, error) {
	var b []byte
	var err error
	switch n.kind {
	case fixed, fixedDecimal, duration:
		b, err = d.next(n.size)
	default:
		b, err = d.sized()
	}
	if err == nil {
		err = d.use(len(b))
	}
	if err != nil {
		return nil, err
	}
	switch n.kind {
	case text:
		return string(b), nil
	case decimal, fixedDecimal:
		return d.decimal(b, n.power)
	case duration:
		return avro.LogicalDuration{
			Months:       binary.LittleEndian.Uint32(b),
			Days:         binary.LittleEndian.Uint32(b[4:]),
			Milliseconds: binary.LittleEndian.Uint32(b[8:]),
		}, nil
	default:
		return append(make([]byte, 0, len(b)), b...), nil
	}
}

func (d *decoder) decimal(b []byte, power *big.Int) (any, error) {
	if len(b) > maxDecimal {
		return nil, fmt.Errorf("%w: a decimal of %d bytes", ErrTooLarge, len(b))
	}
	if err := d.use(ratMemory + 2*len(b) + power.BitLen()/4); err != nil {
		return nil, err
	}
	unscaled := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]&0x80 != 0 { // two's complement
		unscaled.Sub(unscaled, new(big.Int).Lsh(big.NewInt(1), uint(len(b))*8))
	}
	return new(big.Rat).SetFrac(unscaled, power), nil
}

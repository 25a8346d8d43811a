// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"math/big"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/parquet-go/parquet-go"
)

const daySeconds = 24 * 60 * 60

// leaf returns v as a value of a column, if it has a type that the column stores.
func (s *shredder) leaf(to *levels, v any) (parquet.Value, bool) {
	switch to.typ {
	case boolean:
		b, ok := v.(bool)
		return parquet.BooleanValue(b), ok
	case integer:
		n, ok := integerOf(v)
		return parquet.Int64Value(n), ok
	case double:
		f, ok := doubleOf(v)
		return parquet.DoubleValue(f), ok
	case decimal:
		return s.decimal(to, v)
	case text:
		t, ok := v.(string)
		return s.stringValue(t), ok
	case uuid:
		t, _ := v.(string)
		id, ok := parseUUID(t)
		return s.fixedValue(id[:]), ok
	case uuidText:
		t, ok := v.(string)
		if id, isUUID := parseUUID(t); isUUID {
			t = uuidTextOf(id)
		}
		return s.stringValue(t), ok
	case timeText:
		d, ok := timeOfDayOf(v)
		return s.stringValue(timeTextOf(d)), ok
	case binary:
		b, ok := bytesOf(v)
		return s.bytesValue(b), ok
	case fixed:
		b, ok := bytesOf(v)
		s.size += len(b)
		return parquet.FixedLenByteArrayValue(b), ok && len(b) == to.size
	default:
		return timeValue(to.typ, v)
	}
}

// fixedValue returns a copy of b as a value that is valid until reset.
func (s *shredder) fixedValue(b []byte) parquet.Value {
	begin := len(s.text)
	s.text = append(s.text, b...)
	return parquet.FixedLenByteArrayValue(s.since(begin))
}

// timeOfDayOf returns a time of day, which has no fractions of a microsecond.
func timeOfDayOf(v any) (time.Duration, bool) {
	d, ok := v.(time.Duration)
	return d, ok && 0 <= d && d < 24*time.Hour && d%time.Microsecond == 0
}

func timeValue(typ columnType, v any) (parquet.Value, bool) {
	if typ == timeOfDay {
		d, ok := timeOfDayOf(v)
		return parquet.Int64Value(d.Microseconds()), ok
	}
	t, ok := v.(time.Time)
	switch typ {
	case date:
		isDay := t.Equal(t.UTC().Truncate(24 * time.Hour))
		return parquet.Int32Value(int32(t.Unix() / daySeconds)), ok && isDay //nolint:gosec // Check refuses years outside of the range
	case localTimestamp:
		_, offset := t.Zone()
		return parquet.Int64Value(t.Add(time.Duration(offset) * time.Second).UnixMicro()), ok
	default:
		return parquet.Int64Value(t.UnixMicro()), ok && typ == timestamp
	}
}

func (s *shredder) decimal(to *levels, v any) (parquet.Value, bool) {
	n, ok := unscaledOf(v, to.precision, to.scale)
	switch {
	case !ok:
		return parquet.Value{}, false
	case to.precision <= digits64:
		return parquet.Int64Value(n.Int64()), true
	default:
		return s.fixedValue(twosComplement(n, decimalSize(to.precision))), true
	}
}

// twosComplement returns n in size bytes, the most significant first.
func twosComplement(n *big.Int, size int) []byte {
	if n.Sign() < 0 {
		n = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(size)*8))
	}
	return n.FillBytes(make([]byte, size))
}

func bytesOf(v any) ([]byte, bool) {
	switch v := v.(type) {
	case []byte:
		return v, true
	case opencdc.RawData:
		return v, true
	default:
		return nil, false
	}
}

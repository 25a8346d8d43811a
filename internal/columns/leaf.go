// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	stdjson "encoding/json"
	"math/big"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/parquet-go/parquet-go"
)

const daySeconds = 24 * 60 * 60

// leaf returns v as a value of a column, if it has a type that the column stores.
func (s *shredder) leaf(to *levels, v any) (parquet.Value, bool) {
	switch to.typ {
	case boolean:
		b, ok := v.(bool)
		return parquet.BooleanValue(b), ok
	case integer32:
		n, ok := int64Of(v)
		return parquet.Int32Value(int32(n)), ok //nolint:gosec // infer widens the column if one does not fit
	case integer:
		n, ok := int64Of(v)
		return parquet.Int64Value(n), ok
	case single:
		f, ok := v.(float32)
		return parquet.FloatValue(f), ok
	case double:
		f, ok := float64Of(v)
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
		t, _ := v.(string)
		id, ok := parseUUID(t)
		return s.stringValue(uuidTextOf(id)), ok
	case timeText:
		d, ok := v.(time.Duration)
		return s.stringValue(timeTextOf(d)), ok
	case binary:
		b, ok := bytesOf(v)
		return s.bytesValue(b), ok
	case fixed:
		b, ok := bytesOf(v)
		s.size += len(b)
		return parquet.FixedLenByteArrayValue(b), ok
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

func timeValue(typ columnType, v any) (parquet.Value, bool) {
	if typ == timeOfDay {
		d, ok := v.(time.Duration)
		return parquet.Int64Value(d.Microseconds()), ok
	}
	t, ok := v.(time.Time)
	switch typ {
	case date:
		return parquet.Int32Value(int32(t.Unix() / daySeconds)), ok //nolint:gosec // Check refuses years outside of the range
	case localTimestamp:
		_, offset := t.Zone()
		return parquet.Int64Value(t.Add(time.Duration(offset) * time.Second).UnixMicro()), ok
	default:
		return parquet.Int64Value(t.UnixMicro()), ok && typ == timestamp
	}
}

func (s *shredder) decimal(to *levels, v any) (parquet.Value, bool) {
	var n *big.Int
	switch v := v.(type) {
	case *big.Rat:
		n = unscaled(v, to.scale)
	case uint64:
		n = new(big.Int).SetUint64(v)
		n.Mul(n, power10(to.scale))
	case uint:
		n = new(big.Int).SetUint64(uint64(v))
		n.Mul(n, power10(to.scale))
	default:
		i, ok := int64Of(v)
		if !ok {
			return parquet.Value{}, false
		}
		n = big.NewInt(i)
		n.Mul(n, power10(to.scale))
	}
	switch {
	case to.precision <= digits32:
		return parquet.Int32Value(int32(n.Int64())), true //nolint:gosec // the precision limits its digits
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

func power10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// int64Of returns the value of an integer, also of one that is written in digits.
func int64Of(v any) (int64, bool) {
	switch v := v.(type) {
	case time.Duration:
		return int64(v), true
	case stdjson.Number:
		n, err := v.Int64()
		return n, err == nil
	default:
		return value.IntegerOf(v)
	}
}

// float64Of returns the value of a number of any type.
func float64Of(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case stdjson.Number:
		f, err := v.Float64()
		return f, err == nil
	default:
		n, ok := int64Of(v)
		return float64(n), ok
	}
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

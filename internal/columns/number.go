// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	stdjson "encoding/json"
	"math"
	"math/big"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/value"
)

const (
	maxExact      = 1 << 53 // the range in which every integer has an exact double
	inferredScale = 9       // of decimals without a schema
)

// integerOf returns a number as an integer, if it is one.
func integerOf(v any) (int64, bool) {
	switch v := v.(type) {
	case time.Duration:
		return int64(v), true
	case stdjson.Number:
		n, err := v.Int64()
		return n, err == nil
	case float64:
		n := int64(v)
		return n, v == math.Trunc(v) && -maxExact <= v && v <= maxExact && !(v == 0 && math.Signbit(v))
	case float32:
		return integerOf(float64(v))
	default:
		return value.IntegerOf(v)
	}
}

// doubleOf returns a number as a double, if one is the same number.
func doubleOf(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case stdjson.Number:
		return value.DoubleOf(v)
	default:
		n, ok := integerOf(v)
		return float64(n), ok && -maxExact <= n && n <= maxExact
	}
}

// unscaledOf returns an exact number times 10 to the power of scale, if it is an
// integer of up to precision digits.
func unscaledOf(v any, precision, scale int) (*big.Int, bool) {
	n := new(big.Int)
	switch v := v.(type) {
	case *big.Rat:
		if v.Num().BitLen() > 512 || v.Denom().BitLen() > 512 {
			return nil, false
		}
		n.Mul(v.Num(), power10(scale))
		if _, remainder := n.QuoRem(n, v.Denom(), new(big.Int)); remainder.Sign() != 0 {
			return nil, false
		}
	case stdjson.Number:
		if _, ok := n.SetString(v.String(), 10); !ok || len(v) > precision+1 {
			return nil, false
		}
		n.Mul(n, power10(scale))
	case uint64:
		n.Mul(n.SetUint64(v), power10(scale))
	case uint:
		n.Mul(n.SetUint64(uint64(v)), power10(scale))
	case float64, float32:
		return nil, false
	default:
		i, ok := integerOf(v)
		if !ok {
			return nil, false
		}
		n.Mul(n.SetInt64(i), power10(scale))
	}
	return n, n.CmpAbs(power10(precision)) < 0
}

// powers has the powers of ten that decimals need.
var powers = func() (p [maxPrecision + 1]*big.Int) {
	for i := range p {
		p[i] = new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(i)), nil)
	}
	return p
}()

// power10 returns a power of ten, which the caller must not change.
func power10(n int) *big.Int { return powers[n] }

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	stdjson "encoding/json"
	"math/big"

	"github.com/conduitio/conduit-connector-s3/internal/value"
)

const (
	maxExact      = 1 << 53 // the range in which every integer has an exact double
	integerDigits = 19      // of the largest int64
	uint64Digits  = 20
)

func exact(n int64) bool { return -maxExact <= n && n <= maxExact }

// acceptInteger widens c until it fits n.
func (c *column) acceptInteger(n int64) {
	switch c.typ {
	case integer:
	case integer32:
		if n != int64(int32(n)) { //nolint:gosec // the conversion is what is tested
			c.typ = integer
		}
	case single:
		c.typ = double
		c.doubleOrJSON(exact(n))
	case double:
		c.doubleOrJSON(exact(n))
	case decimal:
		c.widenDecimal(integerDigits, 0)
	default:
		c.accept(integer)
	}
	c.inexact = c.inexact || c.typ == integer && !exact(n)
}

// acceptUnsigned widens c until it fits integers beyond int64.
func (c *column) acceptUnsigned() {
	switch c.typ {
	case unknown, integer32, integer:
		c.become(decimal)
		c.precision = uint64Digits
	case decimal:
		c.widenDecimal(uint64Digits, 0)
	default:
		c.become(jsonText)
	}
}

func (c *column) acceptDouble() {
	switch c.typ {
	case double:
	case single:
		c.typ = double
	case integer, integer32:
		c.doubleOrJSON(!c.inexact)
	default:
		c.accept(double)
	}
}

func (c *column) acceptSingle() {
	switch c.typ {
	case single, double:
	case integer, integer32:
		c.doubleOrJSON(!c.inexact)
	default:
		c.accept(single)
	}
}

func (c *column) doubleOrJSON(isExact bool) {
	if isExact {
		c.typ = double
	} else {
		c.become(jsonText)
	}
}

// acceptRat widens c until it fits a fraction, which is a decimal if it has a finite
// number of digits.
func (c *column) acceptRat(r *big.Rat) {
	if r == nil {
		return
	}
	digits, scale, ok := decimalOf(r)
	switch {
	case !ok:
		c.become(jsonText)
	case c.typ == decimal:
		c.widenDecimal(digits, scale)
	case c.typ == unknown:
		c.typ = decimal
		c.widenDecimal(digits, scale)
	case c.typ == integer || c.typ == integer32:
		c.become(decimal)
		c.precision = integerDigits
		c.widenDecimal(digits, scale)
	default:
		c.become(jsonText)
	}
}

// widenDecimal adds room for digits before and scale digits after the point.
func (c *column) widenDecimal(digits, scale int) {
	digits = max(digits, c.precision-c.scale)
	scale = max(scale, c.scale)
	if digits+scale > maxPrecision {
		c.become(jsonText)
		return
	}
	c.precision, c.scale = digits+scale, scale
}

// decimalOf returns the number of digits before and after the point of r, if there
// are not more than maxPrecision after it.
func decimalOf(r *big.Rat) (digits, scale int, ok bool) {
	scale, ok = r.FloatPrec()
	if !ok || scale > maxPrecision || r.Num().BitLen() > 512 {
		return 0, 0, false
	}
	whole := new(big.Int).Quo(r.Num(), r.Denom())
	if whole.Sign() != 0 {
		digits = len(whole.Abs(whole).String())
	}
	return digits, scale, true
}

// unscaled returns r times 10 to the power of scale.
func unscaled(r *big.Rat, scale int) *big.Int {
	n := power10(scale)
	n.Mul(n, r.Num())
	return n.Quo(n, r.Denom())
}

// acceptNumber widens c until it fits a number that is written in digits. It is an
// integer, or a double if that has the same digits, and otherwise JSON.
func (c *column) acceptNumber(n stdjson.Number) {
	if i, err := n.Int64(); err == nil {
		c.acceptInteger(i)
		return
	}
	if _, ok := value.DoubleOf(n); !ok {
		c.become(jsonText)
		return
	}
	c.acceptDouble()
}

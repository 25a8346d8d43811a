// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import (
	stdjson "encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// What NaN and infinity are in JSON, which has no numbers for them.
const (
	notANumber       = "NaN"
	infinity         = "Infinity"
	negativeInfinity = "-Infinity"
)

// nameOf returns what a number is in JSON that JSON has no number for, or an empty
// string.
func nameOf(f float64) string {
	switch {
	case math.IsNaN(f):
		return notANumber
	case math.IsInf(f, 1):
		return infinity
	case math.IsInf(f, -1):
		return negativeInfinity
	default:
		return ""
	}
}

// decimalOf returns a fraction as a number with all of its digits, such as 19.99. A
// fraction that never ends, such as 1/3, is that string: no number of digits is
// equal to it. Nil is nil.
func decimalOf(r *big.Rat) any {
	if r == nil {
		return nil
	}
	if digits, exact := r.FloatPrec(); exact {
		return stdjson.Number(r.FloatString(digits))
	}
	return r.RatString()
}

// DoubleOf returns the double that has the digits of n, or false if there is none.
func DoubleOf(n stdjson.Number) (float64, bool) {
	f, err := n.Float64()
	return f, err == nil && digitsOf(n.String()) == digitsOf(strconv.FormatFloat(f, 'e', -1, 64))
}

// digits is a number as its significant digits and the place of the point.
type digits struct {
	negative bool
	text     string
	point    int
}

// digitsOf returns the digits of a JSON number. Equal numbers have equal digits.
func digitsOf(number string) digits {
	var d digits
	number, d.negative = strings.CutPrefix(number, "-")
	mantissa, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.point, _ = strconv.Atoi(exponent) // 0 if there is none; one that is too large is no float64
	d.text = strings.TrimLeft(whole+fraction, "0")
	d.point += len(d.text) - len(fraction)
	d.text = strings.TrimRight(d.text, "0")
	if d.text == "" {
		d.point = 0
	}
	return d
}

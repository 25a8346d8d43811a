// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package measure is the arithmetic of the benchmark: spreads, ratios and
// growth. It measures nothing itself.
package measure

import (
	"math"
	"slices"
)

// Spread is a series in short.
type Spread struct {
	Min, Median, Max float64
	N                int
}

// Of returns the spread of a series; its zero value for an empty one.
func Of(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	return Spread{Min: slices.Min(values), Median: Quantile(values, 0.5), Max: slices.Max(values), N: len(values)}
}

// Quantile returns the value below which the share q of a series lies, between
// neighbours in proportion. It is NaN for an empty series.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	place := q * float64(len(sorted)-1)
	below := int(place)
	if below+1 == len(sorted) {
		return sorted[below]
	}
	return sorted[below] + (place-float64(below))*(sorted[below+1]-sorted[below])
}

// Ratios returns what each value is of the one in its place in the other
// series. The longer series is cut.
func Ratios(values, of []float64) []float64 {
	ratios := make([]float64, min(len(values), len(of)))
	for i := range ratios {
		ratios[i] = values[i] / of[i]
	}
	return ratios
}

// Exponent returns the p for which costs grow as sizes to the power of p: the
// slope of the least-squares line through their logarithms. 1 is linear, 0 is
// no growth. It is NaN unless there are two different sizes.
func Exponent(sizes, costs []float64) float64 {
	n := float64(len(sizes))
	var sumX, sumY, sumXX, sumXY float64
	for i := range sizes {
		x, y := math.Log(sizes[i]), math.Log(costs[i])
		sumX, sumY, sumXX, sumXY = sumX+x, sumY+y, sumXX+x*x, sumXY+x*y
	}
	below := n*sumXX - sumX*sumX
	if len(sizes) < 2 || below < 1e-9 {
		return math.NaN()
	}
	return (n*sumXY - sumX*sumY) / below
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package measure_test

import (
	"math"
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/measure"
	"gotest.tools/v3/assert"
)

func TestOf_Spread(t *testing.T) {
	assert.Equal(t, measure.Of([]float64{3, 1, 2}), measure.Spread{Min: 1, Median: 2, Max: 3, N: 3})
	assert.Equal(t, measure.Of(nil), measure.Spread{})
}

func TestQuantile_BetweenNeighbours(t *testing.T) {
	values := []float64{40, 10, 20, 30}
	assert.Equal(t, measure.Quantile(values, 0), 10.0)
	assert.Equal(t, measure.Quantile(values, 0.5), 25.0)
	assert.Equal(t, measure.Quantile(values, 1), 40.0)
	assert.Equal(t, measure.Quantile([]float64{7}, 0.99), 7.0)
	assert.Check(t, math.IsNaN(measure.Quantile(nil, 0.5)))
	assert.DeepEqual(t, values, []float64{40, 10, 20, 30})
}

func TestRatios_PairByPair(t *testing.T) {
	assert.DeepEqual(t, measure.Ratios([]float64{2, 9, 1}, []float64{1, 3}), []float64{2, 3})
}

func TestExponent_OfPowers(t *testing.T) {
	sizes := []float64{1000, 100_000, 1_000_000}
	for _, want := range []float64{0, 0.5, 1, 2} {
		var costs []float64
		for _, size := range sizes {
			costs = append(costs, 3*math.Pow(size, want))
		}
		got := measure.Exponent(sizes, costs)
		assert.Check(t, math.Abs(got-want) < 1e-9, "got %v, want %v", got, want)
	}
}

func TestExponent_OfTooLittle(t *testing.T) {
	assert.Check(t, math.IsNaN(measure.Exponent(nil, nil)))
	assert.Check(t, math.IsNaN(measure.Exponent([]float64{5}, []float64{1})))
	assert.Check(t, math.IsNaN(measure.Exponent([]float64{5, 5}, []float64{1, 2})))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// plainTicks label an axis with numbers that have no exponents.
type plainTicks struct{}

// Ticks implements plot.Ticker.
func (plainTicks) Ticks(least, most float64) []plot.Tick {
	return relabel(plot.DefaultTicks{}.Ticks(least, most))
}

// logTicks label the powers of ten.
type logTicks struct{}

// Ticks implements plot.Ticker.
func (logTicks) Ticks(least, most float64) []plot.Tick {
	var ticks []plot.Tick
	for e := math.Floor(math.Log10(least)); e <= math.Ceil(math.Log10(most)); e++ {
		ticks = append(ticks, plot.Tick{Value: math.Pow(10, e), Label: " "})
	}
	return relabel(ticks)
}

// relabel writes the labels of ticks that have one anew.
func relabel(ticks []plot.Tick) []plot.Tick {
	for i := range ticks {
		if ticks[i].Label != "" {
			ticks[i].Label = label(ticks[i].Value)
		}
	}
	return ticks
}

func label(x float64) string {
	switch {
	case math.Abs(x) >= 1e6:
		return strconv.FormatFloat(x/1e6, 'f', -1, 64) + "M"
	case math.Abs(x) >= 1e4:
		return strconv.FormatFloat(x/1e3, 'f', -1, 64) + "k"
	default:
		return strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
	}
}

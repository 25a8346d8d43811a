// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package report is what the benchmark has to tell: figures, and their text as
// Markdown. It measures nothing.
package report

import (
	"fmt"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/measure"
)

// Figure is one number of the connector beside the limit that was measured in
// the same run.
type Figure struct {
	ID    string // for the table of bounds
	Name  string // what is done, with its size
	Layer string // what does it
	Unit  string // of Value and Limit

	Value measure.Spread
	Limit measure.Spread
	// Ratio is the cost, in time or requests, as a multiple of the limit's: 1 is
	// as good as the limit, 2 is twice the cost. Noise is the same of the limit
	// against itself.
	Ratio measure.Spread
	Noise measure.Spread
	// Growth is the exponent of the cost's growth with the size; NaN if it was
	// not measured.
	Growth float64

	Peak, LimitPeak int64 // of resident memory, in bytes; 0 if it is not known
	// Bound is the ratio above which something is wrong; 0 for none.
	Bound float64
}

// OutOfBounds tells whether even the best pair is above the bound.
func (f Figure) OutOfBounds() bool { return f.Bound > 0 && f.Ratio.Min > f.Bound }

// Verdict says in a word or two how the ratio stands to its bound.
func (f Figure) Verdict() string {
	switch {
	case f.Bound == 0:
		return "–"
	case f.OutOfBounds():
		return fmt.Sprintf("**above %g**", f.Bound)
	default:
		return fmt.Sprintf("within %g", f.Bound)
	}
}

// Failures names every figure that is out of bounds.
func (r Report) Failures() []string {
	var failures []string
	for _, s := range r.Sections {
		for _, f := range s.Figures {
			if f.OutOfBounds() {
				failures = append(failures, fmt.Sprintf("%s, %s: %.2f times the limit at best, the bound is %g",
					f.Name, f.Layer, f.Ratio.Min, f.Bound))
			}
		}
	}
	return failures
}

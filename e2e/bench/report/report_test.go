// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package report_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/chart"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/machine"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/measure"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/report"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
)

func newReport() report.Report {
	return report.Report{
		Version: "commit 0123456 of 2026-11-22",
		Machine: machine.Machine{CPU: "A CPU", Cores: 2, Memory: 16 << 30, OS: "linux/amd64", Go: "go1.26"},
		Took:    9*time.Minute + 31*time.Second,
		Sections: []report.Section{{
			Title: "Reading",
			Intro: "What is read.",
			Figures: []report.Figure{{
				ID: "small/source", Name: "10,000 objects", Layer: "source", Unit: "objects/s",
				Value: measure.Of([]float64{900, 1000, 1100}), Limit: measure.Of([]float64{2000, 2100, 2200}),
				Ratio: measure.Of([]float64{2, 2.25, 2.5}), Noise: measure.Of([]float64{0.9, 1, 1.125}),
				Growth: 1, Peak: 48 << 20, LimitPeak: 24 << 20, Bound: 3,
			}, {
				ID: "small/engine", Name: "10,000 objects", Layer: "engine", Unit: "objects/s",
				Value: measure.Of([]float64{500}), Limit: measure.Of([]float64{12.34}),
				Ratio: measure.Of([]float64{4, 5}), Growth: math.NaN(), Bound: 3,
			}},
			Tables: []report.Table{{Head: []string{"a", "b"}, Rows: [][]string{{"1", "2"}}}},
			Tells:  []string{"It tells this.", "And that."},
			Charts: []chart.Chart{{File: "performance-reading.svg", Title: "Reading"}},
		}},
		Profiles: []string{"small-source.cpu.pprof"},
	}
}

func TestMarkdown_Whole(t *testing.T) {
	text, err := newReport().Markdown()
	assert.NilError(t, err)
	golden.Assert(t, text, "whole.md.golden")
}

func TestMarkdown_Quick(t *testing.T) {
	r := newReport()
	r.Quick, r.Profiles = true, nil
	text, err := r.Markdown()
	assert.NilError(t, err)
	golden.Assert(t, text, "quick.md.golden")
}

func TestFailures_OnlyIfTheBestPairIsOut(t *testing.T) {
	assert.DeepEqual(t, newReport().Failures(), []string{"10,000 objects, engine: 4.00 times the limit at best, the bound is 3"})
}

func TestFailures_WithoutABound(t *testing.T) {
	f := report.Figure{Ratio: measure.Of([]float64{1000})}
	assert.Check(t, !f.OutOfBounds())
	assert.Equal(t, f.Verdict(), "–")
}

func TestHeadline_BetweenItsMarkers(t *testing.T) {
	readme := "before\n<!-- bench:headline -->\nold\n<!-- /bench:headline -->\nafter\n"
	for range 2 { // a second time changes nothing
		var err error
		readme, err = newReport().Headline(readme, []string{"small/source", "unknown"})
		assert.NilError(t, err)
	}
	golden.Assert(t, readme, "headline.md.golden")
}

func TestHeadline_WithoutMarkers(t *testing.T) {
	_, err := newReport().Headline("<!-- bench:headline -->", nil)
	assert.Check(t, err != nil && strings.Contains(err.Error(), "<!-- /bench:headline -->"), "%v", err)
}

func TestNumber_DigitsThatCount(t *testing.T) {
	for want, x := range map[string]float64{
		"0.12": 0.123, "9.99": 9.99, "12.3": 12.34, "123": 123.4, "1,235": 1234.6, "1,000,000": 1e6, "-1,234": -1234,
	} {
		assert.Equal(t, report.Number(x), want)
	}
}

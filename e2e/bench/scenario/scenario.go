// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package scenario holds what is measured, a file for each question that a user
// would ask.
package scenario

import (
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/measure"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/report"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/runner"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/store"
)

// Bench is what scenarios work with.
type Bench struct {
	Store  *store.Store
	Runner *runner.Runner
	Plan   Plan
	Only   string    // the name of what alone is measured; empty for everything
	Out    io.Writer // what is going on is told here
}

// Run measures everything, one after the other, or one thing only.
func (b *Bench) Run(ctx context.Context) ([]report.Section, error) {
	var sections []report.Section
	var names []string
	for _, s := range []struct {
		name string
		run  func(*Bench, context.Context) (report.Section, error)
	}{
		{"snapshot", (*Bench).snapshots},
		{"scans", (*Bench).scans},
		{"growth", (*Bench).growths},
		{"latency", (*Bench).latencies},
		{"requests", (*Bench).requests},
		{"destination", (*Bench).destinations},
	} {
		names = append(names, s.name)
		if b.Only != "" && b.Only != s.name {
			continue
		}
		start := time.Now()
		section, err := s.run(b, ctx)
		if err != nil {
			return nil, fmt.Errorf("measure %s: %w", s.name, err)
		}
		fmt.Fprintf(b.Out, "measured %s in %s\n", s.name, time.Since(start).Round(time.Second))
		sections = append(sections, section)
	}
	if len(sections) == 0 {
		return nil, fmt.Errorf("%q is none of %q", b.Only, names)
	}
	return sections, nil
}

// sample is one run.
type sample struct {
	cost float64 // in seconds, unless the scenario says otherwise
	job.Result
	changes []float64 // milliseconds, of each change
	between float64   // seconds from the start of a scan to that of the next
}

// contender is what takes part in a round.
type contender struct {
	name string
	most int // rounds that it takes part in; 0 for all
	run  func(ctx context.Context) (sample, error)
}

// control is the name of a limit's second run in a round, which shows the noise.
const control = "control"

// rounds lets each contender run once, then each of them again, and so on.
func rounds(ctx context.Context, n int, contenders []contender) (map[string][]sample, error) {
	samples := map[string][]sample{}
	for round := range n {
		for _, c := range contenders {
			if c.most > 0 && round >= c.most {
				continue
			}
			s, err := c.run(ctx)
			if err != nil {
				return nil, err
			}
			samples[c.name] = append(samples[c.name], s)
		}
	}
	return samples, nil
}

func costs(samples []sample) []float64 {
	all := make([]float64, len(samples))
	for i, s := range samples {
		all[i] = s.cost
	}
	return all
}

func peak(samples []sample) int64 {
	most := int64(0)
	for _, s := range samples {
		most = max(most, s.Peak)
	}
	return most
}

// compare fills in what a figure takes from samples. value makes a number in the
// figure's unit of a cost.
func compare(f report.Figure, subject, limit, again []sample, value func(cost float64) float64) report.Figure {
	f.Value, f.Limit = measure.Of(values(subject, value)), measure.Of(values(limit, value))
	f.Ratio = measure.Of(measure.Ratios(costs(subject), costs(limit)))
	f.Noise = measure.Of(measure.Ratios(costs(again), costs(limit)))
	f.Peak, f.LimitPeak = peak(subject), peak(limit)
	f.Bound = boundOf(f.ID)
	return f
}

func values(samples []sample, value func(float64) float64) []float64 {
	all := make([]float64, len(samples))
	for i, s := range samples {
		all[i] = value(s.cost)
	}
	return all
}

// growth fits the exponent to the median costs at the sizes; NaN unless all sizes
// were measured.
func growth(sizes []int, bySize [][]sample) float64 {
	if len(bySize) != len(sizes) {
		return math.NaN()
	}
	medians := make([]float64, len(bySize))
	for i, samples := range bySize {
		medians[i] = measure.Quantile(costs(samples), 0.5)
	}
	return measure.Exponent(floats(sizes), medians)
}

func floats(sizes []int) []float64 {
	all := make([]float64, len(sizes))
	for i, n := range sizes {
		all[i] = float64(n)
	}
	return all
}

// layer is the name of what a kind of job measures.
func layer(kind job.Kind) string {
	switch kind {
	case job.Source:
		return "source"
	case job.Destination:
		return "destination"
	case job.SourcePlugin, job.DestinationPlugin:
		return "plugin"
	default:
		return "engine"
	}
}

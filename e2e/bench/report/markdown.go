// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"math"
	"strings"
	"text/template"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/chart"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/machine"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/measure"
)

// Report is one run of the benchmark.
type Report struct {
	Quick    bool
	Version  string // of the connector: the commit, and its date
	Machine  machine.Machine
	Took     time.Duration
	Sections []Section
	Profiles []string // files
}

// Section is a question that a user would ask.
type Section struct {
	Title   string
	Intro   string   // what is measured, and how
	Figures []Figure // the answer
	Tables  []Table  // more of it
	Tells   []string // what the figures tell, a sentence each
	Charts  []chart.Chart
}

// Table is a table beside the figures.
type Table struct {
	Head []string
	Rows [][]string
}

//go:embed performance.md.tmpl
var page string

// Markdown returns the whole report. Charts are linked if there are files of them.
func (r Report) Markdown() (string, error) {
	t, err := template.New("performance").Funcs(template.FuncMap{
		"figures": figures, "table": table, "took": took,
	}).Parse(page)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, r); err != nil {
		return "", fmt.Errorf("write the report: %w", err)
	}
	return out.String(), nil
}

func took(d time.Duration) string { return d.Round(time.Second).String() }

func figures(all []Figure) string {
	t := Table{Head: []string{
		"figure", "measured", "connector", "limit", "ratio: median (min–max)", "noise", "pairs", "growth", "peak memory (limit's)", "verdict",
	}}
	for _, f := range all {
		t.Rows = append(t.Rows, []string{
			f.Name, f.Layer, Number(f.Value.Median) + " " + f.Unit, Number(f.Limit.Median) + " " + f.Unit,
			spread(f.Ratio), noise(f.Noise), fmt.Sprint(f.Ratio.N), exponent(f.Growth), peaks(f), f.Verdict(),
		})
	}
	return table(t)
}

func spread(s measure.Spread) string {
	if s.N == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", s.Median, s.Min, s.Max)
}

func noise(s measure.Spread) string {
	if s.N == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f–%.2f", s.Min, s.Max)
}

func exponent(e float64) string {
	if math.IsNaN(e) {
		return "–"
	}
	return strings.Replace(fmt.Sprintf("%.2f", e), "-0.00", "0.00", 1)
}

func peaks(f Figure) string {
	if f.Peak == 0 {
		return "–"
	}
	text := machine.Size(f.Peak)
	if f.LimitPeak > 0 {
		text += " (" + machine.Size(f.LimitPeak) + ")"
	}
	return text
}

// Number writes a number with three digits that count, and commas.
func Number(x float64) string {
	switch abs := math.Abs(x); {
	case abs >= 100:
		return commas(int64(math.Round(x)))
	case abs >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

func commas(n int64) string {
	if n < 0 {
		return "-" + commas(-n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", commas(n/1000), n%1000)
}

// table writes a table in Markdown.
func table(t Table) string {
	var out strings.Builder
	row := func(cells []string) { out.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	row(t.Head)
	out.WriteString(strings.Repeat("| --- ", len(t.Head)) + "|\n")
	for _, cells := range t.Rows {
		row(cells)
	}
	return out.String()
}

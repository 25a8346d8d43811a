// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/chart"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/measure"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/report"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/store"
	"github.com/conduitio/conduit-connector-s3/source"
)

// pageSize is how many versions S3 answers at a time.
const pageSize = 1000

const scanBucket = "scan"

// scanPause is left between scans, for the store to tell them apart.
const scanPause = 400 * time.Millisecond

// scans measures how long it takes to find out that nothing has changed.
func (b *Bench) scans(ctx context.Context) (report.Section, error) {
	section := report.Section{
		Title: "Looking for changes",
		Intro: "One whole scan of a bucket in which nothing has changed, from the arrival of its first request at S3 to the answer to its last. The connector's second scan\n" +
			"is measured, since a first one has nothing to go by. The limit asks for page after page over the AWS client. A page holds 1,000 versions.",
		Tells: []string{
			"This is the least time between a change and its record in a bucket of that size, whatever `pollingPeriod` says: a scan that takes longer than the period delays the next one.",
			"With 20 ms a request the time is that of waiting for pages, as against S3 itself. A large bucket is listed in parts, several at a time, split where the pages of the scan before ended.",
			"The million versions are scanned fewer times than the rest, because of the time it takes; the table says how often. Where there is one pair there is no spread.",
		},
	}
	c := chart.Chart{File: "performance-scan.svg", Title: "One scan in which nothing has changed", X: "versions in the bucket", Y: "seconds", LogX: true, LogY: true}
	for _, far := range []bool{false, true} {
		figures, lines, err := b.scanSizes(ctx, far)
		if err != nil {
			return section, err
		}
		section.Figures = append(section.Figures, figures...)
		c.Series = append(c.Series, lines...)
	}
	section.Charts = []chart.Chart{c}
	return section, nil
}

// scanSizes measures each size, near or far, and returns the figures and the
// lines of a chart: the limit's and the connector's.
func (b *Bench) scanSizes(ctx context.Context, far bool) ([]report.Figure, []chart.Series, error) {
	id, name, latency, pairs := "scan", "", time.Duration(0), b.Plan.ScanPairs
	if far {
		id, name, latency, pairs = "scan/far", ", 20 ms a request", farLatency, b.Plan.FarPairs
	}
	limits := chart.Series{Name: "limit" + name, Dashed: true}
	connector := chart.Series{Name: "connector" + name}
	var figures []report.Figure
	for i, n := range b.Plan.Scans {
		if pairs[i] == 0 {
			continue
		}
		start := time.Now()
		b.Store.Fill(scanBucket, n, 0)
		samples, err := b.scanSize(ctx, n, pairs[i], latency)
		if err != nil {
			return nil, nil, err
		}
		fmt.Fprintf(b.Out, "scanned %s versions%s in %s\n", report.Number(float64(n)), name, time.Since(start).Round(time.Second))
		f := report.Figure{Name: fmt.Sprintf("scan of %s versions%s", report.Number(float64(n)), name), Layer: "source", Unit: "ms"}
		if i == len(b.Plan.Scans)-1 {
			f.ID = id
		}
		limit, subject := samples[string(job.LimitScan)], samples[string(job.Source)]
		figures = append(figures, compare(f, subject, limit, samples[control], func(seconds float64) float64 { return seconds * 1000 }))
		limits.X, limits.Y = append(limits.X, float64(n)), append(limits.Y, measure.Quantile(costs(limit), 0.5))
		connector.X, connector.Y = append(connector.X, float64(n)), append(connector.Y, measure.Quantile(costs(subject), 0.5))
	}
	for i := range figures {
		figures[i].Growth = measure.Exponent(connector.X, connector.Y)
	}
	return figures, []chart.Series{limits, connector}, nil
}

// scanSize measures scans of the bucket, which holds n versions, and removes it.
func (b *Bench) scanSize(ctx context.Context, n, pairs int, latency time.Duration) (map[string][]sample, error) {
	b.Store.SetLatency(latency)
	defer func() {
		b.Store.SetLatency(0)
		b.Store.RemoveBucket(scanBucket)
	}()
	var period time.Duration // between the connector's scans: leaves a pause between them
	contenders := []contender{
		{name: string(job.LimitScan), run: func(ctx context.Context) (sample, error) {
			s, err := b.scan(ctx, job.Job{Kind: job.LimitScan, Settings: b.Store.Settings(scanBucket), Period: scanPause}, n)
			period = time.Duration(1.25*s.cost*float64(time.Second)) + scanPause
			return s, err
		}},
		{name: string(job.Source), run: func(ctx context.Context) (sample, error) {
			settings := b.Store.Settings(scanBucket)
			settings[source.ConfigPollingPeriod] = period.String()
			return b.scan(ctx, job.Job{Kind: job.Source, Settings: settings, Position: changesFrom(time.Now())}, n)
		}},
	}
	if pairs > 2 {
		contenders = append(contenders, contender{name: control, run: contenders[0].run})
	}
	return rounds(ctx, pairs, contenders)
}

// scan runs a job until a scan of n versions has ended that is not its first,
// which for the limit would make no difference where it takes long.
func (b *Bench) scan(ctx context.Context, j job.Job, n int) (sample, error) {
	pages := (n + pageSize - 1) / pageSize
	number := 2
	if j.Kind == job.LimitScan && pages >= 100 {
		number = 1
	}
	b.Store.ResetLog()
	run, err := b.Runner.Start(fmt.Sprintf("scan %d", n), j)
	if err != nil {
		return sample{}, err
	}
	defer run.Kill()
	var scans []store.Scan
	err = run.Until(ctx, func() bool {
		if b.Store.Count("ListObjectVersions") < number*pages {
			return false
		}
		scans = store.Scans(b.Store.Requests(), scanBucket, pages, time.Now())
		return len(scans) >= number
	})
	if err != nil {
		return sample{}, err
	}
	result, err := run.Stop(ctx)
	scan := scans[number-1]
	return sample{cost: scan.Ended.Sub(scan.Began).Seconds(), Result: result}, err
}

// changesFrom is the position of a source that has read everything up to now. It
// is written as the first connectors wrote it, which every later one reads.
func changesFrom(now time.Time) string { return fmt.Sprintf("orders/0000000.json_c%d", now.Unix()) }

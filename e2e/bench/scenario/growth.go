// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/measure"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/report"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/store"
	"github.com/conduitio/conduit-connector-s3/source"
)

const (
	// besidePeriod is the shortest polling period that the connector takes. The
	// limit pauses as long after each scan.
	besidePeriod = 10 * time.Millisecond
	// besideScans is how many scans are measured beside uploads in progress.
	besideScans = 20
)

// growths measures how scans grow with what a bucket holds besides objects.
func (b *Bench) growths(ctx context.Context) (report.Section, error) {
	section := report.Section{
		Title: "Uploads in progress, and many versions of one key",
		Intro: "Scans in which nothing has changed, as above, of a bucket with one key that has many versions, and of a bucket with 1,000 objects and many multipart\n" +
			"uploads in progress. Those were initiated an hour before. \"Until uploads are known\" is the time from the first request to the end of the second scan that\n" +
			"begins after all uploads were listed; the limit lists them, and then scans. \"Between scans\" is the time from the start of one scan to that of the next with\n" +
			"the shortest `pollingPeriod`, 10 ms, while the uploads stay in progress; the limit pauses for 10 ms after each scan.",
		Tells: []string{
			"A key with many versions costs what as many keys cost, except that its pages are listed one after the other.",
			"Uploads are listed apart from the scans, so that they delay no change, and a first snapshot by a second at most. The listing is repeated every half `lookback`.",
			"Without changes, the time between scans tells what it costs that uploads stay in progress. Its growth is fitted over a range of one to ten thousand.",
		},
	}
	keys, err := b.keyGrowth(ctx)
	if err != nil {
		return section, err
	}
	uploads, err := b.uploadGrowth(ctx)
	section.Figures = slices.Concat(keys, uploads)
	return section, err
}

// keyGrowth measures scans of one key.
func (b *Bench) keyGrowth(ctx context.Context) ([]report.Figure, error) {
	var figures []report.Figure
	var medians []float64
	last := len(b.Plan.KeyVersions) - 1
	for i, n := range b.Plan.KeyVersions {
		b.Store.FillKey(scanBucket, n)
		samples, err := b.scanSize(ctx, n, b.Plan.GrowthPairs[i], 0)
		if err != nil {
			return nil, err
		}
		f := report.Figure{Name: fmt.Sprintf("scan of %s versions of one key", report.Number(float64(n))), Layer: "source", Unit: "ms"}
		if i == last {
			f.ID = "growth/key"
		}
		subject := samples[string(job.Source)]
		figures = append(figures, compare(f, subject, samples[string(job.LimitScan)], samples[control], milliseconds))
		medians = append(medians, measure.Quantile(costs(subject), 0.5))
	}
	setGrowth(figures, b.Plan.KeyVersions, medians)
	return figures, nil
}

// uploadGrowth measures scans beside uploads in progress: first how long it takes
// until those are known, and then the time between scans.
func (b *Bench) uploadGrowth(ctx context.Context) ([]report.Figure, error) {
	var known, between []report.Figure
	var knownMedians, betweenMedians []float64
	last := len(b.Plan.Uploads) - 1
	for i, n := range b.Plan.Uploads {
		samples, err := b.besideUploads(ctx, n, b.Plan.GrowthPairs[i])
		if err != nil {
			return nil, err
		}
		number := report.Number(float64(n))
		if n < 100 {
			number = fmt.Sprint(n)
		}
		f := report.Figure{Name: fmt.Sprintf("until %s uploads are known", number), Layer: "source", Unit: "ms"}
		g := report.Figure{Name: fmt.Sprintf("between scans beside %s uploads", number), Layer: "source", Unit: "ms"}
		if i == last {
			f.ID, g.ID = "growth/uploads", "growth/beside"
		}
		subject, limit, again := samples[string(job.Source)], samples[string(job.LimitUploads)], samples[control]
		known = append(known, compare(f, subject, limit, again, milliseconds))
		knownMedians = append(knownMedians, measure.Quantile(costs(subject), 0.5))
		for _, all := range [][]sample{subject, limit, again} {
			for i := range all {
				all[i].cost = all[i].between
			}
		}
		between = append(between, compare(g, subject, limit, again, milliseconds))
		betweenMedians = append(betweenMedians, measure.Quantile(costs(subject), 0.5))
	}
	setGrowth(known, b.Plan.Uploads, knownMedians)
	setGrowth(between, b.Plan.Uploads, betweenMedians)
	return append(known, between...), nil
}

func milliseconds(seconds float64) float64 { return seconds * 1000 }

func setGrowth(figures []report.Figure, sizes []int, costs []float64) {
	for i := range figures {
		figures[i].Growth = measure.Exponent(floats(sizes), costs)
	}
}

// besideUploads measures scans of 1,000 versions beside n uploads.
func (b *Bench) besideUploads(ctx context.Context, n, pairs int) (map[string][]sample, error) {
	start := time.Now()
	b.Store.Fill(scanBucket, pageSize, 0)
	defer b.Store.RemoveBucket(scanBucket)
	b.Store.InitiateUploads(scanBucket, n)
	settings := b.Store.Settings(scanBucket)
	settings[source.ConfigPollingPeriod] = besidePeriod.String()
	contenders := []contender{
		{name: string(job.LimitUploads), run: func(ctx context.Context) (sample, error) {
			return b.beside(ctx, job.Job{Kind: job.LimitUploads, Settings: settings, Period: besidePeriod}, n)
		}},
		{name: string(job.Source), run: func(ctx context.Context) (sample, error) {
			return b.beside(ctx, job.Job{Kind: job.Source, Settings: settings, Position: changesFrom(time.Now())}, n)
		}},
	}
	if pairs > 2 {
		contenders = append(contenders, contender{name: control, run: contenders[0].run})
	}
	samples, err := rounds(ctx, pairs, contenders)
	fmt.Fprintf(b.Out, "scanned beside %s uploads in %s\n", report.Number(float64(n)), time.Since(start).Round(time.Second))
	return samples, err
}

// beside runs a job until enough scans have ended that began after the uploads
// were listed.
func (b *Bench) beside(ctx context.Context, j job.Job, n int) (sample, error) {
	pages := (n + pageSize - 1) / pageSize
	b.Store.ResetLog()
	run, err := b.Runner.Start(fmt.Sprintf("uploads %d", n), j)
	if err != nil {
		return sample{}, err
	}
	defer run.Kill()
	var scans []store.Scan
	err = run.Until(ctx, func() bool {
		if b.Store.Count("ListMultipartUploads") < pages {
			return false
		}
		scans = store.Beside(b.Store.Requests(), scanBucket, pages)
		return len(scans) > besideScans+1
	})
	if err != nil {
		return sample{}, err
	}
	result, err := run.Stop(ctx)
	first, last := scans[1], scans[1+besideScans]
	return sample{
		cost:    first.Ended.Sub(b.Store.First(scanBucket)).Seconds(),
		between: last.Began.Sub(first.Began).Seconds() / besideScans,
		Result:  result,
	}, err
}

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
	"github.com/conduitio/conduit-connector-s3/e2e/bench/price"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/report"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/runner"
)

// idlePeriod is the connector's default of pollingPeriod, at which the limit
// polls. The connector is not told it.
const idlePeriod = time.Second

// requests measures what a source asks of S3 while nothing happens, and for a
// change, and what that costs.
func (b *Bench) requests(ctx context.Context) (report.Section, error) {
	section := report.Section{
		Title: "Requests, and what they cost",
		Intro: fmt.Sprintf("Sources with the default `pollingPeriod` on buckets in which nothing happens, all at the same time, watched for %s; the numbers are for a minute.\n"+
			"The limit lists the bucket once a second. Dollars are S3's list price (%s): $%g for 1,000 listings and $%g for 1,000 GETs, a month of 730 hours.",
			b.Plan.IdleTime, price.Source, price.List*1000, price.Get*1000),
	}
	table := report.Table{Head: []string{"objects", "requests a minute", "dollars a month", "the limit's dollars a month"}}
	idle, err := b.idle(ctx)
	if err != nil {
		return section, err
	}
	var perMinute []float64
	for _, i := range idle.buckets {
		perMinute = append(perMinute, i.requests)
	}
	c := chart.Chart{
		File: "performance-cost.svg", Title: "What watching an idle bucket costs at the default pollingPeriod", Y: "dollars a month",
		Series: []chart.Series{{Name: "limit: one listing a second"}, {Name: "connector"}},
	}
	for _, i := range idle.buckets {
		ratio := measure.Of([]float64{i.requests / i.limitRequests})
		objects := report.Number(float64(i.objects))
		section.Figures = append(section.Figures, report.Figure{
			ID: "requests", Name: "idle, " + objects + " objects", Layer: "source", Unit: "requests/min",
			Value: measure.Of([]float64{i.requests}), Limit: measure.Of([]float64{i.limitRequests}), Ratio: ratio,
			Growth: measure.Exponent(floats(b.Plan.Idle), perMinute), Peak: i.peak, LimitPeak: i.limitPeak, Bound: boundOf("requests"),
		})
		table.Rows = append(table.Rows, []string{objects, report.Number(i.requests), "$" + report.Number(i.dollars), "$" + report.Number(i.limitDollars)})
		c.Categories = append(c.Categories, objects+" objects")
		c.Series[0].Y, c.Series[1].Y = append(c.Series[0].Y, i.limitDollars), append(c.Series[1].Y, i.dollars)
	}
	section.Tables, section.Charts = []report.Table{table}, []chart.Chart{c}
	section.Tells = []string{
		"A scan takes a listing for every 1,000 versions under the prefix, so an idle source costs money in proportion to the bucket and to how often it looks: " +
			"a `pollingPeriod` of a minute costs a sixtieth of this.",
		fmt.Sprintf("A change itself took %s requests, beside the scan that found it: $%s for a million changes.",
			report.Number(idle.perChange), report.Number(idle.perChangeDollars*1e6)),
	}
	return section, nil
}

// idleBucket is what one bucket was asked for in a minute.
type idleBucket struct {
	objects                 int
	requests, limitRequests float64
	dollars, limitDollars   float64 // a month
	peak, limitPeak         int64
}

type idleResult struct {
	buckets                     []idleBucket
	perChange, perChangeDollars float64
}

// idle runs a source and a limit for each size, all at once.
func (b *Bench) idle(ctx context.Context) (idleResult, error) {
	var result idleResult
	var runs, limits []*runner.Run
	defer func() {
		for _, run := range append(runs, limits...) {
			run.Kill()
		}
	}()
	b.Store.ResetLog()
	for _, n := range b.Plan.Idle {
		result.buckets = append(result.buckets, idleBucket{objects: n})
		for _, bucket := range []string{idleName(n, false), idleName(n, true)} {
			b.Store.Fill(bucket, n, 0)
			defer b.Store.RemoveBucket(bucket)
		}
		run, err := b.Runner.Start("idle", job.Job{
			Kind: job.Source, Settings: b.Store.Settings(idleName(n, false)), Position: changesFrom(time.Now()),
		})
		if err != nil {
			return result, err
		}
		runs = append(runs, run)
		run, err = b.Runner.Start("idle", job.Job{
			Kind: job.LimitChanges, Settings: b.Store.Settings(idleName(n, true)), Period: idlePeriod,
		})
		if err != nil {
			return result, err
		}
		limits = append(limits, run)
	}
	for _, run := range append(runs, limits...) {
		if err := run.Ready(ctx); err != nil {
			return result, err
		}
	}
	if err := b.watch(ctx, &result); err != nil {
		return result, err
	}
	if err := b.change(ctx, &result, runs[0]); err != nil {
		return result, err
	}
	for i := range runs {
		source, err := runs[i].Stop(ctx)
		if err != nil {
			return result, err
		}
		limit, err := limits[i].Stop(ctx)
		if err != nil {
			return result, err
		}
		result.buckets[i].peak, result.buckets[i].limitPeak = source.Peak, limit.Peak
	}
	return result, nil
}

func idleName(n int, limit bool) string {
	if limit {
		return fmt.Sprintf("idle-%d-limit", n)
	}
	return fmt.Sprintf("idle-%d", n)
}

// watch counts what comes within the plan's time, after the first scans.
func (b *Bench) watch(ctx context.Context, result *idleResult) error {
	if err := pause(ctx, 2*idlePeriod); err != nil {
		return err
	}
	began := time.Now()
	if err := pause(ctx, b.Plan.IdleTime); err != nil {
		return err
	}
	for i := range result.buckets {
		bucket := &result.buckets[i]
		bucket.requests, bucket.dollars = b.count(idleName(bucket.objects, false), began)
		bucket.limitRequests, bucket.limitDollars = b.count(idleName(bucket.objects, true), began)
	}
	return nil
}

// count returns the requests a minute and the dollars a month of what a bucket
// was asked for since a time, up to the plan's time later.
func (b *Bench) count(bucket string, began time.Time) (perMinute, perMonth float64) {
	n, dollars := 0, 0.0
	for _, r := range b.Store.Requests() {
		if r.Bucket == bucket && !r.Time.Before(began) && r.Time.Before(began.Add(b.Plan.IdleTime)) {
			n++
			dollars += price.Of(r.Op)
		}
	}
	return float64(n) * float64(time.Minute) / float64(b.Plan.IdleTime), price.Month(dollars, b.Plan.IdleTime)
}

// change puts objects into the first bucket and counts what the source asks for
// beside its scans.
func (b *Bench) change(ctx context.Context, result *idleResult, run *runner.Run) error {
	bucket := idleName(b.Plan.Idle[0], false)
	b.Store.ResetLog()
	if _, err := b.put(ctx, bucket, b.Plan.IdleChanges); err != nil {
		return err
	}
	err := run.Until(ctx, func() bool { return b.Store.Count("GetObject") >= b.Plan.IdleChanges })
	if err != nil {
		return err
	}
	if err := pause(ctx, 2*idlePeriod); err != nil { // more would come by then
		return err
	}
	n, dollars := 0.0, 0.0
	for _, r := range b.Store.Requests() {
		if r.Bucket == bucket && r.Op != "PutObject" && r.Op != "ListObjectVersions" && r.Op != "ListMultipartUploads" {
			n++
			dollars += price.Of(r.Op)
		}
	}
	result.perChange, result.perChangeDollars = n/float64(b.Plan.IdleChanges), dollars/float64(b.Plan.IdleChanges)
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/chart"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/measure"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/report"
	"github.com/conduitio/conduit-connector-s3/source"
)

const (
	latencyBucket = "latency"
	latencyPeriod = 250 * time.Millisecond
	// pace is the time between two changes. It shares no factor with the period,
	// so that changes fall everywhere between two scans.
	pace = 27 * time.Millisecond
)

// latencies measures how long it takes until a change comes out.
func (b *Bench) latencies(ctx context.Context) (report.Section, error) {
	section := report.Section{
		Title: "From a change to its record",
		Intro: fmt.Sprintf("The time from S3's answer to a PUT to the record that is handed out, with a `pollingPeriod` of %d ms and %d changes in each run, one every %d ms.\n"+
			"The limit lists the bucket every %d ms and reads what is new. The ratio is that of the medians of a run.",
			latencyPeriod.Milliseconds(), b.Plan.Changes, pace.Milliseconds(), latencyPeriod.Milliseconds()),
		Tells: []string{
			"A change waits for the next scan, half a period on average and a whole one at worst, then for the scan itself and for its object: less than half a period can't be had by polling.",
			"The engine's figure has the way through a pipeline to a destination in it.",
		},
	}
	table := report.Table{Head: []string{"objects", "measured", "changes", "p50", "p99", "limit p50", "limit p99"}}
	c := chart.Chart{
		File: "performance-latency.svg", Title: "From a change to its record, polling every 250 ms", Y: "milliseconds",
		Series: []chart.Series{{Name: "limit, p50"}, {Name: "source, p50"}, {Name: "source, p99"}},
	}
	middle := len(b.Plan.Latencies) / 2
	var bySize [][]sample
	for i, n := range b.Plan.Latencies {
		kinds := []job.Kind{job.Source}
		if i == middle {
			kinds = append(kinds, job.SourcePlugin, job.SourceEngine)
		}
		contenders := []contender{b.changing(job.LimitChanges, string(job.LimitChanges), n)}
		for _, kind := range kinds {
			contenders = append(contenders, b.changing(kind, string(kind), n))
		}
		contenders = append(contenders, b.changing(job.LimitChanges, control, n))
		samples, err := rounds(ctx, b.Plan.Pairs, contenders)
		if err != nil {
			return section, err
		}
		limit := samples[string(job.LimitChanges)]
		objects := report.Number(float64(n))
		for _, kind := range kinds {
			f := report.Figure{Name: "change among " + objects + " objects, p50", Layer: layer(kind), Unit: "ms", Growth: math.NaN()}
			if i == middle {
				f.ID = "latency/" + layer(kind)
			}
			f = compare(f, samples[string(kind)], limit, samples[control], func(s float64) float64 { return s * 1000 })
			section.Figures = append(section.Figures, f)
			table.Rows = append(table.Rows, []string{
				objects, layer(kind), fmt.Sprint(len(pooled(samples[string(kind)]))),
				ms(samples[string(kind)], 0.5), ms(samples[string(kind)], 0.99), ms(limit, 0.5), ms(limit, 0.99),
			})
		}
		bySize = append(bySize, samples[string(job.Source)])
		c.Categories = append(c.Categories, objects+" objects")
		for i, y := range []float64{
			measure.Quantile(pooled(limit), 0.5), measure.Quantile(pooled(samples[string(job.Source)]), 0.5), measure.Quantile(pooled(samples[string(job.Source)]), 0.99),
		} {
			c.Series[i].Y = append(c.Series[i].Y, y)
		}
	}
	for i := range section.Figures {
		if section.Figures[i].Layer == "source" {
			section.Figures[i].Growth = growth(b.Plan.Latencies, bySize)
		}
	}
	section.Tables, section.Charts = []report.Table{table}, []chart.Chart{c}
	return section, nil
}

// pooled returns the milliseconds of all changes of all runs.
func pooled(samples []sample) []float64 {
	var all []float64
	for _, s := range samples {
		all = append(all, s.changes...)
	}
	return all
}

func ms(samples []sample, q float64) string {
	return report.Number(measure.Quantile(pooled(samples), q)) + " ms"
}

// changing is a run in which objects are put into a bucket of n.
func (b *Bench) changing(kind job.Kind, name string, n int) contender {
	return contender{name: name, run: func(ctx context.Context) (sample, error) {
		b.Store.Fill(latencyBucket, n, smallSize)
		b.Store.ResetLog()
		j := job.Job{Kind: kind, Settings: b.Store.Settings(latencyBucket), Records: b.Plan.Changes, Times: true, Period: latencyPeriod}
		j.Settings[source.ConfigPollingPeriod] = latencyPeriod.String()
		if kind == job.SourceEngine { // which can't be told where to start
			j.Before, j.Records = n, n+b.Plan.Changes
		} else {
			j.Position = changesFrom(time.Now())
		}
		run, err := b.Runner.Start(latencyBucket, j)
		if err != nil {
			return sample{}, err
		}
		defer run.Kill()
		if err := run.Ready(ctx); err != nil {
			return sample{}, err
		}
		done, err := b.put(ctx, latencyBucket, b.Plan.Changes)
		if err != nil {
			return sample{}, err
		}
		result, err := run.Wait(ctx)
		if err != nil {
			return sample{}, err
		}
		s := sample{Result: result}
		for key, put := range done {
			came, found := result.Came[key]
			if !found {
				return sample{}, fmt.Errorf("%s: the change of %s did not come", kind, key)
			}
			s.changes = append(s.changes, came.Sub(put).Seconds()*1000)
		}
		s.cost = measure.Quantile(s.changes, 0.5) / 1000
		return s, nil
	}}
}

// put puts objects into a bucket, one after the other, and returns when each was
// acknowledged.
func (b *Bench) put(ctx context.Context, bucket string, n int) (map[string]time.Time, error) {
	client, body := b.Store.Client(), make([]byte, smallSize)
	done := map[string]time.Time{}
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for i := range n {
		key := fmt.Sprintf("orders/new-%04d.json", i)
		_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader(body)})
		if err != nil {
			return nil, err
		}
		done[key] = time.Now()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return done, nil
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/chart"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/report"
)

// snapshotShape is a bucket whose objects are read.
type snapshotShape struct {
	id      string
	name    string // with a place for the number of objects
	counts  []int
	size    int
	latency time.Duration
	unit    string
	of      float64 // units in an object
	rclone  bool
	kinds   []job.Kind
}

// snapshots measures how quickly a bucket is read for the first time.
func (b *Bench) snapshots(ctx context.Context) (report.Section, error) {
	all := []job.Kind{job.Source, job.SourcePlugin, job.SourceEngine}
	section := report.Section{
		Title: "Reading a bucket for the first time",
		Intro: "From the first request that S3 sees to the last object that comes out. The limit lists the bucket and reads the objects with 16 goroutines,\n" +
			"which is as many as the connector reads at a time, and drops them in any order; the connector hands them out in order, each with a position and an acknowledgement.",
	}
	for _, shape := range []snapshotShape{
		{id: "small", name: "%s objects of 4 KiB", counts: b.Plan.Small, size: smallSize, unit: "objects/s", of: 1, rclone: b.Plan.Rclone, kinds: all},
		{id: "large", name: "%s objects of 8 MiB", counts: b.Plan.Large, size: largeSize, unit: "MiB/s", of: 8, rclone: b.Plan.Rclone, kinds: all},
		{
			id: "far", name: "%s objects of 4 KiB, 20 ms a request", counts: []int{b.Plan.Far}, size: smallSize, latency: farLatency,
			unit: "objects/s", of: 1, kinds: []job.Kind{job.Source},
		},
	} {
		figures, err := b.snapshot(ctx, shape)
		if err != nil {
			return section, err
		}
		section.Figures = append(section.Figures, figures...)
		if len(shape.kinds) > 1 {
			section.Charts = append(section.Charts, barsOf("performance-snapshot-"+shape.id+".svg",
				"Reading "+figures[0].Name, shape.unit, figures))
		}
	}
	section.Tells = []string{
		"Small objects tell what an object costs beside its bytes: this is the speed at which a bucket of many small files is read when a pipeline starts.",
		"Large objects tell how quickly bytes pass through. The plugin was told to accept records of 64 MiB; Conduit's own limit for standalone plugins is 4 MiB.",
		"With 20 ms a request, as from another data centre, the time is that of waiting, and the ratio tells whether the objects are really read 16 at a time.",
	}
	if b.Plan.Rclone {
		section.Tells = append(section.Tells,
			"rclone copies the same bucket into a folder, 16 objects at a time: a known tool to compare with, although files are not records. Its time ends with its process.")
	}
	return section, nil
}

func (b *Bench) snapshot(ctx context.Context, shape snapshotShape) ([]report.Figure, error) {
	last := len(shape.counts) - 1
	bySize := map[job.Kind][][]sample{}
	var samples map[string][]sample
	for i, n := range shape.counts {
		b.Store.Fill(shape.id, n, shape.size)
		b.Store.SetLatency(shape.latency)
		var contenders []contender
		for _, kind := range b.Plan.layersAt(shape.kinds, i, len(shape.counts)) {
			contenders = append(contenders, b.reading(shape.id, kind, string(kind), n))
		}
		runs := b.Plan.GrowthRuns
		if i == last {
			runs = b.Plan.Pairs
			contenders = append([]contender{b.reading(shape.id, job.LimitSnapshot, string(job.LimitSnapshot), n)}, contenders...)
			if shape.rclone {
				contenders = append(contenders, b.copying(shape.id, n))
			}
			contenders = append(contenders, b.reading(shape.id, job.LimitSnapshot, control, n))
		}
		var err error
		samples, err = rounds(ctx, runs, contenders)
		b.Store.SetLatency(0)
		b.Store.RemoveBucket(shape.id)
		if err != nil {
			return nil, err
		}
		for _, kind := range b.Plan.layersAt(shape.kinds, i, len(shape.counts)) {
			bySize[kind] = append(bySize[kind], samples[string(kind)])
		}
	}

	limit, again := samples[string(job.LimitSnapshot)], samples[control]
	n := shape.counts[last]
	speed := func(seconds float64) float64 { return float64(n) * shape.of / seconds }
	f := report.Figure{Name: fmt.Sprintf(shape.name, report.Number(float64(n))), Unit: shape.unit}
	if n < 100 {
		f.Name = fmt.Sprintf(shape.name, fmt.Sprint(n))
	}
	var figures []report.Figure
	for _, kind := range shape.kinds {
		f.ID, f.Layer = shape.id+"/"+layer(kind), layer(kind)
		f.Growth = growth(shape.counts, bySize[kind])
		figures = append(figures, compare(f, samples[string(kind)], limit, again, speed))
	}
	if shape.rclone {
		f.ID, f.Layer, f.Growth = shape.id+"/rclone", "rclone", math.NaN()
		figures = append(figures, compare(f, samples["rclone"], limit, again, speed))
	}
	return figures, nil
}

// reading is a run that reads a bucket of n objects.
func (b *Bench) reading(bucket string, kind job.Kind, name string, n int) contender {
	return contender{name: name, run: func(ctx context.Context) (sample, error) {
		b.Store.ResetLog()
		result, err := b.Runner.Do(ctx, bucket, job.Job{Kind: kind, Settings: b.Store.Settings(bucket), Records: n})
		return b.readSample(bucket, n, result, err)
	}}
}

// copying is a run of rclone, which takes long.
func (b *Bench) copying(bucket string, n int) contender {
	return contender{name: "rclone", most: 3, run: func(ctx context.Context) (sample, error) {
		b.Store.ResetLog()
		result, err := b.Runner.Rclone(ctx, b.Store.Settings(bucket))
		return b.readSample(bucket, n, result, err)
	}}
}

func (b *Bench) readSample(bucket string, n int, result job.Result, err error) (sample, error) {
	if err == nil && result.Records != n {
		err = fmt.Errorf("%d of %d objects came", result.Records, n)
	}
	return sample{cost: result.Ended.Sub(b.Store.First(bucket)).Seconds(), Result: result}, err
}

// barsOf charts figures of one shape, the limit first.
func barsOf(file, title, unit string, figures []report.Figure) chart.Chart {
	c := chart.Chart{File: file, Title: title, Y: unit, Categories: []string{"limit"}}
	speeds := []float64{figures[0].Limit.Median}
	for _, f := range figures {
		c.Categories, speeds = append(c.Categories, f.Layer), append(speeds, f.Value.Median)
	}
	c.Series = []chart.Series{{Name: unit, Y: speeds}}
	return c
}

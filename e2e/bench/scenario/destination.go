// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"context"
	"fmt"

	"github.com/conduitio/conduit-connector-s3/destination"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/chart"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/measure"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/report"
	formats "github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

const (
	writeBucket = "written"
	batch       = 1000   // sdk.batch.size unless it is set
	arrived     = 20_000 // within sdk.batch.delay, at this speed
)

// destinations measures how quickly records are written.
func (b *Bench) destinations(ctx context.Context) (report.Section, error) {
	section := report.Section{
		Title: "Writing records",
		Intro: "Structured records of about 300 bytes, from the first record to the acknowledgement of the last. The destination is given 20,000 at once, as the SDK hands over what has arrived\n" +
			"within `sdk.batch.delay`, and writes objects of 1,000, the default of `sdk.batch.size`. There are two limits: the connector's encoder alone, which drops the bytes, and the bare\n" +
			"AWS client, which puts the bytes of one object after the other, encoded before. The ratio is to the slower of the two.",
		Tells: []string{
			"The destination alone tells what checking, encoding, naming and storing a record cost together. It writes several objects at a time, so that on a machine with cores to spare encoding and storing overlap; here the server has a part of them.",
			"The records have no schemas, and `sdk.schema.extract` is off: to find that there are none takes the SDK longer than to encode the records.",
			"The engine collects records for `sdk.batch.delay`, 0.1 s by default, before it writes, which a pipeline that keeps running spends while it works. The plugin writes a batch as soon as it is full.",
		},
	}
	c := chart.Chart{
		File: "performance-destination.svg", Y: "records/s", Categories: []string{formats.JSON, formats.Parquet},
		Title:  fmt.Sprintf("Writing %s records", report.Number(float64(b.Plan.Records[len(b.Plan.Records)-1]))),
		Series: []chart.Series{{Name: "limit"}, {Name: "destination"}, {Name: "plugin"}, {Name: "engine"}},
	}
	table := report.Table{Head: []string{"format", "bytes a record", "destination", "encoder", "put", "allocations a record", "encoder's"}}
	for _, format := range c.Categories {
		figures, row, err := b.destination(ctx, format)
		if err != nil {
			return section, err
		}
		section.Figures = append(section.Figures, figures...)
		table.Rows = append(table.Rows, row)
		c.Series[0].Y = append(c.Series[0].Y, figures[0].Limit.Median)
		for i, f := range figures {
			c.Series[i+1].Y = append(c.Series[i+1].Y, f.Value.Median)
		}
	}
	section.Tables, section.Charts = []report.Table{table}, []chart.Chart{c}
	return section, nil
}

// destination measures one format. It returns the figures and a row about bytes
// and allocations.
func (b *Bench) destination(ctx context.Context, format string) ([]report.Figure, []string, error) {
	kinds := []job.Kind{job.Destination, job.DestinationPlugin, job.DestinationEngine}
	if format == formats.Parquet && !b.Plan.AllLayers {
		kinds = kinds[:1]
	}
	last := len(b.Plan.Records) - 1
	bySize := map[job.Kind][][]sample{}
	var samples map[string][]sample
	for i, n := range b.Plan.Records {
		var contenders []contender
		for _, kind := range b.Plan.layersAt(kinds, i, len(b.Plan.Records)) {
			contenders = append(contenders, b.writing(format, kind, string(kind), n))
		}
		runs := b.Plan.GrowthRuns
		if i == last {
			runs = b.Plan.Pairs
			encode, put := b.writing(format, job.LimitEncode, "encode", n), b.writing(format, job.LimitPut, "put", n)
			contenders = append([]contender{encode, put}, contenders...)
			contenders = append(contenders,
				contender{name: "encode again", run: encode.run}, contender{name: "put again", run: put.run})
		}
		var err error
		if samples, err = rounds(ctx, runs, contenders); err != nil {
			return nil, nil, err
		}
		for _, kind := range b.Plan.layersAt(kinds, i, len(b.Plan.Records)) {
			bySize[kind] = append(bySize[kind], samples[string(kind)])
		}
	}
	slower := "encode"
	if measure.Quantile(costs(samples["put"]), 0.5) > measure.Quantile(costs(samples["encode"]), 0.5) {
		slower = "put"
	}
	n := b.Plan.Records[last]
	var figures []report.Figure
	for _, kind := range kinds {
		f := report.Figure{
			ID: format + "/" + layer(kind), Name: fmt.Sprintf("%s records as %s (limit: %s)", report.Number(float64(n)), format, slower),
			Layer: layer(kind), Unit: "records/s", Growth: growth(b.Plan.Records, bySize[kind]),
		}
		figures = append(figures, compare(f, samples[string(kind)], samples[slower], samples[slower+" again"],
			func(seconds float64) float64 { return float64(n) / seconds }))
	}
	return figures, bytesAndAllocations(format, n, samples), nil
}

// bytesAndAllocations returns the row of a format of which n records were
// written: the megabytes a second of what is stored, and the allocations of the
// process.
func bytesAndAllocations(format string, n int, samples map[string][]sample) []string {
	stored := float64(samples["put"][0].Bytes)
	row := []string{format, report.Number(stored / float64(n))}
	for _, name := range []string{string(job.Destination), "encode", "put"} {
		row = append(row, report.Number(stored/1e6/measure.Quantile(costs(samples[name]), 0.5))+" MB/s")
	}
	for _, name := range []string{string(job.Destination), "encode"} {
		row = append(row, fmt.Sprintf("%.1f", float64(samples[name][0].Allocations)/float64(n)))
	}
	return row
}

// writing is a run that writes n records into an empty bucket.
func (b *Bench) writing(format string, kind job.Kind, name string, n int) contender {
	return contender{name: name, run: func(ctx context.Context) (sample, error) {
		b.Store.CreateBucket(writeBucket, s3test.Enabled)
		defer b.Store.RemoveBucket(writeBucket)
		b.Store.ResetLog()
		settings := b.Store.Settings(writeBucket)
		settings[destination.ConfigFormat] = format
		settings[destination.ConfigSdkSchemaExtractKeyEnabled] = "false"
		settings[destination.ConfigSdkSchemaExtractPayloadEnabled] = "false"
		result, err := b.Runner.Do(ctx, format, job.Job{Kind: kind, Settings: settings, Records: n, Batch: batch, Write: arrived})
		if err == nil && result.Records != n {
			err = fmt.Errorf("%d of %d records were written", result.Records, n)
		}
		return sample{cost: result.Ended.Sub(result.Began).Seconds(), Result: result}, err
	}}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
)

// BenchmarkName measures what it takes to name an object of 1,000 records.
func BenchmarkName(b *testing.B) {
	for name, payload := range map[string]func(i int) opencdc.Data{
		"raw/300B":   func(int) opencdc.Data { return opencdc.RawData(bytes.Repeat([]byte("x"), 300)) },
		"raw/10KiB":  func(int) opencdc.Data { return opencdc.RawData(bytes.Repeat([]byte("x"), 10<<10)) },
		"structured": order,
	} {
		b.Run(name, func(b *testing.B) {
			recs := numbered(0, 1000)
			for i := range recs {
				recs[i].Payload.After = payload(i)
			}
			b.ReportAllocs()
			for b.Loop() {
				nameOf(recs)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*len(recs))*1e9, "ns/record")
		})
	}
}

// order is structured data of about 300 bytes of JSON.
func order(i int) opencdc.Data {
	return opencdc.StructuredData{
		"id": int64(i), "customer": fmt.Sprintf("customer %d", i%997), "total": float64(i) / 100, "paid": i%3 == 0,
		"created": "2026-01-02T03:04:05.678Z", "currency": "EUR", "street": "Unter den Linden 77", "city": "Berlin",
		"note": "please ring twice, and leave it with the neighbours if nobody opens the door", "items": int64(i % 7),
	}
}

// orders returns n records with structured data.
func orders(n int) []opencdc.Record {
	recs := numbered(0, n)
	for i := range recs {
		recs[i].Payload.After = order(i)
		recs[i].Key = opencdc.StructuredData{"id": int64(i)}
		recs[i].Metadata.SetCollection("orders")
	}
	return recs
}

// BenchmarkWrite compares the destination with what it is made of: an encoder,
// and a PUT of the same bytes. The server is in the process and costs as much
// as the client.
func BenchmarkWrite(b *testing.B) {
	for _, format := range []string{"json", "parquet"} {
		for _, size := range []string{"0", "1000"} {
			name := fmt.Sprintf("%s/%s an object", format, map[string]string{"0": "all", "1000": "1000"}[size])
			b.Run(name, func(b *testing.B) {
				benchmarkWrite(b, config.Config{ConfigFormat: format, ConfigSdkBatchSize: size})
			})
		}
	}
	b.Run("json/partition", func(b *testing.B) {
		benchmarkWrite(b, config.Config{ConfigPartition: `c={{ .Metadata.Get "opencdc.collection" }}/{{ .Time.Format "2006-01-02" }}`})
	})
}

func benchmarkWrite(b *testing.B, changes config.Config) {
	b.Helper()
	recs := orders(20_000)
	server := newServer(s3test.Config{})
	d := openFor(b, server, changes)
	encoder, err := d.config.encoder(nil)
	assert.NilError(b, err)
	store, err := bucket.New(d.config.Config, server)
	assert.NilError(b, err)
	_, err = d.Write(b.Context(), recs)
	assert.NilError(b, err)
	objects := server.Objects(bucketName)
	var size int
	for _, o := range objects {
		size += len(o.Body)
	}

	measure := func(name string, do func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				assert.NilError(b, do())
			}
			b.ReportMetric(float64(b.N*len(recs))/b.Elapsed().Seconds(), "records/s")
		})
	}
	measure("destination", func() error {
		_, err := d.Write(b.Context(), recs)
		return err
	})
	measure("encoder", func() error {
		groups := encoder.Groups(recs)
		tables := encoder.Tables(recs, groups)
		for g, group := range groups {
			for len(group) > 0 {
				n := min(len(group), d.limit)
				if err := encoder.Encode(io.Discard, pick(recs, group[:n]), tables[g]); err != nil {
					return err
				}
				group = group[n:]
			}
		}
		return nil
	})
	measure("put", func() error {
		for _, o := range objects {
			if err := store.Put(b.Context(), o.Key, o.Body, bucket.PutOptions{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// openFor returns a destination without the SDK's middleware.
func openFor(tb testing.TB, server *s3test.Server, changes config.Config) *Destination {
	tb.Helper()
	d := &Destination{connect: func(_ context.Context, c *Config) (store, error) { return bucket.New(c.Config, server) }}
	assert.NilError(tb, settings(server, changes).ApplyDefaults(Config{}.Parameters()).DecodeInto(&d.config))
	assert.NilError(tb, d.Open(tb.Context()))
	tb.Cleanup(func() { assert.Check(tb, d.Teardown(context.Background())) })
	return d
}

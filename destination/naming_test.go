// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
	"pgregory.net/rapid"
)

// nameOf returns the name of an object of recs.
func nameOf(recs []opencdc.Record) string {
	return namer{prefix: "p-", extension: ".json"}.name("", recs, format.HashOf(recs), 0)
}

func without(recs []opencdc.Record, names ...string) []opencdc.Record {
	for _, rec := range recs {
		for _, name := range names {
			delete(rec.Metadata, name)
		}
	}
	return recs
}

func TestName_IsMadeOfThePrefixTheNewestRecordAndTheHash(t *testing.T) {
	recs := numbered(0, 3)
	slices.Reverse(recs)
	assert.Check(t, is.Regexp(`^p-20260102T030405\.002000006Z-[0-9a-f]{24}\.json$`, nameOf(recs)))

	recs = without(numbered(0, 3), opencdc.MetadataCreatedAt)
	assert.Check(t, is.Regexp(`^p-20260102T040405\.000000006Z-`, nameOf(recs)), "read at")

	recs = without(recs, opencdc.MetadataReadAt)
	assert.Check(t, is.Regexp(`^p-19700101T000000\.000000000Z-`, nameOf(recs)), "never the clock")
	assert.Check(t, is.Regexp(`^p-a/b=c/19700101T`, namer{prefix: "p-"}.name("a/b=c/", recs, format.Hash{}, 0)), "in its folder")
}

func TestName_ReadAgainIsTheSame(t *testing.T) {
	again := numbered(0, 3)
	for _, rec := range again {
		rec.Metadata.SetReadAt(epoch.Add(time.Minute))
		rec.Metadata["conduit.source.plugin.version"] = "v2"
	}
	assert.Check(t, is.Equal(nameOf(again), nameOf(numbered(0, 3))))
}

func TestName_DifferentBatchesOfTheSameNanosecond(t *testing.T) {
	change := func(f func(recs []opencdc.Record)) []opencdc.Record {
		recs := numbered(0, 3)
		for _, rec := range recs {
			rec.Metadata.SetCreatedAt(epoch)
		}
		f(recs)
		return recs
	}
	batches := map[string][]opencdc.Record{
		"":                     change(func([]opencdc.Record) {}),
		"first position":       change(func(r []opencdc.Record) { r[0].Position = opencdc.Position("x") }),
		"position between":     change(func(r []opencdc.Record) { r[1].Position = opencdc.Position("x") }),
		"last position":        change(func(r []opencdc.Record) { r[2].Position = opencdc.Position("x") }),
		"bytes between fields": change(func(r []opencdc.Record) { r[0].Position, r[1].Position = opencdc.Position("01"), nil }),
		"operation":            change(func(r []opencdc.Record) { r[1].Operation = opencdc.OperationUpdate }),
		"another source":       change(func(r []opencdc.Record) { r[1].Metadata[opencdc.MetadataConduitSourceConnectorID] = "x" }),
		"created later":        change(func(r []opencdc.Record) { r[1].Metadata.SetCreatedAt(epoch.Add(-1)) }),
		"one less":             change(func([]opencdc.Record) {})[:2],
		"order":                change(func(r []opencdc.Record) { slices.Reverse(r) }),
	}
	seen := map[string]string{}
	for what, recs := range batches {
		name := nameOf(recs)
		assert.Check(t, is.Regexp(`^p-20260102T030405\.000000006Z-`, name))
		assert.Check(t, seen[name] == "", "%q and %q", what, seen[name])
		seen[name] = what + "."
	}
}

// What a processor makes of one record can be equal in everything.
func TestName_EqualRecordsAreAllStored(t *testing.T) {
	for name, changes := range map[string]config.Config{
		"by number": {ConfigSdkBatchSize: "2"}, "by size": {ConfigObjectMaxBytes: "700"}, "in folders": {ConfigSdkBatchSize: "1", ConfigPartition: byCollection},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(s3test.Config{})
			for range 2 { // again overwrites them
				recs := slices.Concat(mixed(1, 1), mixed(1, 1), mixed(1, 1), mixed(1, 1), mixed(1, 1))
				n, err := open(t, server, changes).Write(t.Context(), recs)
				assert.NilError(t, err)
				assert.Check(t, is.Equal(n, 5))
				all, sizes := positions(t, server)
				assert.Check(t, is.DeepEqual(all, []string{"0", "0", "0", "0", "0"}))
				assert.Check(t, len(sizes) > 1)
			}
		})
	}
}

// Two destinations of a pipeline may write into one folder.
func TestName_LayoutsDoNotOverwriteEachOther(t *testing.T) {
	server := newServer(s3test.Config{})
	layouts := []config.Config{
		nil,
		{ConfigSdkRecordFormat: "debezium/json", ConfigSdkRecordFormatOptions: "debezium.schema.name=foo"},
		{ConfigSdkRecordFormat: "template", ConfigSdkRecordFormatOptions: "{{ .Position }}"},
		{ConfigSdkRecordFormat: "template", ConfigSdkRecordFormatOptions: "{{ .Operation }}"},
		{ConfigFormat: "parquet"},
		{ConfigFormat: "parquet", ConfigParquetLayout: "flat"},
	}
	for range 2 {
		for _, changes := range layouts {
			_, err := open(t, server, changes).Write(t.Context(), numbered(0, 2))
			assert.NilError(t, err)
		}
		assert.Check(t, is.Len(keys(server), len(layouts)))
	}
	_, err := open(t, server, config.Config{ConfigFormat: "parquet", ConfigParquetTypes: "portable"}).Write(t.Context(), numbered(0, 2))
	assert.NilError(t, err)
	assert.Check(t, is.Len(keys(server), len(layouts)), "the same content")
}

func TestName_SortsByTime(t *testing.T) {
	var inOrder []string
	for i := range 50 {
		inOrder = append(inOrder, nameOf(numbered(10*i, 10*i+10)))
	}
	assert.Check(t, slices.IsSorted(inOrder))
	assert.Check(t, is.Len(slices.Compact(inOrder), 50))

	var names []string
	for _, at := range []time.Time{
		time.Unix(0, 1), epoch, epoch.Add(time.Nanosecond), epoch.Add(10 * time.Nanosecond), epoch.Add(time.Second), epoch.AddDate(100, 0, 0),
	} {
		recs := numbered(0, 1)
		recs[0].Metadata.SetCreatedAt(at)
		names = append(names, nameOf(recs))
	}
	assert.Check(t, slices.IsSorted(names), "%q", names)
}

// A name depends on what the records are, in their order, and on nothing else.
func TestName_IsMadeOfTheContentAlone(t *testing.T) {
	value := rapid.Deferred(func() *rapid.Generator[any] {
		return rapid.OneOf(
			rapid.Just[any](nil), rapid.String().AsAny(), rapid.Int64().AsAny(), rapid.Float64().AsAny(), rapid.Bool().AsAny(),
			rapid.SliceOf(rapid.Byte()).AsAny())
	})
	fields := rapid.MapOfN(rapid.StringMatching(`[a-z]{0,3}`), value, 0, 5)
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(fields, 1, 5).Draw(t, "fields")
		batch := func(later time.Duration) []opencdc.Record {
			recs := numbered(0, len(all))
			for i := range recs {
				again := opencdc.StructuredData{} // in an order of its own
				maps.Copy(again, all[i])
				recs[i].Payload.After = again
				recs[i].Metadata.SetReadAt(epoch.Add(later))
			}
			return recs
		}
		name := nameOf(batch(0))
		assert.Assert(t, is.Equal(nameOf(batch(time.Hour)), name))

		changed := batch(0)
		at := rapid.IntRange(0, len(all)-1).Draw(t, "at")
		field := rapid.StringMatching(`[a-z]{0,3}`).Draw(t, "field")
		changed[at].Payload.After.(opencdc.StructuredData)[field] = "a text that is not drawn: \x00\xff"
		assert.Assert(t, nameOf(changed) != name)
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)

// batch returns n raw records.
func batch(n int) []opencdc.Record {
	recs := make([]opencdc.Record, n)
	for i := range recs {
		recs[i] = record(fmt.Sprint(i), opencdc.OperationCreate, nil, opencdc.RawData(fmt.Sprint("payload ", i)))
		recs[i].Metadata[opencdc.MetadataConduitSourceConnectorID] = "source"
		recs[i].Metadata.SetReadAt(epoch.Add(time.Hour))
	}
	return recs
}

func TestHash_TellsRecordsApart(t *testing.T) {
	variants := map[string]func(r *opencdc.Record){
		"":                            func(*opencdc.Record) {},
		"another source":              func(r *opencdc.Record) { r.Metadata[opencdc.MetadataConduitSourceConnectorID] = "x" },
		"metadata":                    func(r *opencdc.Record) { r.Metadata["split.index"] = "1" },
		"metadata's value":            func(r *opencdc.Record) { r.Metadata["split.index"] = "2" },
		"metadata's boundary":         func(r *opencdc.Record) { r.Metadata["split.index1"] = "" },
		"no key":                      func(r *opencdc.Record) { r.Key = nil },
		"empty key":                   func(r *opencdc.Record) { r.Key = opencdc.RawData{} },
		"empty structured key":        func(r *opencdc.Record) { r.Key = opencdc.StructuredData{} },
		"raw before":                  func(r *opencdc.Record) { r.Payload.Before = opencdc.RawData("x") },
		"raw after":                   func(r *opencdc.Record) { r.Payload.After = opencdc.RawData("x") },
		"moved to before":             func(r *opencdc.Record) { r.Payload.Before, r.Payload.After = r.Payload.After, nil },
		"raw JSON":                    func(r *opencdc.Record) { r.Payload.After = opencdc.RawData(`{"n":1}`) },
		"structured":                  func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": 1} },
		"structured, another":         func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": 2} },
		"structured, a text":          func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": "1"} },
		"structured, bytes":           func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": []byte("1")} },
		"structured, true":            func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": true} },
		"structured, null":            func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": nil} },
		"structured, a list":          func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": []any{1}} },
		"structured, two lists":       func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": []any{[]any{1}}} },
		"structured, a map":           func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": map[string]any{"n": 1}} },
		"structured, a decimal":       func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": big.NewRat(1, 3)} },
		"structured, another decimal": func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": big.NewRat(1, 4)} },
		"structured, a time":          func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": epoch} },
		"structured, its zone": func(r *opencdc.Record) {
			r.Payload.After = opencdc.StructuredData{"n": epoch.In(time.FixedZone("", 60))}
		},
		"structured, a duration": func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": time.Second} },
		"structured, a UUID":     func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": [2]byte{1, 2}} },
		"structured, huge":       func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": uint64(1 << 63)} },
		"key and payload change": func(r *opencdc.Record) { r.Key, r.Payload.Before = nil, r.Key },
	}
	seen := map[format.Hash]string{}
	for what, vary := range variants {
		recs := batch(3)
		vary(&recs[1])
		sum := format.HashOf(recs)
		assert.Check(t, seen[sum] == "", "%q and %q", what, seen[sum])
		seen[sum] = what + "."
	}
}

// The types in which a schema's or JSON's values are read may change with a
// version of what reads them.
func TestHash_EqualValuesOfSeveralTypes(t *testing.T) {
	one, text, at := 1, "x", epoch
	for what, values := range map[string][]any{
		"whole numbers": {1, 1.0, json.Number("1"), int8(1), int16(1), int32(1), int64(1), uint(1), uint8(1), uint64(1), &one, "another"},
		"texts":         {"x", &text, "another"},
		"floats":        {1.5, float32(1.5), "another"},
		"lists":         {[]any{1, 2}, []int{1, 2}, [2]int64{1, 2}, "another"},
		"maps":          {map[string]any{"a": 1, "b": 2}, opencdc.StructuredData{"b": 2, "a": 1}, "another"},
		"times":         {at, at.Round(0), "another"},
		"nothing":       {nil, (*int)(nil), "another"},
	} {
		var sums []format.Hash
		for _, v := range values {
			recs := batch(1)
			recs[0].Payload.After = opencdc.StructuredData{"v": v}
			sums = append(sums, format.HashOf(recs))
		}
		distinct := slices.Compact(sums)
		assert.Check(t, cmp.Len(distinct, 2), "%s: all but the last are the same", what)
	}
}

func TestHash_ReadAgainIsTheSame(t *testing.T) {
	read := func(at time.Time, by string) []opencdc.Record {
		recs := batch(200)
		for i := range recs {
			recs[i].Metadata.SetReadAt(at)
			recs[i].Metadata["conduit.destination.plugin.version"] = by
			recs[i].Metadata["split.index"] = fmt.Sprint(i)
			recs[i].Key = opencdc.StructuredData{"a": 1, "b": "é", "c": nil, "d": []any{1.5, map[string]any{"x": at.IsZero(), "y": by != ""}}}
		}
		return recs
	}
	sums := []format.Hash{format.HashOf(read(epoch, "v1"))}
	for i := range 10 {
		sums = append(sums, format.HashOf(read(epoch.Add(time.Duration(i)), fmt.Sprint(i))))
	}
	assert.Check(t, cmp.Len(slices.Compact(sums), 1))
}

// The hash of an object does not depend on how its encoder computes it.
func TestObject_HashIsTheSameHoweverItIsFound(t *testing.T) {
	for _, n := range []int{0, 1, 64, 65, 1000} {
		recs := batch(n)
		want := format.HashOf(recs)
		for option, e := range everyOption(t) {
			object := format.NewObject(e, recs, nil)
			assert.NilError(t, object.Encode(io.Discard))
			assert.Check(t, cmp.Equal(object.Hash(), want), "%d records as %s", n, option)
		}
	}
}

func TestHash_OrderCounts(t *testing.T) {
	recs := batch(1000)
	want := format.HashOf(recs)
	for _, swap := range [][2]int{{0, 1}, {63, 64}, {0, 999}} {
		changed := slices.Clone(recs)
		changed[swap[0]], changed[swap[1]] = changed[swap[1]], changed[swap[0]]
		assert.Check(t, format.HashOf(changed) != want, "%v", swap)
	}
	assert.Check(t, format.HashOf(recs[:999]) != want)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"slices"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
	"pgregory.net/rapid"
)

func in(collection, version string, key, before, after opencdc.Data) opencdc.Record {
	return opencdc.Record{
		Metadata: opencdc.Metadata{
			opencdc.MetadataCollection:           collection,
			opencdc.MetadataPayloadSchemaSubject: "s", opencdc.MetadataPayloadSchemaVersion: version,
		},
		Key: key, Payload: opencdc.Change{Before: before, After: after},
	}
}

func TestGroups_WhatSharesAnObject(t *testing.T) {
	fields, text := opencdc.StructuredData{}, opencdc.RawData{}
	for name, test := range map[string]struct {
		recs          []opencdc.Record
		json, parquet [][]int
	}{
		"nothing":     {nil, [][]int{}, [][]int{}},
		"collections": {[]opencdc.Record{in("a", "", text, nil, text), in("b", "", text, nil, text), in("a", "", text, nil, text)}, [][]int{{0, 2}, {1}}, [][]int{{0, 2}, {1}}},
		"schemas":     {[]opencdc.Record{in("a", "1", text, nil, fields), in("a", "2", text, nil, fields), in("a", "1", text, nil, fields)}, [][]int{{0, 2}, {1}}, [][]int{{0, 2}, {1}}},
		"schema of nothing": {
			[]opencdc.Record{in("a", "1", text, nil, nil), in("a", "2", text, nil, fields), in("a", "1", text, nil, nil), in("a", "1", text, fields, nil)},
			[][]int{{0, 1, 2}, {3}},
			[][]int{{0, 1, 2}, {3}},
		},
		"shapes": {[]opencdc.Record{in("a", "", text, nil, fields), in("a", "", text, nil, text), in("a", "", fields, nil, nil), in("a", "", nil, text, nil)}, [][]int{{0, 1, 2, 3}}, [][]int{{0, 1, 2, 3}}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Check(t, cmp.DeepEqual(newEncoder(t, format.JSON).Groups(test.recs), test.json))
			assert.Check(t, cmp.DeepEqual(newEncoder(t, format.Parquet).Groups(test.recs), test.parquet))
		})
	}
}

// Records that follow each other are looked at together if they are alike; what
// they share an object with is the same as one by one.
func TestGroups_EachRecordJoinsThoseBeforeIt(t *testing.T) {
	encoders := []format.Encoder{newEncoder(t, format.JSON), newEncoder(t, format.Parquet)}
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SampledFrom([]opencdc.Data{nil, opencdc.RawData{}, opencdc.StructuredData{}})
		some := rapid.SampledFrom([]string{"a", "b"})
		var recs []opencdc.Record
		for range rapid.IntRange(1, 6).Draw(t, "runs") {
			rec := in(some.Draw(t, "collection"), some.Draw(t, "version"), data.Draw(t, "key"), data.Draw(t, "before"), data.Draw(t, "after"))
			recs = append(recs, slices.Repeat([]opencdc.Record{rec}, rapid.IntRange(1, 70).Draw(t, "length"))...)
		}
		for _, e := range encoders {
			groups := e.Groups(recs)
			var shorter [][]int // without the last record
			for _, g := range groups {
				if g = slices.DeleteFunc(slices.Clone(g), func(i int) bool { return i == len(recs)-1 }); len(g) > 0 {
					shorter = append(shorter, g)
				}
			}
			all := slices.Sorted(slices.Values(slices.Concat(groups...)))
			assert.Assert(t, cmp.Len(all, len(recs)))
			assert.Assert(t, all[0] == 0 && all[len(all)-1] == len(recs)-1 && len(slices.Compact(all)) == len(recs))
			for _, g := range groups {
				assert.Assert(t, slices.IsSorted(g))
			}
			if len(recs) > 1 {
				assert.Assert(t, cmp.DeepEqual(e.Groups(recs[:len(recs)-1]), shorter))
			}
		}
	})
}

// More records than are looked at together.
func TestGroups_OfManyRecords(t *testing.T) {
	var recs []opencdc.Record
	var want [2][]int
	for i := range 10_000 {
		recs = append(recs, in([]string{"a", "b"}[i/100%2], "", nil, nil, nil))
		want[i/100%2] = append(want[i/100%2], i)
	}
	assert.Check(t, cmp.DeepEqual(newEncoder(t, format.Parquet).Groups(recs), want[:]))
}

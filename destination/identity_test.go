// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// copies returns n records that were made of one, as the processors split and
// clone make them: only a counter in the metadata tells them apart.
func copies(n int) []opencdc.Record {
	original := numbered(0, 1)[0]
	var recs []opencdc.Record
	for i := range n {
		rec := original
		rec.Metadata = maps.Clone(original.Metadata)
		rec.Metadata["split.index"] = fmt.Sprint(i)
		recs = append(recs, rec)
	}
	return recs
}

// A name made of positions alone lets the second object of such records
// overwrite the first: what was acknowledged is lost.
func TestWrite_RecordsThatShareAPosition(t *testing.T) {
	t.Run("cut by size", func(t *testing.T) {
		server := newServer(s3test.Config{})
		n, err := open(t, server, config.Config{ConfigSdkBatchSize: "2"}).Write(t.Context(), copies(6))
		assert.NilError(t, err)
		assert.Check(t, is.Equal(n, 6))
		_, sizes := positions(t, server)
		assert.Check(t, is.DeepEqual(sizes, []int{2, 2, 2}))
	})
	t.Run("cut by shape", func(t *testing.T) {
		server := newServer(s3test.Config{})
		recs := copies(2)
		delete(recs[0].Metadata, "split.index")
		delete(recs[1].Metadata, "split.index")
		recs[1].Payload.After = opencdc.StructuredData{"n": 1}
		n, err := open(t, server, config.Config{ConfigFormat: "parquet"}).Write(t.Context(), recs)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(n, 2))
		assert.Check(t, is.Len(keys(server), 2))
	})
}

func TestHash_TellsRecordsApart(t *testing.T) {
	variants := map[string]func(r *opencdc.Record){
		"":                              func(*opencdc.Record) {},
		"another source":                func(r *opencdc.Record) { r.Metadata[opencdc.MetadataConduitSourceConnectorID] = "x" },
		"metadata":                      func(r *opencdc.Record) { r.Metadata["split.index"] = "1" },
		"metadata's value":              func(r *opencdc.Record) { r.Metadata["split.index"] = "2" },
		"metadata's boundary":           func(r *opencdc.Record) { r.Metadata["split.index1"] = "" },
		"no key":                        func(r *opencdc.Record) { r.Key = nil },
		"empty key":                     func(r *opencdc.Record) { r.Key = opencdc.RawData{} },
		"empty structured key":          func(r *opencdc.Record) { r.Key = opencdc.StructuredData{} },
		"raw before":                    func(r *opencdc.Record) { r.Payload.Before = opencdc.RawData("x") },
		"raw after":                     func(r *opencdc.Record) { r.Payload.After = opencdc.RawData("x") },
		"moved to before":               func(r *opencdc.Record) { r.Payload.Before, r.Payload.After = r.Payload.After, nil },
		"raw JSON":                      func(r *opencdc.Record) { r.Payload.After = opencdc.RawData(`{"n":1}`) },
		"structured":                    func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": 1} },
		"structured, another":           func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": 2} },
		"structured, a text":            func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": "1"} },
		"no JSON":                       func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": complex(1, 2)} },
		"no JSON, another":              func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": complex(1, 3)} },
		"structured, JSON's number":     func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": json.Number("1")} },
		"structured, a float":           func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": 1.0} },
		"structured, bytes":             func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": []byte("1")} },
		"structured, true":              func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": true} },
		"structured, null":              func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": nil} },
		"structured, a list":            func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": []any{1}} },
		"structured, two lists":         func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": []any{[]any{1}}} },
		"structured, a map":             func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": map[string]any{"n": 1}} },
		"structured, a decimal":         func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": big.NewRat(1, 3)} },
		"structured, another decimal":   func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": big.NewRat(1, 4)} },
		"structured, a decimal's value": func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": *big.NewRat(1, 5)} },
		"structured, a time":            func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": epoch} },
		"structured, its zone": func(r *opencdc.Record) {
			r.Payload.After = opencdc.StructuredData{"n": epoch.In(time.FixedZone("", 60))}
		},
		"structured, a duration": func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": time.Second} },
		"structured, a UUID":     func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": [2]byte{1, 2}} },
		"structured, huge":       func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"n": uint64(1 << 63)} },
		"key and payload change": func(r *opencdc.Record) { r.Key, r.Payload.Before = nil, r.Key },
	}
	seen := map[string]string{}
	for what, vary := range variants {
		recs := numbered(0, 3)
		vary(&recs[1])
		hash := hashOf(digestsOf(recs))
		assert.Check(t, seen[hash] == "", "%q and %q", what, seen[hash])
		seen[hash] = what + "."
	}
}

// The types in which a schema's or JSON's values are read may change with a
// version of what reads them.
func TestHash_EqualValuesOfSeveralTypes(t *testing.T) {
	one, text, at := 1, "x", epoch
	for what, values := range map[string][]any{
		"whole numbers": {1, int8(1), int16(1), int32(1), int64(1), uint(1), uint8(1), uint64(1), &one, "another"},
		"texts":         {"x", &text, "another"},
		"floats":        {1.5, float32(1.5), "another"},
		"bytes":         {[]byte("ab"), [2]byte{'a', 'b'}, "another"},
		"lists":         {[]any{1, 2}, []int{1, 2}, [2]int64{1, 2}, "another"},
		"maps":          {map[string]any{"a": 1, "b": 2}, opencdc.StructuredData{"b": 2, "a": 1}, "another"},
		"times":         {at, at.Round(0), "another"},
		"nothing":       {nil, (*int)(nil), "another"},
	} {
		var hashes []string
		for _, v := range values {
			recs := numbered(0, 1)
			recs[0].Payload.After = opencdc.StructuredData{"v": v}
			hashes = append(hashes, hashOf(digestsOf(recs)))
		}
		distinct := slices.Compact(hashes)
		assert.Check(t, is.Len(distinct, 2), "%s: all but the last are the same", what)
	}
}

func TestHash_ReadAnewIsTheSame(t *testing.T) {
	batch := func(at time.Time, by string) []opencdc.Record {
		recs := numbered(0, 20)
		for i := range recs {
			recs[i].Metadata.SetReadAt(at)
			recs[i].Metadata["conduit.destination.plugin.version"] = by
			recs[i].Metadata["split.index"] = fmt.Sprint(i)
			recs[i].Key = opencdc.StructuredData{"a": 1, "b": "é", "c": nil, "d": []any{1.5, map[string]any{"x": at.IsZero(), "y": by != ""}}}
		}
		return recs
	}
	hashes := []string{hashOf(digestsOf(batch(epoch, "v1")))}
	for i := range 10 {
		hashes = append(hashes, hashOf(digestsOf(batch(epoch.Add(time.Duration(i)), fmt.Sprint(i)))))
	}
	assert.Check(t, is.Len(slices.Compact(hashes), 1))
}

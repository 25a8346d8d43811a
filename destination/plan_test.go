// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/partition"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
	"pgregory.net/rapid"
)

const byCollection = `c={{ .Metadata.Get "opencdc.collection" }}`

// mixed returns records of several collections, in turn.
func mixed(n, collections int) []opencdc.Record {
	recs := numbered(0, n)
	for i, rec := range recs {
		rec.Metadata.SetCollection(fmt.Sprint(i % collections))
	}
	return recs
}

func TestWrite_EachRecordLandsInItsOwnPartition(t *testing.T) {
	server := newServer(s3test.Config{})
	d := open(t, server, config.Config{ConfigPartition: byCollection, ConfigPrefix: "p/", ConfigSdkBatchSize: "4"})
	n, err := d.Write(t.Context(), mixed(30, 3))
	assert.NilError(t, err)
	assert.Check(t, is.Equal(n, 30))
	sizes, found := map[string][]int{}, 0
	for _, o := range server.Objects(bucketName) {
		lines := strings.Split(strings.TrimSpace(string(o.Body)), "\n")
		sizes[path.Dir(o.Key)] = append(sizes[path.Dir(o.Key)], len(lines))
		for _, line := range lines {
			var rec opencdc.Record
			assert.NilError(t, rec.UnmarshalJSON([]byte(line)))
			collection, err := rec.Metadata.GetCollection()
			assert.NilError(t, err)
			assert.Check(t, strings.HasPrefix(o.Key, "p/c="+collection+"/2026"), o.Key)
			found++
		}
	}
	assert.Check(t, is.Equal(found, 30))
	full := []int{4, 4, 2}
	assert.Check(t, is.DeepEqual(sizes, map[string][]int{"p/c=0": full, "p/c=1": full, "p/c=2": full}))
}

// However records are spread over folders, every record before a refused one is
// stored once, in order within its folder, and nothing after it is.
func TestPlan_LosesNothing(t *testing.T) {
	encoder, err := (&Config{FormatConfig: FormatConfig{Format: "json"}}).encoder(nil)
	assert.NilError(t, err)
	folders, err := partition.New(byCollection)
	assert.NilError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		collections := rapid.SliceOf(rapid.IntRange(0, 4)).Draw(t, "collections")
		bad := rapid.IntRange(0, 2*len(collections)).Draw(t, "bad")
		recs := numbered(0, len(collections))
		for i, c := range collections {
			recs[i].Metadata.SetCollection(fmt.Sprint(c))
			if i == bad {
				recs[i].Metadata["x"] = "\xff"
			}
		}
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		p := planner{encoder: encoder, partition: folders, limit: limit}
		got := p.plan(recs)
		var all []int
		for _, object := range got.objects {
			assert.Assert(t, len(object) > 0 && len(object) <= limit)
			assert.Assert(t, slices.IsSorted(object))
			for _, at := range object {
				assert.Assert(t, is.Equal(got.folders[at], got.folders[object[0]]))
				assert.Assert(t, is.Equal(got.folders[at], fmt.Sprintf("c=%d/", collections[at])))
			}
			all = append(all, object...)
		}
		slices.Sort(all)
		want := min(bad, len(recs))
		assert.Assert(t, is.Len(all, want))
		for i, at := range all {
			assert.Assert(t, is.Equal(at, i))
		}
		assert.Assert(t, is.Equal(got.refused != nil, bad < len(recs)))
	})
}

func TestD4_RefusedByItsPartition(t *testing.T) {
	for name, test := range map[string]struct {
		template string
		change   func(opencdc.Record)
	}{
		"template fails": {`{{ .Metadata.kind }}`, func(rec opencdc.Record) { delete(rec.Metadata, "kind") }},
		"too long":       {byCollection, func(rec opencdc.Record) { rec.Metadata.SetCollection(strings.Repeat("x", 1000)) }},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(s3test.Config{})
			recs := mixed(10, 3)
			for _, rec := range recs {
				rec.Metadata["kind"] = "order"
			}
			test.change(recs[6])
			d := open(t, server, config.Config{ConfigPartition: test.template})
			n, err := d.Write(t.Context(), recs)
			assert.Check(t, is.Equal(n, 6))
			assert.Check(t, is.ErrorContains(err, `record at position "6": partition: `))
			all, _ := positions(t, server)
			slices.Sort(all)
			assert.Check(t, is.DeepEqual(all, sequence(0, 6)), "what stands before it, and nothing behind it")
		})
	}
}

func TestWrite_PartitionsAtATimeAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(s3test.Config{Latency: time.Second})
		d := open(t, server, config.Config{ConfigPartition: byCollection, ConfigUploadConcurrency: "3"})
		begin := time.Now()
		n, err := d.Write(t.Context(), mixed(200, 100))
		assert.NilError(t, err)
		assert.Check(t, is.Equal(n, 200))
		assert.Check(t, is.Equal(server.PeakConcurrency("PutObject"), 3))
		assert.Check(t, is.Equal(time.Since(begin), 34*time.Second), "100 objects, three at a time")
	})
}

// Whatever fails in whichever object, what is acknowledged is stored, and
// nothing before it is missing.
func TestD1_AcknowledgedPrefixOverManyObjects(t *testing.T) {
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 2))
			server := newServer(s3test.Config{})
			refused := fmt.Sprintf("c=%d/", random.IntN(12))
			server.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == "PutObject" && strings.HasPrefix(r.Key, refused) {
					return s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied"}
				}
				return s3test.Fault{Delay: time.Duration(r.N%7) * time.Second}
			})
			d := open(t, server, config.Config{ConfigPartition: byCollection, ConfigSdkBatchSize: "3"})
			recs := mixed(60, 10)
			random.Shuffle(len(recs), func(i, j int) { recs[i], recs[j] = recs[j], recs[i] })
			n, err := d.Write(t.Context(), recs)
			want := slices.IndexFunc(recs, func(rec opencdc.Record) bool { return "c="+rec.Metadata["opencdc.collection"]+"/" == refused })
			if want < 0 {
				want = len(recs)
			}
			assert.Check(t, is.Equal(n, want), "seed %d", seed)
			assert.Check(t, is.Equal(err == nil, want == len(recs)))
			all, _ := positions(t, server)
			for _, rec := range recs[:n] {
				assert.Check(t, slices.Contains(all, string(rec.Position)), "seed %d: %s", seed, rec.Position)
			}
		})
	}
}

func TestD3_PartitionsOverwriteThemselves(t *testing.T) {
	server := newServer(s3test.Config{})
	changes := config.Config{ConfigPartition: byCollection + `/{{ .Time.Format "2006-01-02" }}`, ConfigSdkBatchSize: "4"}
	_, err := open(t, server, changes).Write(t.Context(), mixed(50, 4))
	assert.NilError(t, err)
	before := keys(server)
	again := mixed(50, 4)
	for _, rec := range again {
		rec.Metadata.SetReadAt(epoch.Add(48 * time.Hour))
	}
	_, err = open(t, server, changes).Write(context.Background(), again)
	assert.NilError(t, err)
	assert.Check(t, is.DeepEqual(keys(server), before))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"fmt"
	"slices"
	"strings"
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

func TestWrite_ObjectsEndAtTheirSize(t *testing.T) {
	const limit = 10_000
	recs := numbered(0, 500)
	recs[100].Payload.After = opencdc.RawData(strings.Repeat("x", 2*limit)) // larger than an object
	for _, compression := range []string{"none", "gzip"} {
		server := newServer(s3test.Config{})
		d := open(t, server, config.Config{ConfigObjectMaxBytes: fmt.Sprint(limit), ConfigSdkBatchSize: "0", ConfigCompression: compression})
		n, err := d.Write(t.Context(), recs)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(n, len(recs)))
		objects := server.Objects(bucketName)
		assert.Check(t, len(objects) > 10 && len(objects) < 20, "%d objects", len(objects))
		if compression != "none" {
			continue
		}
		all, sizes := positions(t, server)
		slices.Sort(all)
		assert.Check(t, is.DeepEqual(all, slices.Sorted(slices.Values(sequence(0, 500)))))
		for i, o := range objects {
			assert.Check(t, len(o.Body) <= limit || sizes[i] == 1, "%d records of %d bytes", sizes[i], len(o.Body))
		}
	}
}

// An object ends only where the next record would be too much.
func TestPlan_ObjectsAreFull(t *testing.T) {
	encoder, err := (&Config{FormatConfig: FormatConfig{Format: "parquet"}}).encoder(nil)
	assert.NilError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		recs := numbered(0, rapid.IntRange(1, 50).Draw(t, "records"))
		for _, rec := range recs {
			rec.Metadata["x"] = strings.Repeat("x", rapid.IntRange(0, 500).Draw(t, "size"))
		}
		p := planner{encoder: encoder, limit: rapid.IntRange(1, 20).Draw(t, "limit"), maxBytes: rapid.IntRange(1, 3000).Draw(t, "bytes"), sizer: format.NewSizer(encoder)}
		got := p.plan(recs)
		next := 0
		for _, object := range got.objects {
			bytes := 0
			for _, at := range object {
				assert.Assert(t, is.Equal(at, next))
				bytes += got.sizes[at]
				next++
			}
			assert.Assert(t, len(object) == 1 || bytes <= p.maxBytes && len(object) <= p.limit)
			assert.Assert(t, next == len(recs) || len(object) == p.limit || bytes+got.sizes[next] > p.maxBytes)
		}
		assert.Assert(t, is.Equal(next, len(recs)))
	})
}

// batch returns records that were read later by another version of a plugin.
func batch(version string, later time.Duration) []opencdc.Record {
	recs := mixed(200, 3)
	for i, rec := range recs {
		rec.Metadata.SetReadAt(epoch.Add(time.Duration(i) * later))
		rec.Metadata["conduit.source.plugin.version"] = version
	}
	return recs
}

func TestD3_ObjectsThatEndAtTheirSizeOverwriteThemselves(t *testing.T) {
	for _, format := range []string{"json", "parquet"} {
		server := newServer(s3test.Config{})
		changes := config.Config{ConfigFormat: format, ConfigObjectMaxBytes: "5000", ConfigSdkBatchSize: "0", ConfigPartition: byCollection}
		_, err := open(t, server, changes).Write(t.Context(), batch("v1", 0))
		assert.NilError(t, err)
		before := keys(server)
		assert.Check(t, len(before) > 6)
		again := batch("v1.2.3-rc.1", time.Hour)
		_, err = open(t, server, changes).Write(t.Context(), again)
		assert.NilError(t, err)
		assert.Check(t, is.DeepEqual(keys(server), before))
	}
}

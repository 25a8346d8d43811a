// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"fmt"
	"maps"
	"testing"

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
	t.Run("cut by collection", func(t *testing.T) {
		server := newServer(s3test.Config{})
		recs := copies(2)
		delete(recs[0].Metadata, "split.index")
		delete(recs[1].Metadata, "split.index")
		recs[1].Metadata.SetCollection("other")
		n, err := open(t, server, config.Config{ConfigFormat: "parquet"}).Write(t.Context(), recs)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(n, 2))
		assert.Check(t, is.Len(keys(server), 2))
	})
}

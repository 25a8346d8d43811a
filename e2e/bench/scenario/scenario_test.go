// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/machine"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/report"
	"gotest.tools/v3/assert"
)

func TestNeed_GrowsWithThePlan(t *testing.T) {
	full, quick := Full().Need(), Quick().Need()
	assert.Check(t, full.Memory > quick.Memory && full.Disk > quick.Disk, "full %v, quick %v", full, quick)
	assert.NilError(t, machine.Check(full, full))
	small := machine.Room{Memory: full.Memory / 2, Disk: full.Disk - 1}
	assert.ErrorContains(t, machine.Check(full, small), "memory: ")
}

func TestPlan_SizesFitTogether(t *testing.T) {
	for _, p := range []Plan{Full(), Quick()} {
		assert.Equal(t, len(p.Scans), len(p.ScanPairs))
		assert.Equal(t, len(p.Scans), len(p.FarPairs))
		assert.Equal(t, len(p.Uploads), len(p.GrowthPairs))
		assert.Equal(t, len(p.KeyVersions), len(p.GrowthPairs))
	}
}

func TestLayersAt_SmallerSizes(t *testing.T) {
	kinds := []job.Kind{job.Source, job.SourcePlugin}
	assert.DeepEqual(t, Quick().layersAt(kinds, 0, 2), kinds[:1])
	assert.DeepEqual(t, Quick().layersAt(kinds, 1, 2), kinds)
	assert.DeepEqual(t, Full().layersAt(kinds, 0, 2), kinds)
}

func TestBoundOf_EachHeadline(t *testing.T) {
	for _, id := range Headline() {
		assert.Check(t, boundOf(id) > 1, id)
	}
	assert.Equal(t, boundOf("nothing"), 0.0)
}

func TestCompare_PairByPair(t *testing.T) {
	limit := []sample{{cost: 1}, {cost: 2}}
	subject := []sample{{cost: 3, Result: job.Result{Peak: 7}}, {cost: 4}}
	f := compare(report.Figure{ID: "small/source"}, subject, limit, nil, func(seconds float64) float64 { return 12 / seconds })
	assert.Equal(t, f.Value.Max, 4.0)
	assert.Equal(t, f.Limit.Min, 6.0)
	assert.Equal(t, f.Ratio.Min, 2.0)
	assert.Equal(t, f.Ratio.Max, 3.0)
	assert.Equal(t, f.Noise.N, 0)
	assert.Equal(t, f.Peak, int64(7))
	assert.Equal(t, f.Bound, 3.0)
}

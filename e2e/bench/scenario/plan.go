// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/machine"
)

// Plan is how much is measured. Sizes ascend; the ratios are those of the last,
// the others are for the growth alone.
type Plan struct {
	Pairs       int  // of a run of the connector and one of the limit
	GrowthRuns  int  // of each smaller size
	AllLayers   bool // measure the growth of the plugin and the engine, and their Parquet, as well
	Small       []int
	Large       []int // objects of largeSize
	Far         int   // objects that are read at farLatency a request
	Rclone      bool
	Scans       []int // versions
	ScanPairs   []int // at each of Scans without latency
	FarPairs    []int // at each of Scans at farLatency; 0 leaves a size out
	Uploads     []int // in progress
	KeyVersions []int // of one key
	GrowthPairs []int // at each of Uploads and of KeyVersions
	Latencies   []int // objects
	Changes     int   // in each run
	Idle        []int // objects
	IdleTime    time.Duration
	IdleChanges int
	Records     []int
}

const (
	smallSize  = 4 << 10
	largeSize  = 8 << 20
	farLatency = 20 * time.Millisecond
)

// Full is what make bench measures.
func Full() Plan {
	return Plan{
		Pairs: 5, GrowthRuns: 3, AllLayers: true, Rclone: true,
		Small: []int{2500, 5000, 10_000}, Large: []int{12, 24, 48}, Far: 2000,
		Scans: []int{1000, 100_000, 1_000_000}, ScanPairs: []int{5, 5, 1}, FarPairs: []int{5, 3, 1},
		Uploads: []int{10, 1000, 100_000}, KeyVersions: []int{1000, 10_000, 100_000}, GrowthPairs: []int{5, 5, 3},
		Latencies: []int{100, 1000, 10_000}, Changes: 50,
		Idle: []int{1000, 4000, 16_000}, IdleTime: 30 * time.Second, IdleChanges: 20,
		Records: []int{40_000, 120_000, 400_000},
	}
}

// Quick is what make bench-quick measures.
func Quick() Plan {
	return Plan{
		Pairs: 3, GrowthRuns: 1,
		Small: []int{250, 500, 1000}, Large: []int{2, 4, 8}, Far: 300,
		Scans: []int{500, 2000, 8000}, ScanPairs: []int{1, 1, 3}, FarPairs: []int{0, 0, 3},
		Uploads: []int{10, 1000, 10_000}, KeyVersions: []int{1000, 4000, 16_000}, GrowthPairs: []int{1, 1, 3},
		Latencies: []int{400}, Changes: 20,
		Idle: []int{1000, 4000, 16_000}, IdleTime: 4 * time.Second, IdleChanges: 5,
		Records: []int{5000, 10_000, 40_000},
	}
}

// layersAt returns which of the layers are measured at a size, by its place among
// n sizes: the first, which is the connector itself, at all of them.
func (p Plan) layersAt(kinds []job.Kind, i, n int) []job.Kind {
	if p.AllLayers || i == n-1 {
		return kinds
	}
	return kinds[:1]
}

// What a run takes, measured generously.
const (
	versionMemory = 600        // of the server, for each version of a bucket
	processMemory = 1200 << 20 // of the programs that run at a time
	programDisk   = 400 << 20  // of the programs that are built, without the go command's cache
	objectDisk    = 8 << 10    // of a small object that rclone has copied
)

// Need returns the room that the plan takes.
func (p Plan) Need() machine.Room {
	most := func(sizes []int) int64 { return int64(sizes[len(sizes)-1]) }
	need := machine.Room{
		Memory: most(p.Scans)*versionMemory + 4*largeSize + processMemory,
		Disk:   programDisk,
	}
	if p.Rclone {
		need.Disk += max(most(p.Large)*largeSize, most(p.Small)*objectDisk)
	}
	return need
}

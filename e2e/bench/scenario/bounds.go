// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package scenario

// boundOf returns the ratio above which a figure is out of bounds, 0 for none.
// The bounds are generous: they are to be kept on a busy machine, and by the
// small sizes of the quick version, where what a start costs weighs most. Those
// of the destination in the plugin and the engine are mostly sdk.batch.delay.
func boundOf(id string) float64 {
	return map[string]float64{
		"small/source": 3, "small/plugin": 8, "small/engine": 12,
		"large/source": 4, "large/plugin": 12, "large/engine": 8,
		"far/source": 3,
		"scan":       2, "scan/far": 2,
		"growth/key": 2, "growth/uploads": 4, "growth/beside": 3,
		"latency/source": 4, "latency/plugin": 4, "latency/engine": 6,
		"requests":         2,
		"json/destination": 6, "json/plugin": 100, "json/engine": 100,
		"parquet/destination": 6, "parquet/plugin": 60, "parquet/engine": 60,
	}[id]
}

// Headline are the figures that the README shows.
func Headline() []string {
	return []string{"small/source", "small/engine", "large/source", "far/source", "scan", "scan/far", "latency/source", "json/destination", "parquet/destination"}
}

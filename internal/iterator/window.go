// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/position"
)

// windows computes the windows in which a scan looks for changes, in seconds. A
// window is a function of the watermark, so that, as a rule, a change that is
// delivered again has the same position as before.
type windows struct {
	base, lookback int64 // as it is set, and as clocks that were set back demand
	// Nothing older is looked for: the positions that the source resumed from say
	// no more.
	floor, floorMultipart int64
	// resumed says that the window of a position is wider, because a clock was set back,
	// and that no scan has found all of it yet.
	resumed bool
}

func newWindows(lookback time.Duration, from position.Window) windows {
	seconds := int64((lookback + time.Second - 1) / time.Second)
	return windows{
		base: seconds, lookback: seconds,
		floor: from.Since, floorMultipart: from.SinceMultipart,
	}
}

// resume keeps the window of a position that is wider than the look-back until a scan
// has found all of it.
func (w *windows) resume(from position.Window) {
	w.resumed = from.Since < w.step(from.Watermark-w.lookback)
}

// at returns the window for a watermark. What was a multipart upload has the time
// of its initiation, and what was initiated after listed may have been in no
// listing of uploads: its window begins a look-back before that. Ordinary changes
// never wait for it.
func (w windows) at(watermark, listed int64) position.Window {
	multipart := w.step(min(listed, watermark-w.lookback) - w.lookback)
	since := max(w.step(watermark-w.lookback), w.floor)
	return position.Window{Since: since, SinceMultipart: min(since, max(multipart, w.floorMultipart)), Watermark: watermark}
}

// step rounds a second down, so that what leaves a window leaves it in few steps.
func (w windows) step(second int64) int64 {
	size := max(1, w.lookback/8)
	rest := second % size
	if rest < 0 {
		rest += size
	}
	return second - rest
}

// turnBack lets windows begin at a second, or earlier, and reach further back from
// now on.
func (w *windows) turnBack(to int64, by time.Duration) {
	w.floor, w.floorMultipart = min(w.floor, to), min(w.floorMultipart, to)
	w.lookback = min(w.lookback+int64(by/time.Second), w.base+int64(maxTurnBack/time.Second))
}

// maxTurnBack bounds how much further back windows reach after clocks were set
// back, and so the number of versions that are remembered.
const maxTurnBack = 24 * time.Hour

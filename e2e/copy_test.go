// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
)

// formats are the destination's formats.
var formats = []string{"json", "parquet"}

// TestS3ToS3 copies a versioned bucket's history while it is made, across a
// restart of the engine, and finds every change exactly once, complete.
func TestS3ToS3(t *testing.T) {
	t.Parallel()
	bucket, target := newBucket(t, "from", true), newBucket(t, "to", false)
	var pipelines []pipeline
	for _, plugin := range plugins {
		for _, format := range formats {
			id := plugin + "-" + format
			pipelines = append(pipelines, newPipeline(id, s3(plugin, bucket), s3(plugin, target, "format", format, "prefix", id+"/")))
		}
	}
	delivered := func(e *engine.Engine, h *history) {
		for _, p := range pipelines {
			waitForRecords(t, e, target, p.ID+"/", len(h.changes))
		}
	}

	h := newHistory(bucket)
	changeBefore(t, h)
	h.snapshot()
	dir := t.TempDir()
	e := startEngineIn(t, dir, pipelines...)
	delivered(e, h)

	changeDuring(t, h, "first")
	delivered(e, h)

	// Not waited for: what has not been delivered yet is, after the restart.
	changeDuring(t, h, "second")
	shutdown(t, e)
	changeDuring(t, h, "third")
	e = startEngineIn(t, dir, pipelines...)
	changeDuring(t, h, "fourth")
	delivered(e, h)

	shutdown(t, e)
	for _, p := range pipelines {
		t.Run(p.ID, func(t *testing.T) {
			checkRecords(t, readRecords(t, target, p.ID+"/"), h)
		})
	}
}

// changeBefore makes what a snapshot has to cope with: odd keys and bodies,
// objects with a past, and one that is gone.
func changeBefore(t *testing.T, h *history) {
	t.Helper()
	for i := range 30 {
		h.put(t, fmt.Sprintf("data/%03d.txt", i), fmt.Appendf(nil, "object %d", i))
	}
	h.put(t, "data/007.txt", []byte("written again"))
	h.put(t, "data/gone.txt", []byte("deleted before the start"))
	h.delete(t, "data/gone.txt")
	h.put(t, "empty", []byte{})
	h.put(t, "bytes/no utf-8", []byte{0x00, 0xff, 0xfe, '\n', '"', 0x80})
	h.put(t, "schlüssel/鍵_s1 +&=.txt", []byte("a key with all sorts of characters"))
	h.put(t, "large", bytes.Repeat([]byte("0123456789abcdef"), 64<<10))
}

// changeDuring makes creates, updates, deletes and a key that comes back, with
// several changes to a key in a row.
func changeDuring(t *testing.T, h *history, phase string) {
	t.Helper()
	for i := range 10 {
		key := fmt.Sprintf("%s/%03d.txt", phase, i)
		h.put(t, key, fmt.Appendf(nil, "%s %d", phase, i))
		h.put(t, fmt.Sprintf("data/%03d.txt", i), fmt.Appendf(nil, "changed in the %s phase", phase))
		if i%3 == 0 {
			h.delete(t, key)
		}
		if i%6 == 0 {
			h.put(t, key, []byte("back again"))
		}
	}
	h.put(t, "empty", []byte{})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/objects"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/poll"
)

// TestS3ToFile reads a versioned bucket while it changes into a file.
func TestS3ToFile(t *testing.T) {
	t.Parallel()
	bucket, dir := newBucket(t, "from", true), t.TempDir()
	path := func(plugin string) string { return filepath.Join(dir, plugin+".json") }
	var pipelines []pipeline
	for _, plugin := range plugins {
		file := connector{Plugin: "builtin:file", Settings: map[string]string{"path": path(plugin)}}
		pipelines = append(pipelines, newPipeline(plugin, s3(plugin, bucket), file))
	}

	h := newHistory(bucket)
	changeBefore(t, h)
	h.snapshot()
	e := startEngine(t, pipelines...)
	for _, plugin := range plugins {
		waitForLines(t, e, path(plugin), len(h.changes))
	}
	changeDuring(t, h, "first")
	for _, plugin := range plugins {
		waitForLines(t, e, path(plugin), len(h.changes))
	}
	shutdown(t, e)
	for _, plugin := range plugins {
		t.Run(plugin, func(t *testing.T) { checkRecords(t, readFile(t, path(plugin)), h) })
	}
}

// TestS3ToFile_Unversioned finds each state of an object as a create.
func TestS3ToFile_Unversioned(t *testing.T) {
	t.Parallel()
	bucket, dir := newBucket(t, "from", false), t.TempDir()
	path := func(plugin string) string { return filepath.Join(dir, plugin+".json") }
	var pipelines []pipeline
	for _, plugin := range plugins {
		file := connector{Plugin: "builtin:file", Settings: map[string]string{"path": path(plugin)}}
		pipelines = append(pipelines, newPipeline(plugin, s3(plugin, bucket, "prefix", "in/"), file))
	}
	put(t, bucket, "in/a", "1")
	put(t, bucket, "other/b", "not below the prefix")
	e := startEngine(t, pipelines...)
	want := []state{{opencdc.OperationSnapshot, "in/a", "1"}}
	for i, body := range []string{"2", "3"} {
		for _, plugin := range plugins {
			waitForLines(t, e, path(plugin), i+1)
		}
		put(t, bucket, "in/a", body)
		want = append(want, state{opencdc.OperationCreate, "in/a", body})
	}
	for _, plugin := range plugins {
		waitForLines(t, e, path(plugin), len(want))
	}
	shutdown(t, e)
	for _, plugin := range plugins {
		t.Run(plugin, func(t *testing.T) {
			var got []state
			for _, r := range readFile(t, path(plugin)) {
				got = append(got, state{r.Operation, string(r.Key.Bytes()), string(r.Payload.After.Bytes())})
			}
			assert.DeepEqual(t, got, want)
		})
	}
}

// state is a record without its position and metadata.
type state struct {
	Operation opencdc.Operation
	Key, Body string
}

// readFile returns the records that the file connector has written.
func readFile(t *testing.T, path string) []opencdc.Record {
	t.Helper()
	text, err := os.ReadFile(path)
	assert.NilError(t, err)
	records, err := objects.ReadJSON(text)
	assert.NilError(t, err)
	return records
}

// waitForLines waits until the file connector has written n records.
func waitForLines(t *testing.T, e *engine.Engine, path string, n int) {
	t.Helper()
	waitFor(t, e, func() poll.Result {
		text, err := os.ReadFile(path)
		got := bytes.Count(text, []byte("\n"))
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return poll.Error(err)
		case got < n:
			return poll.Continue("%d of %d records in %s", got, n, path)
		default:
			return poll.Success()
		}
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
	"gotest.tools/v3/poll"
)

// TestPartitions finds creates, updates and deletes of two collections in the
// folders that they belong to, in each format.
func TestPartitions(t *testing.T) {
	t.Parallel()
	const count = 300
	target := newBucket(t, "to", false)
	source := connector{Plugin: "builtin:generator", Settings: map[string]string{
		"recordCount":                   "300",
		"collections.orders.operations": "create,update,delete", "collections.orders.format.type": "structured",
		"collections.orders.format.options.id": "int", "collections.orders.format.options.name": "string",
		"collections.a/b.operations": "create,update,delete", "collections.a/b.format.type": "raw",
		"collections.a/b.format.options.id": "int",
	}}
	const partition = `collection={{ .Metadata.Get "opencdc.collection" }}/op={{ .Operation }}`
	var pipelines []pipeline
	for _, format := range formats {
		to := s3("standalone", target, "prefix", format+"/", "format", format, "partition", partition)
		pipelines = append(pipelines, newPipeline(format, source, to))
	}
	e := startEngine(t, pipelines...)
	for _, format := range formats {
		waitForRecords(t, e, target, format+"/", count)
		folders := map[string]bool{}
		for _, o := range readBucket(t, target, format+"/") {
			folders[path.Dir(o.key)] = true
		}
		assert.Check(t, cmp.Len(folders, 6), "two collections and three operations: %v", folders)
		for folder := range folders {
			_, collection, _ := strings.Cut(path.Dir(folder), "=")
			_, operation, _ := strings.Cut(path.Base(folder), "=")
			for _, r := range readRecords(t, target, folder+"/") {
				assert.Check(t, cmp.Equal(r.Operation.String(), operation))
				assert.Check(t, cmp.Equal(strings.ReplaceAll(r.Metadata["opencdc.collection"], "/", "%2F"), collection))
			}
		}
		assert.Check(t, cmp.Len(readRecords(t, target, format+"/"), count))
	}
}

// TestDeadLetterQueue refuses one record, which goes to the queue with the
// reason, and writes all others, those that come after it included.
func TestDeadLetterQueue(t *testing.T) {
	t.Parallel()
	const poisoned = "zz, the last of the snapshot"
	bucket, target, dir := newBucket(t, "from", true), newBucket(t, "to", false), t.TempDir()
	fill(t, bucket, 10)
	put(t, bucket, poisoned, "payload")
	modes := map[string][]string{
		"json":    {"format", "json", "partition", `p{{ if eq .Key "` + poisoned + `" }}{{ fail "poisoned" }}{{ end }}`},
		"parquet": {"format", "parquet", "partition", `p{{ if eq .Key "` + poisoned + `" }}{{ fail "poisoned" }}{{ end }}`},
	}
	var pipelines []pipeline
	for mode, settings := range modes {
		p := newPipeline(mode, s3("builtin", bucket), s3("builtin", target, append(settings, "prefix", mode+"/")...))
		p.DeadLetterQueue = &deadLetterQueue{
			Plugin: "builtin:file", Settings: map[string]string{"path": filepath.Join(dir, mode)},
		}
		pipelines = append(pipelines, p)
	}
	e := startEngine(t, pipelines...)
	for mode := range modes {
		waitForLines(t, e, filepath.Join(dir, mode), 1)
		waitForRecords(t, e, target, mode+"/", 10)
	}
	put(t, bucket, "after it", "x")
	for mode := range modes {
		records := waitForRecords(t, e, target, mode+"/", 11)
		assert.Check(t, cmp.Len(records, 11))
		for _, r := range records {
			assert.Check(t, string(r.Key.Bytes()) != poisoned)
		}
	}
	shutdown(t, e)
	for mode := range modes {
		refused := readFile(t, filepath.Join(dir, mode))
		assert.Assert(t, cmp.Len(refused, 1))
		assert.Check(t, cmp.Contains(refused[0].Metadata["conduit.dlq.nack.error"], "poisoned"))
		original, ok := refused[0].Payload.After.(opencdc.StructuredData)
		assert.Check(t, ok && original["key"] != nil, "%v", refused[0].Payload.After)
	}
}

// TestObjects_DeadLetterQueue refuses the one record whose key no object can have.
func TestObjects_DeadLetterQueue(t *testing.T) {
	t.Parallel()
	bucket, target, file := newBucket(t, "from", true), newBucket(t, "to", false), filepath.Join(t.TempDir(), "refused")
	put(t, bucket, "a", "1")
	put(t, bucket, "z"+strings.Repeat("z", 149), "can't be copied")
	p := newPipeline("copy", s3("standalone", bucket), s3("standalone", target, "mode", "objects", "prefix", strings.Repeat("folder/", 130)))
	p.DeadLetterQueue = &deadLetterQueue{Plugin: "builtin:file", Settings: map[string]string{"path": file}}
	e := startEngine(t, p)
	waitForLines(t, e, file, 1)
	put(t, bucket, "b", "2")
	waitFor(t, e, func() poll.Result {
		if n := len(readBucket(t, target, "")); n != 2 {
			return poll.Continue("%d of 2 objects", n)
		}
		return poll.Success()
	})
	refused := readFile(t, file)
	assert.Assert(t, cmp.Len(refused, 1))
	assert.Check(t, cmp.Contains(refused[0].Metadata["conduit.dlq.nack.error"], "more than S3's limit of 1024"))
}

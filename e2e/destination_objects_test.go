// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"testing"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
	"gotest.tools/v3/poll"
)

// TestObjects_FollowABucket keeps buckets in step with one that changes, across
// a restart of the engine: with the same keys, bytes and metadata.
func TestObjects_FollowABucket(t *testing.T) {
	t.Parallel()
	bucket, target := newBucket(t, "from", true), newBucket(t, "to", false)
	var pipelines []pipeline
	for _, plugin := range plugins {
		to := s3(plugin, target, "mode", "objects", "prefix", plugin+"/")
		pipelines = append(pipelines, newPipeline(plugin, s3(plugin, bucket), to))
	}
	inStep := func(e *engine.Engine) {
		for _, plugin := range plugins {
			waitForCopy(t, e, bucket, target, plugin+"/")
		}
	}

	h := newHistory(bucket)
	changeBefore(t, h)
	h.put(t, "as large as a plugin's records may be", bytes.Repeat([]byte("0123456789abcdef"), 200<<10))
	dir := t.TempDir()
	e := startEngineIn(t, dir, pipelines...)
	changeDuring(t, h, "first")
	inStep(e)
	changeDuring(t, h, "second")
	shutdown(t, e)
	changeDuring(t, h, "third")
	for i := range 20 {
		h.delete(t, fmt.Sprintf("data/%03d.txt", i))
	}
	e = startEngineIn(t, dir, pipelines...)
	changeDuring(t, h, "fourth")
	inStep(e)

	written := contents(t, target, "")
	for _, plugin := range plugins {
		checkHeaders(t, target, plugin+"/", h)
	}
	shutdown(t, e)

	// Another engine reads all of it anew: nothing changes.
	e = startEngineIn(t, t.TempDir(), pipelines...)
	h.put(t, "a last one", []byte("by which to see that it has read on"))
	inStep(e)
	for _, plugin := range plugins {
		written[plugin+"/a last one"] = "by which to see that it has read on"
	}
	assert.Check(t, cmp.DeepEqual(contents(t, target, ""), written))
}

// contents returns the bytes of a bucket's objects by their keys, without the
// prefix.
func contents(t *testing.T, bucket, prefix string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, o := range readBucket(t, bucket, prefix) {
		found[o.key[len(prefix):]] = string(o.body)
	}
	return found
}

// waitForCopy waits until the bucket target lists below the prefix what bucket
// lists, and nothing else, and compares the bytes.
func waitForCopy(t *testing.T, e *engine.Engine, bucket, target, prefix string) {
	t.Helper()
	want := etags(t, bucket, "")
	waitFor(t, e, func() poll.Result {
		if !maps.Equal(etags(t, target, prefix), want) {
			return poll.Continue("%s/%s is not like %s yet", target, prefix, bucket)
		}
		return poll.Success()
	})
	assert.Check(t, cmp.DeepEqual(contents(t, target, prefix), contents(t, bucket, "")))
}

// etags returns what a bucket lists: the ETags of its objects by their keys,
// without the prefix.
func etags(t *testing.T, bucket, prefix string) map[string]string {
	t.Helper()
	found := map[string]string{}
	pages := awss3.NewListObjectsV2Paginator(store.Client(), &awss3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		assert.NilError(t, err)
		for _, o := range page.Contents {
			found[(*o.Key)[len(prefix):]] = *o.ETag
		}
	}
	return found
}

func checkHeaders(t *testing.T, bucket, prefix string, h *history) {
	t.Helper()
	for key, c := range h.latest {
		key = prefix + key
		head, err := store.Client().HeadObject(t.Context(), &awss3.HeadObjectInput{Bucket: &bucket, Key: &key})
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(*head.ContentType, "text/x-test"), key)
		assert.Check(t, cmp.Equal(head.Metadata["number"], c.metadata["s3.metadata.number"]), key)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
)

// change is what happened to a key, in the words of the records.
type change struct {
	operation opencdc.Operation
	versionID string
	key       string
	body      []byte            // nil for a delete
	metadata  map[string]string // all under "s3.", but for the time
}

// history changes a versioned bucket and knows what a source has to deliver.
type history struct {
	bucket  string
	latest  map[string]change // by key; deleted keys are absent
	changes []change
}

func newHistory(bucket string) *history {
	return &history{bucket: bucket, latest: make(map[string]change)}
}

// put writes an object with a content type and one entry of user metadata.
func (h *history) put(t *testing.T, key string, body []byte) {
	t.Helper()
	res, err := store.Client().PutObject(t.Context(), &awss3.PutObjectInput{
		Bucket: &h.bucket, Key: &key, Body: bytes.NewReader(body),
		ContentType: aws.String("text/x-test"), Metadata: map[string]string{"number": strconv.Itoa(len(h.changes))},
	})
	assert.NilError(t, err)

	c := change{operation: opencdc.OperationCreate, versionID: *res.VersionId, key: key, body: body, metadata: map[string]string{
		"s3.bucket":             h.bucket,
		"s3.key":                key,
		"s3.versionId":          *res.VersionId,
		"s3.etag":               *res.ETag,
		"s3.size":               strconv.Itoa(len(body)),
		"s3.header.contentType": "text/x-test",
		"s3.metadata.number":    strconv.Itoa(len(h.changes)),
	}}
	if _, ok := h.latest[key]; ok {
		c.operation = opencdc.OperationUpdate
	}
	h.latest[key] = c
	h.changes = append(h.changes, c)
}

// delete puts a delete marker on the object.
func (h *history) delete(t *testing.T, key string) {
	t.Helper()
	res, err := store.Client().DeleteObject(t.Context(), &awss3.DeleteObjectInput{Bucket: &h.bucket, Key: &key})
	assert.NilError(t, err)
	delete(h.latest, key)
	h.changes = append(h.changes, change{operation: opencdc.OperationDelete, versionID: *res.VersionId, key: key, metadata: map[string]string{
		"s3.bucket":    h.bucket,
		"s3.key":       key,
		"s3.versionId": *res.VersionId,
	}})
}

// snapshot forgets what happened so far but for what exists now, which is what
// a source that starts now has to deliver first.
func (h *history) snapshot() {
	h.changes = nil
	for _, key := range slices.Sorted(maps.Keys(h.latest)) {
		c := h.latest[key]
		c.operation = opencdc.OperationSnapshot
		h.changes = append(h.changes, c)
	}
}

// versionTimes returns the time of each version and delete marker by its id.
func versionTimes(t *testing.T, bucket string) map[string]time.Time {
	t.Helper()
	times := make(map[string]time.Time)
	pages := awss3.NewListObjectVersionsPaginator(store.Client(), &awss3.ListObjectVersionsInput{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		assert.NilError(t, err)
		for _, v := range page.Versions {
			times[*v.VersionId] = *v.LastModified
		}
		for _, m := range page.DeleteMarkers {
			times[*m.VersionId] = *m.LastModified
		}
	}
	return times
}

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
	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
	"gotest.tools/v3/assert"
)

// change is what happened to a key, in the words of the records.
type change struct {
	operation opencdc.Operation
	versionID string
	key       string
	body      []byte            // nil for a delete
	metadata  map[string]string // all under "s3.", but for the time
	// inSnapshot says that it is to come as the state of its key at the start.
	inSnapshot bool
}

const contentType = "text/x-test"

// history changes a versioned bucket and knows what a source has to deliver.
type history struct {
	client  *awss3.Client
	bucket  string
	latest  map[string]change // by key; deleted keys are absent
	changes []change
}

func newHistory(bucket string) *history { return newHistoryOn(store, bucket) }

func newHistoryOn(server *s3server.Server, bucket string) *history {
	return &history{client: server.Client(), bucket: bucket, latest: make(map[string]change)}
}

// put writes an object with a content type and one entry of user metadata.
func (h *history) put(t *testing.T, key string, body []byte) {
	t.Helper()
	number := strconv.Itoa(len(h.changes))
	res, err := h.client.PutObject(t.Context(), &awss3.PutObjectInput{
		Bucket: &h.bucket, Key: &key, Body: bytes.NewReader(body),
		ContentType: aws.String(contentType), Metadata: map[string]string{"number": number},
	})
	assert.NilError(t, err)
	h.wrote(key, body, number, *res.VersionId, *res.ETag)
}

// wrote notes a version that has become the latest of its key.
func (h *history) wrote(key string, body []byte, number, versionID, etag string) {
	c := change{operation: opencdc.OperationCreate, versionID: versionID, key: key, body: body, metadata: map[string]string{
		"s3.bucket":             h.bucket,
		"s3.key":                key,
		"s3.versionId":          versionID,
		"s3.etag":               etag,
		"s3.size":               strconv.Itoa(len(body)),
		"s3.header.contentType": contentType,
		"s3.metadata.number":    number,
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
	res, err := h.client.DeleteObject(t.Context(), &awss3.DeleteObjectInput{Bucket: &h.bucket, Key: &key})
	assert.NilError(t, err)
	delete(h.latest, key)
	h.changes = append(h.changes, change{operation: opencdc.OperationDelete, versionID: *res.VersionId, key: key, metadata: map[string]string{
		"s3.bucket":    h.bucket,
		"s3.key":       key,
		"s3.versionId": *res.VersionId,
	}})
}

// snapshot forgets what happened so far except the state of each key, which is what a
// source that starts now has to deliver first. What was deleted just now is a delete,
// because an earlier run that was killed may have delivered the object.
func (h *history) snapshot() {
	last := make(map[string]change)
	for _, c := range h.changes {
		last[c.key] = c
	}
	h.changes = nil
	for _, key := range slices.Sorted(maps.Keys(last)) {
		c := last[key]
		if c.inSnapshot = true; c.operation != opencdc.OperationDelete {
			c.operation = opencdc.OperationSnapshot
		}
		h.changes = append(h.changes, c)
	}
}

// versionTimes returns the time of each version and delete marker by its id.
func (h *history) versionTimes(t *testing.T) map[string]time.Time {
	t.Helper()
	times := make(map[string]time.Time)
	pages := awss3.NewListObjectVersionsPaginator(h.client, &awss3.ListObjectVersionsInput{Bucket: &h.bucket})
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

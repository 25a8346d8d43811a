// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/objects"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
	"gotest.tools/v3/poll"
)

// readRecords returns the records in the objects under the prefix, in the
// order in which they were written.
func readRecords(t *testing.T, bucket, prefix string) []opencdc.Record {
	t.Helper()
	var all []opencdc.Record
	for _, o := range readBucket(t, bucket, prefix) {
		read := map[string]func([]byte) ([]opencdc.Record, error){
			".json": objects.ReadJSON, ".parquet": objects.ReadParquet,
		}[path.Ext(o.key)]
		assert.Assert(t, read != nil, "object %q has no known ending", o.key)
		records, err := read(o.body)
		assert.NilError(t, err, o.key)
		assert.Check(t, len(records) > 0, "object %q holds no record", o.key)
		all = append(all, records...)
	}
	return all
}

// waitForRecords waits until at least n records stand under the prefix and
// returns all.
func waitForRecords(t *testing.T, e *engine.Engine, bucket, prefix string, n int) []opencdc.Record {
	t.Helper()
	var records []opencdc.Record
	waitFor(t, e, func() poll.Result {
		if records = readRecords(t, bucket, prefix); len(records) >= n {
			return poll.Success()
		}
		return poll.Continue("%d of %d records in %s/%s", len(records), n, bucket, prefix)
	})
	return records
}

// checkRecords compares records that a source has delivered with what was done
// to its bucket: each change once, those of a key in their order, and all of
// each record.
func checkRecords(t *testing.T, got []opencdc.Record, h *history) {
	t.Helper()
	assert.Check(t, cmp.DeepEqual(order(got), h.order()))
	want := make(map[string]change)
	for _, c := range h.changes {
		want[c.versionID] = c
	}
	times := h.versionTimes(t)
	for _, record := range got {
		id := record.Metadata["s3.versionId"]
		checkRecord(t, record, want[id], times[id])
	}
}

// order returns, by key, the operations in their order.
func order(records []opencdc.Record) map[string][]string {
	byKey := make(map[string][]string)
	for _, r := range records {
		key := r.Metadata["s3.key"]
		byKey[key] = append(byKey[key], fmt.Sprint(r.Operation, " ", r.Metadata["s3.versionId"]))
	}
	return byKey
}

func (h *history) order() map[string][]string {
	byKey := make(map[string][]string)
	for _, c := range h.changes {
		byKey[c.key] = append(byKey[c.key], fmt.Sprint(c.operation, " ", c.versionID))
	}
	return byKey
}

func checkRecord(t *testing.T, got opencdc.Record, want change, modified time.Time) {
	t.Helper()
	assert.Check(t, cmp.Equal(got.Operation, want.operation))
	assert.Check(t, cmp.DeepEqual(got.Key, opencdc.Data(opencdc.RawData(want.key))))
	assert.Check(t, got.Payload.Before == nil)
	if want.body == nil {
		assert.Check(t, got.Payload.After == nil, "%s %s", want.operation, want.key)
	} else {
		assert.Check(t, cmp.DeepEqual(got.Payload.After, opencdc.Data(opencdc.RawData(want.body))))
	}
	mode := map[bool]string{true: "_s", false: "_c"}[want.inSnapshot]
	assert.Check(t, strings.HasPrefix(string(got.Position), want.key+mode), "position %q", got.Position)
	checkMetadata(t, got.Metadata, want, modified)
}

func checkMetadata(t *testing.T, got opencdc.Metadata, want change, modified time.Time) {
	t.Helper()
	wanted := with(want.metadata,
		"s3.lastModified", modified.UTC().Format(time.RFC3339Nano),
		"opencdc.collection", want.metadata["s3.bucket"],
		"opencdc.createdAt", strconv.FormatInt(modified.UnixNano(), 10),
	)
	found := make(map[string]string)
	for name, value := range got {
		if _, ok := wanted[name]; ok || strings.HasPrefix(name, "s3.") {
			found[name] = value
		}
	}
	assert.Check(t, cmp.DeepEqual(found, wanted))
	_, err := got.GetReadAt()
	assert.Check(t, err)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"io"
	"maps"
	"slices"
	"testing"
	"time"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/objects"
	"gotest.tools/v3/assert"
)

// deliveryLog is all that was ever delivered to a versioned bucket: also the
// objects that were written again.
type deliveryLog struct {
	bucket   string
	written  map[string][]opencdc.Record // by the version id of the target's object
	count    int                         // of records
	versions map[string]int              // how often each version of the source was delivered
}

func newDeliveryLog(bucket string) *deliveryLog {
	return &deliveryLog{
		bucket: bucket, written: make(map[string][]opencdc.Record), versions: make(map[string]int),
	}
}

// refresh reads what was delivered since the last call.
func (d *deliveryLog) refresh(t *testing.T) {
	t.Helper()
	pages := awss3.NewListObjectVersionsPaginator(store.Client(), &awss3.ListObjectVersionsInput{Bucket: &d.bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		assert.NilError(t, err)
		for _, v := range page.Versions {
			if _, ok := d.written[*v.VersionId]; !ok {
				d.add(t, v)
			}
		}
	}
}

func (d *deliveryLog) add(t *testing.T, v types.ObjectVersion) {
	t.Helper()
	res, err := store.Client().GetObject(t.Context(), &awss3.GetObjectInput{Bucket: &d.bucket, Key: v.Key, VersionId: v.VersionId})
	assert.NilError(t, err)
	body, err := io.ReadAll(res.Body)
	assert.NilError(t, err)
	assert.NilError(t, res.Body.Close())
	records, err := objects.ReadJSON(body)
	assert.NilError(t, err, *v.Key)

	d.written[*v.VersionId] = records
	d.count += len(records)
	for _, r := range records {
		d.versions[r.Metadata["s3.versionId"]]++
	}
}

// inOrder returns all records in the order in which the source read them. The
// times of the target's objects do not tell it: a destination writes several
// batches at a time, and may write one again, which is no second delivery.
func (d *deliveryLog) inOrder(t *testing.T) []opencdc.Record {
	t.Helper()
	type delivery struct {
		read    time.Time
		version string
	}
	records := make(map[delivery]opencdc.Record)
	for _, batch := range d.written {
		for _, r := range batch {
			read, err := r.Metadata.GetReadAt()
			assert.NilError(t, err)
			records[delivery{read, r.Metadata["s3.versionId"]}] = r
		}
	}
	deliveries := slices.SortedFunc(maps.Keys(records), func(a, b delivery) int { return a.read.Compare(b.read) })
	all := make([]opencdc.Record, len(deliveries))
	for i, d := range deliveries {
		all[i] = records[d]
	}
	return all
}

// missing returns how many of the changes were not delivered.
func (d *deliveryLog) missing(changes []change) int {
	n := 0
	for _, c := range changes {
		if d.versions[c.versionID] == 0 {
			n++
		}
	}
	return n
}

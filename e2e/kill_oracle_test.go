// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"testing"
	"time"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// checkDeliveries compares records that were delivered by a source which may
// have been killed with what was done to its bucket: each change is there,
// complete, and nothing else; no change comes before those of its key that
// precede it; a key goes back only after a kill, unless the store retimes;
// replayed, the records give the bucket's state. It returns how many were
// repeated.
func checkDeliveries(t *testing.T, records []opencdc.Record, h *history, kills int, retimes bool) (repeats int) {
	t.Helper()
	o := newOracle(t, h, retimes)
	for _, r := range records {
		o.add(r)
	}
	for key, n := range o.changes {
		assert.Check(t, cmp.Equal(o.delivered[key], n), "changes of key %q", key)
		assert.Check(t, retimes || o.returns[key] <= kills, "key %q went back %d times", key, o.returns[key])
	}
	assert.Check(t, cmp.DeepEqual(o.state, h.latestVersions(t)))
	return o.repeats
}

// oracle knows what was done to a bucket and follows what is delivered.
type oracle struct {
	t       *testing.T
	retimes bool              // the times of versions change when they are replaced
	wants   map[string]change // by version id, like the next two
	places  map[string]int    // among the changes of the key, from 1
	times   map[string]time.Time
	changes map[string]int // how many there are, by key like all that follows

	state     map[string]string // the version id
	last      map[string]int    // the place of the last delivery
	delivered map[string]int    // the highest place that was delivered
	returns   map[string]int    // how often a delivery went back to an earlier place
	repeats   int
}

func newOracle(t *testing.T, h *history, retimes bool) *oracle {
	t.Helper()
	o := &oracle{
		t: t, retimes: retimes, wants: make(map[string]change), places: make(map[string]int), times: h.versionTimes(t),
		changes: make(map[string]int), state: make(map[string]string), last: make(map[string]int),
		delivered: make(map[string]int), returns: make(map[string]int),
	}
	for _, c := range h.changes {
		o.changes[c.key]++
		o.wants[c.versionID], o.places[c.versionID] = c, o.changes[c.key]
	}
	return o
}

// add checks a record against the change that it tells, and its place.
func (o *oracle) add(r opencdc.Record) {
	o.t.Helper()
	key, id := r.Metadata["s3.key"], r.Metadata["s3.versionId"]
	want, ok := o.wants[id]
	assert.Assert(o.t, ok, "%s %q version %s was never a change", r.Operation, key, id)
	place, isRepeat := o.places[id], o.places[id] <= o.delivered[key]
	isNew := o.retimes && r.Operation == opencdc.OperationCreate
	if want.operation == opencdc.OperationSnapshot && (isRepeat || isNew) {
		// What the snapshot has delivered may come again as a change, if the
		// look-back reaches to before the start and a position can't hold it all. What
		// is replaced before the snapshot reaches it gets a time after the start.
		want.operation = r.Operation
	}
	if !o.isMarkerToBe(r, want) {
		checkRecord(o.t, r, want, o.modified(r))
	}

	assert.Check(o.t, place <= o.delivered[key]+1, "key %q: change %d comes after change %d", key, place, o.delivered[key])
	if place <= o.last[key] {
		o.returns[key]++
	}
	if isRepeat {
		o.repeats++
	}
	o.last[key], o.delivered[key] = place, max(o.delivered[key], place)
	if o.state[key] = id; r.Operation == opencdc.OperationDelete {
		delete(o.state, key)
	}
}

// isMarkerToBe tells whether a record takes a version for the delete marker that
// replaces it. While versitygw makes a delete marker, it lists the version itself
// as one for an instant. The delete marker follows.
func (o *oracle) isMarkerToBe(r opencdc.Record, want change) bool {
	return o.retimes && r.Operation == opencdc.OperationDelete && want.body != nil
}

// modified is the time that a record has to tell: where the store changes it,
// the one that it had when the version was listed, which only the record knows.
func (o *oracle) modified(r opencdc.Record) time.Time {
	o.t.Helper()
	if !o.retimes {
		return o.times[r.Metadata["s3.versionId"]]
	}
	modified, err := time.Parse(time.RFC3339Nano, r.Metadata["s3.lastModified"])
	assert.Check(o.t, err)
	return modified
}

// latestVersions returns the version id of each object that exists, by key.
func (h *history) latestVersions(t *testing.T) map[string]string {
	t.Helper()
	latest := make(map[string]string)
	pages := awss3.NewListObjectVersionsPaginator(h.client, &awss3.ListObjectVersionsInput{Bucket: &h.bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		assert.NilError(t, err)
		for _, v := range page.Versions {
			if *v.IsLatest {
				latest[*v.Key] = *v.VersionId
			}
		}
	}
	return latest
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/store"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
)

var epoch = time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)

func at(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }

// list is a request for a page that was answered after 10 ms.
func list(ms int, marker, maxKeys string) s3test.Request {
	query := url.Values{"max-keys": {maxKeys}}
	if marker != "" {
		query.Set("key-marker", marker)
	}
	return s3test.Request{Op: "ListObjectVersions", Bucket: "orders", Query: query, Time: at(ms), Ended: at(ms + 10)}
}

func TestScans_BetweenPauses(t *testing.T) {
	requests := []s3test.Request{
		list(0, "", "1"), // the check
		list(5, "", "1000"), list(15, "a", "1000"),
		list(1000, "m", "1000"), list(1001, "", "1000"), // at the same time
		{Op: "GetObject", Bucket: "orders", Time: at(1500), Ended: at(1510)},
		{Op: "ListObjectVersions", Bucket: "other", Time: at(1500), Ended: at(1510)},
		list(2000, "", "1000"), // goes on
	}
	assert.DeepEqual(t, store.Scans(requests, "orders", 2, at(2020)), []store.Scan{
		{Began: at(5), Ended: at(25), Requests: 2},
		{Began: at(1000), Ended: at(1011), Requests: 2},
	})
}

func TestScans_WithoutAPause(t *testing.T) {
	requests := []s3test.Request{list(0, "", "1000"), list(10, "a", "1000"), list(20, "", "1000"), list(30, "a", "1000")}
	assert.DeepEqual(t, store.Scans(requests, "orders", 2, at(1000)), []store.Scan{
		{Began: at(0), Ended: at(20), Requests: 2},
		{Began: at(20), Ended: at(40), Requests: 2},
	})
}

func TestScans_WithAPauseInTheMiddle(t *testing.T) {
	requests := []s3test.Request{list(0, "", "1000"), list(900, "a", "1000"), list(2000, "", "1000")}
	assert.DeepEqual(t, store.Scans(requests, "orders", 2, at(2020)), []store.Scan{{Began: at(0), Ended: at(910), Requests: 2}})
}

func TestScans_LeavesOutWhatIsNotWhole(t *testing.T) {
	assert.Equal(t, len(store.Scans([]s3test.Request{list(0, "", "1000")}, "orders", 2, at(1000))), 0)
	assert.Equal(t, len(store.Scans(nil, "orders", 1, at(0))), 0)
}

func TestBeside_AfterTheUploadsWereListed(t *testing.T) {
	upload := func(ms int, maxUploads string) s3test.Request {
		return s3test.Request{
			Op: "ListMultipartUploads", Bucket: "orders", Query: url.Values{"max-uploads": {maxUploads}}, Time: at(ms), Ended: at(ms + 10),
		}
	}
	running := list(300, "", "1000")
	running.Ended = time.Time{}
	requests := []s3test.Request{
		upload(0, "1"), // the check
		upload(10, "1000"), list(15, "", "1000"), upload(20, "1000"), list(25, "", "1000"),
		list(100, "", "1"), list(110, "", "1000"), list(200, "", "1000"), running,
	}
	assert.DeepEqual(t, store.Beside(requests, "orders", 2), []store.Scan{
		{Began: at(110), Ended: at(120), Requests: 1},
		{Began: at(200), Ended: at(210), Requests: 1},
	})
	assert.Equal(t, len(store.Beside(requests, "orders", 3)), 0)
}

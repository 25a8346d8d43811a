// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package store

import (
	"strings"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

// First returns when the first request about a bucket arrived, zero if none did.
func (s *Store) First(bucket string) time.Time {
	for _, r := range s.Requests() {
		if r.Bucket == bucket {
			return r.Time
		}
	}
	return time.Time{}
}

// quiet is the pause between two scans: a scan's requests follow each other
// faster, whether they are sent one after the other or at the same time.
const quiet = 250 * time.Millisecond

// Scan is one listing of a whole bucket, as the store saw it.
type Scan struct {
	Began, Ended time.Time
	Requests     int
}

// Beside finds the scans of a bucket of one page that begin after its uploads in
// progress were listed, which takes so many pages.
func Beside(requests []s3test.Request, bucket string, pages int) []Scan {
	var scans []Scan
	var listed time.Time
	for _, r := range requests {
		switch {
		case r.Bucket != bucket || r.Ended.IsZero() || r.Query.Get("max-keys") == "1" || r.Query.Get("max-uploads") == "1":
		case r.Op == "ListMultipartUploads":
			if pages--; pages == 0 {
				listed = r.Ended
			}
		case r.Op == "ListObjectVersions" && !listed.IsZero() && r.Time.After(listed):
			scans = append(scans, Scan{Began: r.Time, Ended: r.Ended, Requests: 1})
		}
	}
	return scans
}

// Scans finds the whole scans of a bucket, of so many pages or more, among the
// requests. Behind that many, a scan ends with a pause or, where it ends too late
// for one, with the next listing from the beginning; before, a pause is a machine
// that was busy. The check of a bucket, which asks for one entry, is no scan.
func Scans(requests []s3test.Request, bucket string, pages int, now time.Time) []Scan {
	var scans []Scan
	var last Scan
	end := func() {
		if last.Requests >= pages {
			scans = append(scans, last)
		}
		last = Scan{}
	}
	for _, r := range requests {
		if r.Bucket != bucket || !strings.HasPrefix(r.Op, "List") || r.Query.Get("max-keys") == "1" {
			continue
		}
		whole, paused := last.Requests >= pages, r.Time.Sub(last.Ended) > quiet
		begins := r.Op == "ListObjectVersions" && !r.Query.Has("key-marker")
		if whole && (paused || begins) || paused && begins {
			end()
		}
		if last.Requests == 0 {
			last.Began = r.Time
		}
		last.Requests++
		if r.Ended.IsZero() {
			r.Ended = now
		}
		if r.Ended.After(last.Ended) {
			last.Ended = r.Ended
		}
	}
	if now.Sub(last.Ended) > quiet {
		end()
	}
	return scans
}

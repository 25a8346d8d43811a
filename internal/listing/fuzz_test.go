// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
)

// fuzzedPages reads pages from bytes, each of a few keys and ids.
func fuzzedPages(data []byte) (pages []bucket.Page) {
	ids := []string{"null", "x", "y", "z", ulid(1), ulid(2), ulid(3), ulid(4)}
	name := func(b byte) string { return "\x00abcd"[:b%6] }
	page := bucket.Page{}
	for len(data) >= 3 {
		kind, key, id := data[0], data[1], data[2]
		data = data[3:]
		if kind&3 == 0 {
			page.More, page.Next = kind&4 == 0, bucket.Marker{Key: name(key), VersionID: ids[id&7]}
			pages, page = append(pages, page), bucket.Page{}
			continue
		}
		page.Versions = append(page.Versions, bucket.Version{
			Key: name(key), VersionID: ids[id&7], DeleteMarker: kind&8 != 0, IsLatest: kind&16 != 0,
		})
	}
	return append(pages, page)
}

// Whatever pages come, what is returned ascends and has no version twice, and the
// listing ends or is told to be stuck.
func FuzzPager(f *testing.F) {
	f.Add([]byte{1, 1, 1, 1, 2, 1, 0, 2, 1, 1, 2, 1, 4, 0, 0})
	f.Add([]byte{1, 2, 4, 9, 2, 5, 0, 2, 4, 1, 2, 4, 9, 2, 6})
	f.Add([]byte("912100112")) // a version and a delete marker with one id
	f.Fuzz(func(t *testing.T, data []byte) {
		pages := fuzzedPages(data)
		p := newPager("", new(apart))
		visited := map[bucket.Marker]bool{}
		last := ""
		for taken := 0; p.more(); taken++ {
			assert.Assert(t, taken < 1000*(1+len(pages)), "no end")
			versions, err := p.take(pages[taken%len(pages)])
			if err != nil {
				return
			}
			for _, v := range versions {
				at := bucket.Marker{Key: v.Key, VersionID: v.VersionID}
				assert.Assert(t, v.Key >= last && !visited[at], "%q %s", v.Key, v.VersionID)
				last, visited[at] = v.Key, true
			}
			assert.Assert(t, p.done <= p.marker.Key)
		}
	})
}

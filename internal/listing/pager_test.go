// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func page(next string, keysAndIDs ...string) bucket.Page {
	p := bucket.Page{More: next != ""}
	for _, s := range keysAndIDs {
		p.Versions = append(p.Versions, bucket.Version{Key: s[:1], VersionID: s[1:]})
	}
	if p.More {
		p.Next = bucket.Marker{Key: next[:1], VersionID: next[1:]}
	}
	return p
}

// takeAll returns the versions of pages and the markers that were asked for.
func takeAll(t *testing.T, pages ...bucket.Page) (out string, markers []bucket.Marker) {
	t.Helper()
	var p pager
	for _, page := range pages {
		assert.Assert(t, p.more())
		markers = append(markers, p.marker)
		versions, err := p.take(page)
		assert.NilError(t, err)
		for _, v := range versions {
			out += v.Key + v.VersionID + " "
		}
	}
	assert.Check(t, !p.more())
	return out, markers
}

// Some stores start a page with the version that the marker names.
func TestPager_VersionRepeatedWhereAPageEnds(t *testing.T) {
	out, _ := takeAll(t, page("a8", "a9", "a8"), page("a7", "a8", "a7"), page("", "a7", "a6", "b1"))
	assert.Check(t, is.Equal(out, "a9 a8 a7 a6 b1 "))
}

// And some answer a key marker with the versions of that key.
func TestPager_KeyRepeatedAfterItsMarker(t *testing.T) {
	out, markers := takeAll(t, page("b1", "a2", "a1", "b1"), page("", "a2", "a1", "b1", "c1"))
	assert.Check(t, is.Equal(out, "a2 a1 b1 c1 "))
	assert.Check(t, is.DeepEqual(markers, []bucket.Marker{{}, {Key: "a"}}))
}

// A listing that ends because the marker's version is gone continues after its
// key, also where the store answers that with the key itself.
func TestPager_KeyRepeatedAfterALostMarker(t *testing.T) {
	out, markers := takeAll(t, page("a8", "a9", "a8"), page(""), page("", "a9", "a7", "b1"))
	assert.Check(t, is.Equal(out, "a9 a8 b1 "))
	assert.Check(t, is.DeepEqual(markers, []bucket.Marker{{}, {Key: "a", VersionID: "8"}, {Key: "a"}}))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"strings"
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
	p := newPager("", new(apart))
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

// A listing that ends because the marker's version is gone continues with the rest
// of its key, where the store answers a key marker with the key itself again, and
// otherwise after it.
func TestPager_ListingEndsAtALostMarker(t *testing.T) {
	out, markers := takeAll(t, page("a8", "a9", "a8"), page(""), page("", "a9", "a7", "b1"))
	assert.Check(t, is.Equal(out, "a9 a8 a7 b1 "))
	assert.Check(t, is.DeepEqual(markers, []bucket.Marker{{}, {Key: "a", VersionID: "8"}, {Key: "a"}}))
	out, _ = takeAll(t, page("a8", "a9", "a8"), page(""), page("", "b1"))
	assert.Check(t, is.Equal(out, "a9 a8 b1 "))
}

// versitygw announces another page after the last version of the bucket if it fills
// a page, and lists the null version of a key on each of its pages.
func TestPager_ListingEndsWhereThePageIsFull(t *testing.T) {
	for _, empty := range []bucket.Page{page(""), {Versions: []bucket.Version{{Key: "a", VersionID: "null"}}}} {
		full := page("a8", "a9", "a8")
		out, markers := takeAll(t, full, empty, full, empty, page("", "b1"))
		assert.Check(t, is.Contains([]string{"a9 a8 b1 ", "a9 a8 anull b1 "}, out))
		assert.Check(t, is.DeepEqual(markers[2:], []bucket.Marker{{Key: "a"}, {Key: "a", VersionID: "8"}, {Key: "a\x00"}}))
	}
}

// versitygw loses what follows a null version that is the marker.
func TestPager_NullVersionIsNoMarker(t *testing.T) {
	out, markers := takeAll(t, page("anull", "a9", "anull"), page("", "anull", "a8", "b1"))
	assert.Check(t, is.Equal(out, "a9 anull a8 b1 "))
	assert.Check(t, is.DeepEqual(markers, []bucket.Marker{{}, {Key: "a", VersionID: "9"}}))
	_, markers = takeAll(t, page("anull", "anull"), page("", "b1"))
	assert.Check(t, is.DeepEqual(markers, []bucket.Marker{{}, {Key: "a", VersionID: "null"}}))
}

func TestPager_RepeatedEntries(t *testing.T) {
	out, _ := takeAll(t, page("", "a1", "a1", "b2", "b1", "b2", "bnull", "bnull", "c1"))
	assert.Check(t, is.Equal(out, "a1 b2 b1 bnull c1 "))
	many := page("")
	for range 2 {
		for i := range 20 {
			many.Versions = append(many.Versions, bucket.Version{Key: "a", VersionID: string(rune('a' + i))})
		}
	}
	out, _ = takeAll(t, many)
	assert.Check(t, is.Equal(out, "aa ab ac ad ae af ag ah ai aj ak al am an ao ap aq ar as at "))
}

// A continued key may begin again with newer versions. They are left to the next
// listing, since they belong before what was returned.
func TestPager_KeyBeginsAgainWithNewerVersions(t *testing.T) {
	out, _ := takeAll(t, page("a7", "a8", "a7"), page("", "a9", "a8", "a7", "a7", "a6"))
	assert.Check(t, is.Equal(out, "a8 a7 a6 "))
}

func TestPager_LatestVersionIsTheFirst(t *testing.T) {
	p := page("", "a1", "a2", "a3", "b1")
	p.Versions[2].IsLatest = true
	out, _ := takeAll(t, p)
	assert.Check(t, is.Equal(out, "a3 a1 a2 b1 "))
	assert.Check(t, is.Equal(p.Versions[2].VersionID, "3"), "the page was changed")
}

func TestPager_KeysOutOfOrder(t *testing.T) {
	const says = ": it does not list keys in the order of their bytes, so changes can't be found reliably"
	long := strings.Repeat("c", 500)
	for name, c := range map[string]struct {
		after string
		pages []bucket.Page
		want  string
	}{
		"within a page":           {"", []bucket.Page{page("", "a1", "c1", "b1")}, `"b" after key "c"`},
		"at the head":             {"b", []bucket.Page{page("", "a1", "c1")}, `"a" after key "b"`},
		"across pages":            {"", []bucket.Page{page("d1", "b1", "c1", "d1"), page("", "a1", "d1")}, `"a" after key "c"`},
		"before a repeated key":   {"", []bucket.Page{page("d1", "b1", "c1", "d1"), page("", "b1", "c1", "d1")}, `"b" after key "c"`},
		"after a repeated key":    {"b", []bucket.Page{page("", "b1", "c1", "b2")}, `"b" after key "c"`},
		"after a continued key":   {"", []bucket.Page{page("b1", "b1"), page("", "a1")}, `"a" after key "b"`},
		"before the store's mark": {"", []bucket.Page{page("c1"), page("", "b1")}, `"b" after key "c"`},
		"a mark that lies":        {"", []bucket.Page{page("a1", "c1"), page("", "b1")}, `"b" after key "c"`},
		"long keys":               {long, []bucket.Page{page("", "b1")}, `"b" after key "` + long[:200] + `"… (cut from 500 bytes)`},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPager(c.after, new(apart))
			var err error
			for _, page := range c.pages {
				assert.NilError(t, err)
				_, err = p.take(page)
			}
			assert.Check(t, is.ErrorIs(err, ErrOrder))
			assert.Check(t, is.Error(err, "list versions: the store lists key "+c.want+says))
		})
	}
}

func TestPager_ListingThatDoesNotAdvance(t *testing.T) {
	more := func(next bucket.Marker, versions ...bucket.Version) func(int) bucket.Page {
		return func(int) bucket.Page { return bucket.Page{More: true, Next: next, Versions: versions} }
	}
	for name, pageOf := range map[string]func(n int) bucket.Page{
		"empty pages with one marker": more(bucket.Marker{Key: "b", VersionID: "1"}),
		"no marker":                   more(bucket.Marker{}),
		"a marker before the last":    more(bucket.Marker{Key: "a"}),
		"one version again":           more(bucket.Marker{Key: "b", VersionID: "1"}, bucket.Version{Key: "b", VersionID: "1"}),
		"an entry and no marker":      more(bucket.Marker{}, bucket.Version{Key: "b", VersionID: "1"}),
		"a cycle": func(n int) bucket.Page {
			return page("b"+string(rune('a'+n%7)), "b"+string(rune('a'+n%7)))
		},
		"a cycle after a while": func(n int) bucket.Page {
			if n < 10 {
				return page("b"+string(rune('A'+n)), "b"+string(rune('A'+n)))
			}
			return page("b"+string(rune('a'+n%3)), "b"+string(rune('a'+n%3)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPager("aa", new(apart))
			for n := range 100 {
				_, err := p.take(pageOf(n))
				if err != nil {
					assert.Check(t, is.ErrorIs(err, bucket.ErrStuck))
					return
				}
				assert.Assert(t, p.more())
			}
			t.Fatal("100 pages")
		})
	}
}

// Stores that filter answer empty pages with markers that advance.
func TestPager_EmptyPagesAreFollowed(t *testing.T) {
	out, markers := takeAll(t, page("b1"), page("b2"), page("c"), page("", "d1"))
	assert.Check(t, is.Equal(out, "d1 "))
	assert.Check(t, is.Len(markers, 4))
}

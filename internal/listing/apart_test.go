// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// ulid returns the n-th version id of a store whose ids are ULIDs.
func ulid(n int) string { return fmt.Sprintf("01%024d", n) }

// entry reads an entry: a key, v or m for its kind, + for the latest, then its id: a
// number for a ULID, null, or a word. A time may follow after @, in seconds.
func entry(s string) bucket.Version {
	s, at, timed := strings.Cut(s, "@")
	v := bucket.Version{Key: s[:1], DeleteMarker: s[1] == 'm', VersionID: strings.TrimPrefix(s[2:], "+"), IsLatest: s[2] == '+'}
	var n int
	if _, err := fmt.Sscan(v.VersionID, &n); err == nil {
		v.VersionID = ulid(n)
	}
	if timed {
		offset, err := time.ParseDuration(at + "s")
		if err != nil {
			panic(err)
		}
		v.LastModified = time.Unix(1e9, 0).Add(offset)
	}
	return v
}

func entries(text string) (out []bucket.Version) {
	for s := range strings.FieldsSeq(text) {
		out = append(out, entry(s))
	}
	return out
}

func TestApart_Merge(t *testing.T) {
	for name, c := range map[string]struct {
		noticed  bool // before
		in, want string
		notices  bool
	}{
		"keys fall back":                 {in: "av+1 cv+3 bm+2", want: "av+1 bm+2 cv+3", notices: true},
		"markers first":                  {in: "bm+2 av+1 cv+3", want: "av+1 bm+2 cv+3", notices: true},
		"deleted":                        {in: "av2 av1 am+3", want: "am+3 av2 av1", notices: true},
		"created again, markers first":   {in: "am2 av+3 av1", want: "av+3 am2 av1", notices: true},
		"created again, versions first":  {in: "av+3 av1 am2", want: "av+3 am2 av1", notices: true},
		"created again, a null at last":  {in: "av+3@3 av1@1 avnull@0 am2@2.5", want: "av+3@3 am2@2.5 av1@1 avnull@0", notices: true},
		"continued, a null at first":     {in: "av3@3 av1@1 amnull@5 am2@2", want: "amnull@5 av3@3 am2@2 av1@1", notices: true},
		"continued, a null at last":      {noticed: true, in: "av3@3 avnull@0 am2@2", want: "av3@3 am2@2 avnull@0", notices: true},
		"in the order of a listing":      {in: "av+1 bv+5 bm4 cm+6", want: "av+1 bv+5 bm4 cm+6"},
		"mixed":                          {in: "bm+4 bv3 bm2 bv+9", want: "bm+4 bv3 bm2 bv+9"},
		"mixed, in a store that is":      {noticed: true, in: "bm4 bv3 bm2", want: "bm4 bv3 bm2", notices: true},
		"versions out of order":          {in: "bv+1 av+2 am1", want: "bv+1 av+2 am1"},
		"unknown ids":                    {in: "avx avy amz", want: "avx avy amz"},
		"one kind":                       {noticed: true, in: "av+1 bv+2", want: "av+1 bv+2", notices: true},
		"nothing":                        {noticed: true, notices: true},
		"ids are more exact than times":  {noticed: true, in: "av5@1 av3@1 am4@9", want: "av5@1 am4@9 av3@1", notices: true},
		"other ids, by time":             {noticed: true, in: "avx@5 avy@3 amz@4.5", want: "avx@5 amz@4.5 avy@3", notices: true},
		"the latest before any time":     {noticed: true, in: "av+x@5 avy@3 amz@9.5", want: "av+x@5 amz@9.5 avy@3", notices: true},
		"within a second, in turn":       {noticed: true, in: "av+x@5 avy@5 amz@5.9", want: "av+x@5 amz@5.9 avy@5", notices: true},
		"within a second, nothing above": {noticed: true, in: "avx@5 avy@5 amz@5.9", want: "amz@5.9 avx@5 avy@5", notices: true},
		"exact times within a second":    {noticed: true, in: "avx@5.5 avy@5.1 amz@5.4", want: "avx@5.5 amz@5.4 avy@5.1", notices: true},
		"null within a second":           {noticed: true, in: "avnull@5 am2@5.9", want: "am2@5.9 avnull@5", notices: true},
		"null marker within a second":    {noticed: true, in: "av2@5 amnull@5.9", want: "av2@5 amnull@5.9", notices: true},
		"null is newer":                  {noticed: true, in: "avnull@6 av1@1 am2@5.9", want: "avnull@6 am2@5.9 av1@1", notices: true},
	} {
		t.Run(name, func(t *testing.T) {
			var a apart
			a.noticed.Store(c.noticed)
			in := entries(c.in)
			assert.Check(t, is.DeepEqual(a.merge(in, ""), entries(c.want)))
			assert.Check(t, is.DeepEqual(in, entries(c.in)), "the page was changed")
			assert.Check(t, is.Equal(a.noticed.Load(), c.notices))
		})
	}
}

// A page that ends with another key than the last one of the bytes is not of a store
// that lists markers apart, but of one that lists keys in another order.
func TestApart_KeysInAnotherOrderAreNotTakenForIt(t *testing.T) {
	page := bucket.Page{Versions: entries("cv+1 bm+2"), More: true, Next: bucket.Marker{Key: "b", VersionID: ulid(2)}}
	var a apart
	_, err := newPager("", &a).take(page)
	assert.Check(t, is.ErrorIs(err, ErrOrder))
	assert.Check(t, !a.noticed.Load())
	page.Next = bucket.Marker{Key: "c", VersionID: ulid(1)}
	versions, err := newPager("", &a).take(page)
	assert.NilError(t, err)
	want := entries("bm+2")
	want[0].LastModified = timeOfULID(want[0].VersionID)
	assert.Check(t, is.DeepEqual(versions, want))
}

func TestApart_IsULID(t *testing.T) {
	for id, want := range map[string]bool{
		"01ARZ3NDEKTSV4RRFFQ69G5FAV": true, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ": true, ulid(3): true,
		"81ARZ3NDEKTSV4RRFFQ69G5FAV": false, "01ARZ3NDEKTSV4RUFFQ69G5FAV": false, "01arz3ndektsv4rrffq69g5fav": false,
		"01ARZ3NDEKTSV4RRFFQ69G5FA": false, "null": false, "": false,
	} {
		assert.Check(t, is.Equal(isULID(id), want), id)
	}
}

// What one range has noticed, the others know.
func TestApart_IsRememberedByTheLister(t *testing.T) {
	var a apart
	_, err := newPager("", &a).take(bucket.Page{Versions: entries("av1 am+2")})
	assert.NilError(t, err)
	versions, err := newPager("b", &a).take(bucket.Page{Versions: entries("cvx@5 cvy@3 cmz@4")})
	assert.NilError(t, err)
	assert.Check(t, is.DeepEqual(versions, entries("cvx@5 cmz@4 cvy@3")))
}

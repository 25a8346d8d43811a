// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

const (
	kindVersion = "Version"
	kindMarker  = "DeleteMarker"
)

// entry is one element of a listing of versions.
type entry struct {
	Kind      string
	Key       string
	VersionID string
	IsLatest  bool
}

// marker is where a listing begins.
type marker struct{ key, version string }

// page lists versions once and returns them in the order of the answer's XML,
// which the client's two slices have lost.
func (c contract) page(s store, size int, prefix string, from marker) ([]entry, *s3.ListObjectVersionsOutput) {
	s.t.Helper()
	in := &s3.ListObjectVersionsInput{
		Bucket: &s.bucket, MaxKeys: count32(size), Prefix: &prefix, EncodingType: types.EncodingTypeUrl,
	}
	if from.key != "" {
		in.KeyMarker = &from.key
	}
	if from.version != "" {
		in.VersionIdMarker = &from.version
	}
	out, err := s.client.ListObjectVersions(s.ctx(), in, capture)
	assert.NilError(s.t, err, "list behind %v", from)
	raw, ok := out.ResultMetadata.Get(rawKey{}).(*captured)
	assert.Assert(s.t, ok)
	var document struct {
		Elements []struct {
			XMLName      xml.Name
			Key          string
			VersionID    string `xml:"VersionId"`
			IsLatest     bool
			LastModified time.Time
			ETag         string
			Size         int
		} `xml:",any"`
	}
	assert.NilError(s.t, xml.Unmarshal(raw.body, &document))
	c.checkDate(s.t, raw.header)
	var entries []entry
	for _, e := range document.Elements {
		switch e.XMLName.Local {
		case kindVersion:
			assert.Check(s.t, e.ETag != "" && e.Size != 0, "%v", e)
		case kindMarker:
			assert.Check(s.t, e.ETag == "" && e.Size == 0, "%v", e)
		default:
			continue
		}
		c.checkWhole(s.t, &e.LastModified)
		entries = append(entries, entry{e.XMLName.Local, c.decode(s.t, out.EncodingType, e.Key), e.VersionID, e.IsLatest})
	}
	return entries, out
}

// decode reads a key as the listing has encoded it.
func (c contract) decode(t *testing.T, encoding types.EncodingType, key string) string {
	t.Helper()
	if encoding != types.EncodingTypeUrl {
		return key
	}
	plain, err := url.QueryUnescape(key)
	assert.NilError(t, err)
	return plain
}

// allVersions pages through a listing of versions.
func (c contract) allVersions(s store, size int, prefix string, from marker) []entry {
	s.t.Helper()
	all := []entry{}
	for {
		entries, out := c.page(s, size, prefix, from)
		assert.Assert(s.t, len(entries) <= size)
		all = append(all, entries...)
		if !aws.ToBool(out.IsTruncated) {
			return all
		}
		next := marker{c.decode(s.t, out.EncodingType, aws.ToString(out.NextKeyMarker)), aws.ToString(out.NextVersionIdMarker)}
		assert.Assert(s.t, next != from, "the listing does not advance behind %v", from)
		from = next
	}
}

// listVersions compares listings of a random history with a model of it.
func (c contract) listVersions() {
	t := c.t
	s := c.store(true)
	want := c.history(s)
	for _, size := range []int{1, 7, len(want), 1000} {
		assert.Check(t, cmp.DeepEqual(c.allVersions(s, size, "", marker{}), want), "MaxKeys=%d", size)
	}
	under := slices.DeleteFunc(slices.Clone(want), func(e entry) bool { return !strings.HasPrefix(e.Key, "dir/") })
	for _, size := range []int{1, 7} {
		assert.Check(t, cmp.DeepEqual(c.allVersions(s, size, "dir/", marker{}), under), "MaxKeys=%d", size)
	}
	for i, e := range want {
		assert.Check(t, cmp.DeepEqual(c.allVersions(s, 7, "", marker{e.Key, e.VersionID}), want[i+1:]))
		if i+1 == len(want) || want[i+1].Key != e.Key {
			// the key marker alone is behind all versions of the key
			assert.Check(t, cmp.DeepEqual(c.allVersions(s, 7, "", marker{key: e.Key}), want[i+1:]))
		}
	}
	c.versionGroups(s, want)
}

// versionGroups lists with a delimiter.
func (c contract) versionGroups(s store, all []entry) {
	var want []entry
	for _, e := range all {
		if !strings.Contains(e.Key, "/") {
			want = append(want, e)
		}
	}
	out, err := s.client.ListObjectVersions(s.ctx(), &s3.ListObjectVersionsInput{
		Bucket: &s.bucket, Delimiter: aws.String("/"),
	})
	assert.NilError(s.t, err)
	assert.Check(s.t, cmp.Len(out.CommonPrefixes, 1))
	assert.Check(s.t, cmp.Equal(len(out.Versions)+len(out.DeleteMarkers), len(want)))
}

// history writes and deletes at random, with a fixed seed, and returns what a
// listing of the versions has to show.
func (c contract) history(s store) []entry {
	s.t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	keys := []string{"B", "a", "a b", "dir/one", "dir/two", "z", "ä"}
	slices.Sort(keys)
	versions := map[string][]entry{}
	for range 40 {
		key := keys[random.IntN(len(keys))]
		e := entry{Kind: kindVersion, Key: key}
		before := versions[key]
		idle := len(before) == 0 || before[len(before)-1].Kind == kindMarker
		if random.IntN(3) == 0 && (!idle || !c.quirks.NoIdleMarkers) {
			e.Kind, e.VersionID = kindMarker, aws.ToString(s.delete(key, "").VersionId)
		} else {
			e.VersionID = aws.ToString(s.put(key, fmt.Sprint(random.Int())).VersionId)
		}
		versions[key] = append(before, e)
	}
	var want []entry
	for _, key := range keys {
		slices.Reverse(versions[key])
		for i, e := range versions[key] {
			e.IsLatest = i == 0
			want = append(want, e)
		}
	}
	return want
}

func (c contract) deleteMarker() {
	t := c.t
	s := c.store(true)
	put := s.put("key", "first")
	deleted := s.delete("key", "")
	assert.Check(t, aws.ToBool(deleted.DeleteMarker))
	id := aws.ToString(deleted.VersionId)
	assert.Assert(t, id != "")

	_, _, err := s.get("key")
	checkError(t, err, http.StatusNotFound, "NoSuchKey")
	assert.Check(t, cmp.Equal(header(deleted.ResultMetadata, err).Get("X-Amz-Delete-Marker"), "true"))
	_, _, err = s.get("key", ofVersion(id))
	checkError(t, err, http.StatusMethodNotAllowed, "MethodNotAllowed")
	assert.Check(t, cmp.Equal(header(deleted.ResultMetadata, err).Get("X-Amz-Delete-Marker"), "true"))
	body, _, err := s.get("key", ofVersion(*put.VersionId))
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(body, "first"))

	objects, err := s.client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &s.bucket})
	assert.NilError(t, err)
	assert.Check(t, cmp.Len(objects.Contents, 0))

	if !c.quirks.NoIdleMarkers {
		again := s.delete("key", "") // a second marker, on top
		removed := s.delete("key", aws.ToString(again.VersionId))
		assert.Check(t, aws.ToBool(removed.DeleteMarker))
	}
	removed := s.delete("key", id)
	assert.Check(t, aws.ToBool(removed.DeleteMarker))
	body, _, err = s.get("key") // the version below is back, and is no new one
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(body, "first"))
	assert.Check(t, cmp.DeepEqual(c.allVersions(s, 7, "", marker{}), []entry{
		{Kind: kindVersion, Key: "key", VersionID: *put.VersionId, IsLatest: true},
	}))
}

// suspended follows a key through a bucket whose versioning is suspended and
// enabled again: there is one null version at most.
func (c contract) suspended() {
	t := c.t
	s := c.store(true)
	first := aws.ToString(s.put("key", "first").VersionId)
	s.setVersioning(types.BucketVersioningStatusSuspended)
	s.put("key", "null one")
	s.put("key", "null two")
	want := []entry{
		{Kind: kindVersion, Key: "key", VersionID: "null", IsLatest: true},
		{Kind: kindVersion, Key: "key", VersionID: first},
	}
	assert.Check(t, cmp.DeepEqual(c.allVersions(s, 1, "", marker{}), want))
	body, _, err := s.get("key", ofVersion("null"))
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(body, "null two"))

	s.delete("key", "") // replaces the null version by a null marker
	_, _, err = s.get("key", ofVersion("null"))
	checkError(t, err, http.StatusMethodNotAllowed, "MethodNotAllowed")

	s.setVersioning(types.BucketVersioningStatusEnabled)
	last := aws.ToString(s.put("key", "last").VersionId)
	want = []entry{
		{Kind: kindVersion, Key: "key", VersionID: last, IsLatest: true},
		{Kind: kindMarker, Key: "key", VersionID: "null"},
		{Kind: kindVersion, Key: "key", VersionID: first},
	}
	for _, size := range []int{1, 2, 7} {
		assert.Check(t, cmp.DeepEqual(c.allVersions(s, size, "", marker{}), want), "MaxKeys=%d", size)
	}
	assert.Check(t, cmp.DeepEqual(c.allVersions(s, 7, "", marker{"key", "null"}), want[2:]))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

const versionsURL = "http://s3/bucket?versions"

// history writes keys whose versions and delete markers alternate, and returns
// their ids in the order of the listing.
func history(server *s3test.Server, keys ...string) []string {
	var all []string
	for _, key := range keys {
		server.Put(bucket, key, []byte("x"))
		server.Delete(bucket, key)
		server.Put(bucket, key, []byte("x"))
		server.Delete(bucket, key)
	}
	for _, v := range server.Versions(bucket) {
		all = append(all, v.VersionID)
	}
	return all
}

// inXML returns the ids of a listing in the order of its XML.
func inXML(body string) []string {
	var all []string
	for _, match := range regexp.MustCompile("<VersionId>([^<]+)").FindAllStringSubmatch(body, -1) {
		all = append(all, match[1])
	}
	return all
}

func TestQuirk_MarkersApart(t *testing.T) {
	server := serve(s3test.Config{MarkersApart: true}, s3test.Enabled)
	all := history(server, "a", "b", "c")
	_, body := plainRequest(t, server, http.MethodGet, versionsURL, nil, nil)
	assert.Check(t, strings.LastIndex(body, "<DeleteMarker>") < strings.Index(body, "<Version>"), body)

	for size := 1; size <= len(all)+1; size++ { // the content of each page is that of the true order
		in := s3.ListObjectVersionsInput{MaxKeys: aws.Int32(int32(size))}
		for want := range slices.Chunk(all, size) {
			out := list(t, server, in)
			got := ids(out)
			for _, m := range out.DeleteMarkers {
				got = append(got, *m.VersionId)
			}
			slices.Sort(got)
			last := want[len(want)-1]
			assert.Check(t, cmp.DeepEqual(got, slices.Sorted(slices.Values(want))), "MaxKeys=%d", size)
			assert.Check(t, !aws.ToBool(out.IsTruncated) || aws.ToString(out.NextVersionIdMarker) == last)
			in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
		}
	}
}

func TestQuirk_ExactMarkers(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now, ExactMarkers: true}, s3test.Enabled)
	server.Put(bucket, "a", []byte("x"))
	server.Delete(bucket, "a")
	out := list(t, server, s3.ListObjectVersionsInput{})
	assert.Check(t, out.Versions[0].LastModified.Equal(now.Now().Truncate(time.Second)))
	assert.Check(t, out.DeleteMarkers[0].LastModified.Equal(now.Now()))
}

func TestQuirk_RetimesReplaced(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now, RetimesReplaced: true, VersionIDs: s3test.ULIDs}, s3test.Enabled)
	begin := now.Now()
	var written []string
	write := func(id string) {
		written = append(written, id)
		now.Add(time.Hour)
	}
	write(server.Put(bucket, "a", []byte("x")))
	write(server.Put(bucket, "a", []byte("x")))
	write(server.Delete(bucket, "a"))
	write(server.Put(bucket, "a", []byte("x")))
	write(server.Delete(bucket, "a"))

	want := []int{1, 2, 3, 4, 3} // hours after begin: the last marker has the time of the version that it replaced
	for i, v := range server.Versions(bucket) {
		place := len(written) - 1 - i
		assert.Check(t, cmp.Equal(v.VersionID, written[place]))
		assert.Check(t, cmp.Equal(int(v.LastModified.Sub(begin).Hours()), want[place]), "version %d", place)
	}
	assert.Check(t, slices.IsSorted(written), "the ids sort by the times of the writes")
}

func TestQuirk_RepeatsAtPageEnds(t *testing.T) {
	server := serve(s3test.Config{RepeatsAtPageEnds: true}, s3test.Enabled)
	all := history(server, "a", "b")
	for i, id := range all {
		key, after := "a", i+1
		if i >= len(all)/2 {
			key = "b"
		}
		if i%(len(all)/2) == 0 {
			after = i // the latest of its key comes again
		}
		_, body := plainRequest(t, server, http.MethodGet, versionsURL+"&key-marker="+key+"&version-id-marker="+id, nil, nil)
		assert.Check(t, slices.Equal(inXML(body), all[after:]), "after version %d", i)
	}
	first := list(t, server, s3.ListObjectVersionsInput{MaxKeys: aws.Int32(1)})
	again := list(t, server, s3.ListObjectVersionsInput{
		MaxKeys: aws.Int32(1), KeyMarker: first.NextKeyMarker, VersionIdMarker: first.NextVersionIdMarker,
	})
	assert.Check(t, cmp.Equal(*again.NextVersionIdMarker, *first.NextVersionIdMarker), "pages of one entry do not advance")
}

func TestQuirk_KeyMarkerRepeats(t *testing.T) {
	for repeats, want := range map[bool]int{false: 4, true: 0} {
		server := serve(s3test.Config{KeyMarkerRepeats: repeats}, s3test.Enabled)
		all := history(server, "a", "b")
		_, body := plainRequest(t, server, http.MethodGet, versionsURL+"&key-marker=a", nil, nil)
		assert.Check(t, cmp.DeepEqual(inXML(body), all[want:]))
	}
}

func TestQuirk_RootName(t *testing.T) {
	for name, want := range map[string]string{"": "ListVersionsResult", "ListBucketVersionsResult": "ListBucketVersionsResult"} {
		server := serve(s3test.Config{RootName: name}, s3test.Enabled)
		server.Put(bucket, "a", nil)
		_, body := plainRequest(t, server, http.MethodGet, versionsURL, nil, nil)
		assert.Check(t, strings.Contains(body, "<"+want+" xmlns=") && strings.HasSuffix(body, "</"+want+">"), body)
	}
}

func TestQuirk_NoVersionListing(t *testing.T) {
	for kind, want := range map[s3test.NoVersionListing]struct {
		status int
		body   string
	}{
		s3test.VersionsListed:         {http.StatusOK, "<Version><Key>a</Key>"},
		s3test.VersionsNotImplemented: {http.StatusNotImplemented, "<Code>NotImplemented</Code>"},
		s3test.VersionsIgnored:        {http.StatusOK, "<Contents><Key>a</Key>"},
		s3test.VersionsNotFound:       {http.StatusNotFound, "<Code>NoSuchKey</Code>"},
		s3test.VersionsRefused:        {http.StatusBadRequest, "<Code>InvalidArgument</Code>"},
		s3test.VersionsEmpty:          {http.StatusOK, "<IsTruncated>false</IsTruncated></ListVersionsResult>"},
	} {
		server := serve(s3test.Config{NoVersionListing: kind}, s3test.Unversioned)
		server.Put(bucket, "a", nil)
		answer, body := plainRequest(t, server, http.MethodGet, versionsURL, nil, nil)
		assert.Check(t, cmp.Equal(answer.StatusCode, want.status), "%d", kind)
		assert.Check(t, cmp.Contains(body, want.body), "%d", kind)
		objects, err := server.Client().ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
		assert.NilError(t, err)
		assert.Check(t, cmp.Len(objects.Contents, 1))
	}
}

func TestQuirk_KeyOrder(t *testing.T) {
	sorted := []string{"d", "d-x", "d/a", "d/x", "d0", "e"}
	for order, want := range map[s3test.KeyOrder][]string{
		s3test.ByteOrder: sorted,
		s3test.WalkOrder: {"d", "d/a", "d/x", "d-x", "d0", "e"},
		s3test.HashOrder: nil, // any, but the same everywhere
	} {
		server := serve(s3test.Config{KeyOrder: order}, s3test.Enabled)
		for _, key := range sorted {
			server.Put(bucket, key, []byte("x"))
		}
		got := versionKeys(t, server, 1000, "")
		if want == nil {
			want = got
			assert.Check(t, !slices.Equal(got, sorted))
			assert.Check(t, cmp.DeepEqual(slices.Sorted(slices.Values(got)), sorted))
		}
		assert.Check(t, cmp.DeepEqual(got, want))
		under := slices.DeleteFunc(slices.Clone(want), func(key string) bool { return !strings.HasPrefix(key, "d/") })
		for size := 1; size < 4; size++ {
			assert.Check(t, cmp.DeepEqual(versionKeys(t, server, size, ""), want))
			assert.Check(t, cmp.DeepEqual(objectKeys(t, server, size, ""), want))
			assert.Check(t, cmp.DeepEqual(versionKeys(t, server, size, "d/"), under))
			assert.Check(t, cmp.DeepEqual(objectKeys(t, server, size, "d/"), under))
		}
		groups := list(t, server, s3.ListObjectVersionsInput{Delimiter: aws.String("/")})
		assert.Check(t, len(groups.CommonPrefixes) == 1 && len(groups.Versions) == 4)
	}
}

func versionKeys(t *testing.T, server *s3test.Server, size int, prefix string) []string {
	t.Helper()
	server.SetPageSize(size)
	defer server.SetPageSize(0)
	var keys []string
	pages := s3.NewListObjectVersionsPaginator(server.Client(), &s3.ListObjectVersionsInput{Bucket: aws.String(bucket), Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		assert.NilError(t, err)
		for _, v := range page.Versions {
			keys = append(keys, *v.Key)
		}
	}
	return keys
}

func objectKeys(t *testing.T, server *s3test.Server, size int, prefix string) []string {
	t.Helper()
	server.SetPageSize(size)
	defer server.SetPageSize(0)
	var keys []string
	pages := s3.NewListObjectsV2Paginator(server.Client(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		assert.NilError(t, err)
		for _, o := range page.Contents {
			keys = append(keys, *o.Key)
		}
	}
	return keys
}

func TestQuirk_ULIDs(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now, VersionIDs: s3test.ULIDs, Milliseconds: true}, s3test.Enabled)
	var written []string
	for i := range 40 {
		written = append(written, server.Put(bucket, "a", []byte(fmt.Sprint(i))))
		if i%4 == 0 {
			now.Add(time.Millisecond)
		}
	}
	assert.Check(t, slices.IsSorted(written), "%v", written)
	assert.Check(t, cmp.Regexp("^[0-9A-HJKMNP-TV-Z]{26}$", written[0]))
	for i, id := range written {
		body, err := get(t, server.Client(), "a", id)
		assert.NilError(t, err)
		assert.Check(t, cmp.Equal(body, fmt.Sprint(i)))
	}
	newest := slices.Clone(written)
	slices.Reverse(newest)
	after := list(t, server, s3.ListObjectVersionsInput{KeyMarker: aws.String("a"), VersionIdMarker: &newest[9]})
	assert.Check(t, cmp.DeepEqual(ids(after), newest[10:]))
	assert.Check(t, server.DeleteVersion(bucket, "a", newest[3]))

	opaque := serve(s3test.Config{}, s3test.Enabled).Put(bucket, "a", nil)
	_, err := get(t, server.Client(), "a", opaque)
	assert.Check(t, cmp.Equal(code(err), "InvalidArgument"), "the other form is refused")
}

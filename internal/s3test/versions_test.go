// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// list lists versions once and returns their ids and delete markers' ids.
func list(t *testing.T, server *s3test.Server, in s3.ListObjectVersionsInput) *s3.ListObjectVersionsOutput {
	t.Helper()
	in.Bucket = aws.String(bucket)
	out, err := server.Client().ListObjectVersions(t.Context(), &in)
	assert.NilError(t, err)
	return out
}

func ids(out *s3.ListObjectVersionsOutput) []string {
	all := []string{}
	for _, v := range out.Versions {
		all = append(all, *v.VersionId)
	}
	return all
}

func TestVersions_XML(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now}, s3test.Enabled)
	first := server.Put(bucket, "a\x01<&> \r", []byte("one"))
	marker := server.Delete(bucket, "a\x01<&> \r")
	second := server.Put(bucket, "a\x01<&> \r", []byte("two"))
	_, body := plainRequest(t, server, http.MethodGet, "http://s3/bucket?versions", nil, nil)

	places := []int{strings.Index(body, second), strings.Index(body, marker), strings.Index(body, first)}
	assert.Check(t, places[0] > 0 && places[0] < places[1] && places[1] < places[2], body)
	assert.Check(t, cmp.Equal(strings.Count(body, "<LastModified>2026-05-04T03:02:01.000Z</LastModified>"), 3))
	assert.Check(t, cmp.Equal(strings.Count(body, "<Key>a&#x1;&lt;&amp;&gt; &#xd;</Key>"), 3), body)
	deleted := body[strings.Index(body, "<DeleteMarker>"):strings.Index(body, "</DeleteMarker>")]
	assert.Check(t, !strings.Contains(deleted, "ETag") && !strings.Contains(deleted, "Size"), deleted)

	_, body = plainRequest(t, server, http.MethodGet, "http://s3/bucket?versions&encoding-type=url", nil, nil)
	assert.Check(t, cmp.Equal(strings.Count(body, "<Key>a%01%3C%26%3E+%0D</Key>"), 3), body)
}

func TestVersions_Milliseconds(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now, Milliseconds: true}, s3test.Enabled)
	server.Put(bucket, "key", nil)
	_, body := plainRequest(t, server, http.MethodGet, "http://s3/bucket?versions", nil, nil)
	assert.Check(t, strings.Contains(body, "<LastModified>2026-05-04T03:02:01.987Z</LastModified>"), body)
	answer, _ := plainRequest(t, server, http.MethodGet, "http://s3/bucket/key", nil, nil)
	assert.Check(t, cmp.Equal(answer.Header.Get("Last-Modified"), "Mon, 04 May 2026 03:02:01 GMT"))
}

// The order of writing is the order of the versions, whatever their times say.
func TestVersions_OrderIsNotTheTimes(t *testing.T) {
	now := newClock()
	server := serve(s3test.Config{Clock: now.Now}, s3test.Enabled)
	var want []string
	for range 5 {
		want = append([]string{server.Put(bucket, "key", nil)}, want...)
		now.Add(-1)
	}
	assert.Check(t, cmp.DeepEqual(ids(list(t, server, s3.ListObjectVersionsInput{})), want))
}

func TestVersions_BadMarkers(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Enabled)
	id := server.Put(bucket, "key", nil)
	for _, query := range []string{
		"versions&version-id-marker=" + id, "versions&key-marker=key&version-id-marker=", "versions&max-keys=-1",
		"versions&key-marker=key&version-id-marker=junk", "versions&encoding-type=xml", "versions&max-keys=x",
	} {
		answer, body := plainRequest(t, server, http.MethodGet, "http://s3/bucket?"+query, nil, nil)
		assert.Check(t, cmp.Equal(answer.StatusCode, http.StatusBadRequest), query)
		assert.Check(t, strings.Contains(body, "<Code>InvalidArgument</Code>"), body)
	}
}

func TestVersions_StaleMarker(t *testing.T) {
	for rule, want := range map[s3test.StaleMarker]string{
		s3test.StaleResumes: "1 0 n", s3test.StaleRestartsKey: "3 1 0 n", s3test.StaleSkipsKey: "n", s3test.StaleEnds: "",
	} {
		server := serve(s3test.Config{StaleMarker: rule}, s3test.Enabled)
		names := map[string]string{}
		var marker string
		for i := range 4 {
			marker = server.Put(bucket, "key", nil)
			names[marker] = fmt.Sprint(i)
		}
		names[server.Put(bucket, "next", nil)] = "n"
		for id, name := range names {
			if name == "2" {
				marker = id
			}
		}
		server.DeleteVersion(bucket, "key", marker)
		out := list(t, server, s3.ListObjectVersionsInput{KeyMarker: aws.String("key"), VersionIdMarker: &marker})
		var got []string
		for _, id := range ids(out) {
			got = append(got, names[id])
		}
		assert.Check(t, cmp.Equal(strings.Join(got, " "), want), "%d", rule)
	}
}

func TestVersions_PageSize(t *testing.T) {
	server := serve(s3test.Config{PageSize: 2}, s3test.Enabled)
	for i := range 5 {
		server.Put(bucket, fmt.Sprint(i), nil)
	}
	out := list(t, server, s3.ListObjectVersionsInput{})
	assert.Check(t, cmp.Len(out.Versions, 2))
	assert.Check(t, aws.ToBool(out.IsTruncated))
	assert.Check(t, cmp.Equal(aws.ToInt32(out.MaxKeys), int32(1000)))
	assert.Check(t, cmp.Equal(aws.ToString(out.NextKeyMarker), "1"))
	assert.Check(t, cmp.Equal(aws.ToString(out.NextVersionIdMarker), *out.Versions[1].VersionId))

	server.SetPageSize(0)
	out = list(t, server, s3.ListObjectVersionsInput{})
	assert.Check(t, cmp.Len(out.Versions, 5))
	assert.Check(t, !aws.ToBool(out.IsTruncated) && out.NextKeyMarker == nil && out.NextVersionIdMarker == nil)
	out = list(t, server, s3.ListObjectVersionsInput{MaxKeys: aws.Int32(0)})
	assert.Check(t, len(out.Versions) == 0 && !aws.ToBool(out.IsTruncated))
}

func TestVersions_Delimiter(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Enabled)
	for _, key := range []string{"a", "b/1", "b/1", "b/2", "c", "d/1"} {
		server.Put(bucket, key, nil)
	}
	var got []string
	in := s3.ListObjectVersionsInput{Delimiter: aws.String("/"), MaxKeys: aws.Int32(1)}
	for {
		out := list(t, server, in)
		for _, v := range out.Versions {
			got = append(got, *v.Key)
		}
		for _, p := range out.CommonPrefixes {
			got = append(got, *p.Prefix)
		}
		if !aws.ToBool(out.IsTruncated) {
			break
		}
		in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
	}
	assert.Check(t, cmp.DeepEqual(got, []string{"a", "b/", "c", "d/"}))
}

func TestVersions_SuspendedDeletes(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Suspended)
	put, err := server.Client().PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("key")})
	assert.NilError(t, err)
	assert.Check(t, cmp.Equal(aws.ToString(put.VersionId), "null"))
	remove := func(id *string) *s3.DeleteObjectOutput {
		out, err := server.Client().DeleteObject(t.Context(), &s3.DeleteObjectInput{
			Bucket: aws.String(bucket), Key: aws.String("key"), VersionId: id,
		})
		assert.NilError(t, err)
		return out
	}
	out := remove(nil)
	assert.Check(t, aws.ToBool(out.DeleteMarker) && aws.ToString(out.VersionId) == "null")
	assert.Check(t, cmp.Len(server.Versions(bucket), 1))
	out = remove(aws.String("null"))
	assert.Check(t, aws.ToBool(out.DeleteMarker) && aws.ToString(out.VersionId) == "null")
	assert.Check(t, cmp.Len(server.Versions(bucket), 0))
}

func TestVersions_DeleteAnswers(t *testing.T) {
	server := serve(s3test.Config{}, s3test.Unversioned)
	server.Put(bucket, "key", nil)
	answer, _ := plainRequest(t, server, http.MethodDelete, "http://s3/bucket/key", nil, nil)
	assert.Check(t, cmp.Equal(answer.StatusCode, http.StatusNoContent))
	assert.Check(t, cmp.Equal(answer.Header.Get("X-Amz-Version-Id")+answer.Header.Get("X-Amz-Delete-Marker"), ""))

	server.SetVersioning(bucket, s3test.Enabled)
	id := server.Put(bucket, "key", nil)
	answer, _ = plainRequest(t, server, http.MethodDelete, "http://s3/bucket/key?versionId="+url.QueryEscape(id), nil, nil)
	assert.Check(t, cmp.Equal(answer.Header.Get("X-Amz-Version-Id"), id))
	assert.Check(t, cmp.Equal(answer.Header.Get("X-Amz-Delete-Marker"), ""))
	answer, _ = plainRequest(t, server, http.MethodDelete, "http://s3/bucket/key?versionId=junk", nil, nil)
	assert.Check(t, cmp.Equal(answer.StatusCode, http.StatusBadRequest))
}

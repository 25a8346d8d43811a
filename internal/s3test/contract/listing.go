// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// allObjects pages through ListObjectsV2 and returns the keys.
func (c contract) allObjects(s store, size int, prefix, startAfter string) []string {
	s.t.Helper()
	in := &s3.ListObjectsV2Input{
		Bucket: &s.bucket, MaxKeys: count32(size), Prefix: &prefix, EncodingType: types.EncodingTypeUrl,
	}
	if startAfter != "" {
		in.StartAfter = &startAfter
	}
	keys := []string{}
	for {
		out, err := s.client.ListObjectsV2(s.ctx(), in)
		assert.NilError(s.t, err)
		assert.Assert(s.t, len(out.Contents) <= size)
		assert.Check(s.t, cmp.Equal(int(aws.ToInt32(out.KeyCount)), len(out.Contents)))
		for _, o := range out.Contents {
			keys = append(keys, c.decode(s.t, out.EncodingType, *o.Key))
			c.checkWhole(s.t, o.LastModified)
			assert.Check(s.t, aws.ToString(o.ETag) != "")
		}
		if !aws.ToBool(out.IsTruncated) {
			return keys
		}
		in.ContinuationToken = out.NextContinuationToken
	}
}

func (c contract) listObjects() {
	t := c.t
	s := c.store(true)
	var want []string
	for i := range 20 {
		want = append(want, fmt.Sprintf("%c/%02d", "Aaäz"[i%3], i))
	}
	want = append(want, "top", "B", "ä", "日本")
	for _, key := range want {
		s.put(key, key)
	}
	s.put("deleted", "x")
	s.delete("deleted", "")
	slices.Sort(want)

	for _, size := range []int{1, 7, 1000} {
		assert.Check(t, cmp.DeepEqual(c.allObjects(s, size, "", ""), want), "MaxKeys=%d", size)
	}
	for i, key := range want {
		assert.Check(t, cmp.DeepEqual(c.allObjects(s, 7, "", key), want[i+1:]))
	}
	assert.Check(t, cmp.DeepEqual(c.allObjects(s, 7, "", "Bb"), want[slices.Index(want, "B")+1:]))
	under := slices.DeleteFunc(slices.Clone(want), func(key string) bool { return !strings.HasPrefix(key, "a/") })
	assert.Check(t, cmp.DeepEqual(c.allObjects(s, 2, "a/", ""), under))
	assert.Check(t, cmp.DeepEqual(c.allObjects(s, 2, "a/", under[2]), under[3:]))
	assert.Check(t, cmp.DeepEqual(c.allObjects(s, 2, "nothing", ""), []string{}))
	c.groups(s, want)

	_, err := s.client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{
		Bucket: &s.bucket, ContinuationToken: aws.String("not a token"),
	})
	checkError(t, err, http.StatusBadRequest, "InvalidArgument")
}

// groups lists with a delimiter, one entry a page.
func (c contract) groups(s store, all []string) {
	var want []string
	for _, key := range all {
		if i := strings.Index(key, "/"); i >= 0 {
			key = key[:i+1]
		}
		want = append(want, key)
	}
	want = slices.Compact(want)
	var got []string
	in := &s3.ListObjectsV2Input{Bucket: &s.bucket, MaxKeys: count32(1), Delimiter: aws.String("/")}
	for {
		out, err := s.client.ListObjectsV2(s.ctx(), in)
		assert.NilError(s.t, err)
		assert.Assert(s.t, len(out.Contents)+len(out.CommonPrefixes) <= 1)
		for _, o := range out.Contents {
			got = append(got, *o.Key)
		}
		for _, p := range out.CommonPrefixes {
			got = append(got, *p.Prefix)
		}
		if !aws.ToBool(out.IsTruncated) {
			break
		}
		in.ContinuationToken = out.NextContinuationToken
	}
	assert.Check(s.t, cmp.DeepEqual(got, want))
}

// oddKeys are keys that S3 takes and that paths, URLs or XML stumble over.
func oddKeys() []string {
	return []string{
		"plus+and space", "percent%41", "a&b=c?d#e", "'quote\"", "<tag>", "semi;colon,comma", "tilde~(paren)*!", "back\\slash",
		"under_score.dot-dash", "emoji😀", "é", "new\nline", "carriage\rreturn", "tab\tkey", "control\x01",
		"a//b", "/lead", "trail/", "dot/../y", "dot/./z", "conf", "conf/x", strings.Repeat("k/", 400) + "long",
		strings.Repeat("s", 300),
	}
}

// oddKeys come back byte for byte, one at a time and in listings.
func (c contract) oddKeys() {
	t := c.t
	s := c.store(true)
	var want []string
	for _, key := range oddKeys() {
		if !slices.Contains(c.quirks.RefusedKeys, key) {
			want = append(want, key)
			s.put(key, key)
		}
	}
	slices.Sort(want)
	for _, key := range want {
		body, _, err := s.get(key)
		assert.Check(t, err, "%q", key)
		assert.Check(t, cmp.Equal(body, key))
	}
	assert.Check(t, cmp.DeepEqual(c.allObjects(s, 7, "", ""), want))
	for _, size := range []int{1, 7} {
		var got []string
		for _, e := range c.allVersions(s, size, "", marker{}) {
			got = append(got, e.Key)
		}
		assert.Check(t, cmp.DeepEqual(got, want))
	}
}

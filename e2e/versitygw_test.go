// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// TestVersityGW_AsInTheTestServer compares the listings of versitygw with those
// of the connector's own test server, which is told to be like it.
func TestVersityGW_AsInTheTestServer(t *testing.T) {
	t.Parallel()
	bucket := newBucketOn(t, other, "like", true)
	simulated := s3test.New(s3test.VersityGW())
	simulated.CreateBucket(bucket, s3test.Enabled)

	got, want := listingsOf(t, other.Client(), bucket), listingsOf(t, simulated.Client(), bucket)
	assert.Check(t, cmp.DeepEqual(got, want))
}

// listingsOf writes versions and delete markers of some keys, lists them in many
// ways and returns the pages, with the number of the write for each id.
func listingsOf(t *testing.T, client *awss3.Client, bucket string) []string {
	t.Helper()
	h := &history{client: client, bucket: bucket, latest: make(map[string]change)}
	for _, key := range []string{"a", "d-x", "d/x", "e"} {
		h.put(t, key, []byte("first"))
		h.delete(t, key)
		h.put(t, key, []byte("second"))
		h.complete(t, h.initiate(t, key), []byte("third"))
		h.delete(t, key)
	}
	numbers := make(map[string]int)
	for i, c := range h.changes {
		numbers[c.versionID] = i + 1
	}
	var pages []string
	list := func(in awss3.ListObjectVersionsInput) *awss3.ListObjectVersionsOutput {
		in.Bucket = &bucket
		out, err := client.ListObjectVersions(t.Context(), &in)
		assert.NilError(t, err)
		page := fmt.Sprintf("after %q %d:", aws.ToString(in.KeyMarker), numbers[aws.ToString(in.VersionIdMarker)])
		for _, m := range out.DeleteMarkers {
			page += fmt.Sprintf(" marker %s %d %t", *m.Key, numbers[*m.VersionId], *m.IsLatest)
		}
		for _, v := range out.Versions {
			page += fmt.Sprintf(" version %s %d %t", *v.Key, numbers[*v.VersionId], *v.IsLatest)
		}
		pages = append(pages, page)
		return out
	}
	for _, size := range []int32{3, 4, 1000} {
		in := awss3.ListObjectVersionsInput{MaxKeys: &size}
		for range h.changes { // the pages repeat, so a listing might not end
			out := list(in)
			if in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker; !aws.ToBool(out.IsTruncated) {
				break
			}
		}
	}
	for _, c := range h.changes {
		list(awss3.ListObjectVersionsInput{KeyMarker: &c.key})
		list(awss3.ListObjectVersionsInput{KeyMarker: &c.key, VersionIdMarker: &c.versionID})
	}
	return pages
}

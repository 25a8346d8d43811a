// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
	"gotest.tools/v3/assert"
)

// newBucket makes a bucket of the test's own; name tells its buckets apart.
func newBucket(t *testing.T, name string, versioned bool) string {
	t.Helper()
	return newBucketOn(t, store, name, versioned)
}

func newBucketOn(t *testing.T, server *s3server.Server, name string, versioned bool) string {
	t.Helper()
	sum := sha256.Sum256([]byte(t.Name()))
	bucket := fmt.Sprintf("%s-%x", name, sum[:8])
	assert.NilError(t, s3server.CreateBucket(t.Context(), server.Client(), bucket, versioned))
	return bucket
}

// object is an object's key and bytes, and when it was written.
type object struct {
	key  string
	body []byte
	time time.Time
}

// readBucket returns the bucket's objects under the prefix in the order in
// which they were written.
func readBucket(t *testing.T, bucket, prefix string) []object {
	t.Helper()
	var objects []object
	client := store.Client()
	pages := awss3.NewListObjectsV2Paginator(client, &awss3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		assert.NilError(t, err)
		for _, entry := range page.Contents {
			res, err := client.GetObject(t.Context(), &awss3.GetObjectInput{Bucket: &bucket, Key: entry.Key})
			assert.NilError(t, err)
			body, err := io.ReadAll(res.Body)
			assert.NilError(t, err)
			assert.NilError(t, res.Body.Close())
			objects = append(objects, object{key: *entry.Key, body: body, time: *entry.LastModified})
		}
	}
	slices.SortStableFunc(objects, func(a, b object) int { return a.time.Compare(b.time) })
	return objects
}

// fill writes n small objects with the keys 00000, 00001 and so on.
func fill(t *testing.T, bucket string, n int) {
	t.Helper()
	for i := range n {
		put(t, bucket, fmt.Sprintf("%05d", i), strings.Repeat("x", 100))
	}
}

// put writes one object.
func put(t *testing.T, bucket, key, body string) {
	t.Helper()
	_, err := store.Client().PutObject(t.Context(), &awss3.PutObjectInput{
		Bucket: &bucket, Key: &key, Body: strings.NewReader(body),
	})
	assert.NilError(t, err)
}

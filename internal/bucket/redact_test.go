// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// echoes are what an endpoint may know of the credentials. The last one would be cut
// in the middle of the secret.
func echoes(r *http.Request) []string {
	return []string{
		r.Header.Get("Authorization"), "testsecret123", "testaccess",
		strings.Repeat("x", 190) + "testsecret123",
	}
}

func checkRedacted(t *testing.T, name string, err error) {
	t.Helper()
	assert.Check(t, is.ErrorContains(err, "[redacted"), name)
	for _, secret := range []string{"testaccess", "testsec", "AWS4-HMAC"} {
		assert.Check(t, err == nil || !strings.Contains(err.Error(), secret), "%s: %v", name, err)
	}
	assert.Check(t, err == nil || len(err.Error()) < 1000, "%s: %v", name, err)
}

// An endpoint may put what it was sent into any header of an object.
func TestErrors_CredentialsInHeadersAreRedacted(t *testing.T) {
	for _, name := range []string{"ETag", "X-Amz-Version-Id", "Content-Length", "X-Amz-Checksum-Crc32"} {
		for i := range 4 {
			if i == 0 && strings.Contains(name, "Checksum") {
				continue // with a - it is one of the parts', which does not matter
			}
			b := answering(t, "http://s3.test", func(r *http.Request) (*http.Response, error) {
				header := http.Header{"Etag": {`"1"`}, "X-Amz-Version-Id": {"1"}, "Content-Length": {"1"}}
				header.Set(name, echoes(r)[i])
				return says(200, header, bodyOf("1"))(r)
			})
			_, err := b.Get(t.Context(), bucket.Version{Key: "a", VersionID: "1", ETag: `"1"`, Size: 1}, 0)
			checkRedacted(t, name, err)
			assert.Check(t, is.ErrorIs(err, bucket.ErrCorrupt))
		}
	}
}

// Or into any element of a listing.
func TestErrors_CredentialsInListingsAreRedacted(t *testing.T) {
	const end = "<LastModified>2026-11-22T10:00:00Z</LastModified></Version><IsTruncated>false</IsTruncated></ListVersionsResult>"
	for name, document := range map[string]string{
		"element":      "<ECHO>",
		"tag":          "<ListVersionsResult><!ECHO>",
		"end tag":      "<ListVersionsResult></ECHO>",
		"entity":       "<ListVersionsResult><IsTruncated>&ECHO;</IsTruncated>",
		"size":         "<ListVersionsResult><Version><Key>a</Key><Size>ECHO</Size>" + end,
		"time":         "<ListVersionsResult><Version><Key>a</Key><LastModified>ECHO</LastModified>" + end,
		"key":          "<ListVersionsResult><Version><Key>ECHO</Key><Size>-1</Size>" + end,
		"encoded key":  "<ListVersionsResult><EncodingType>url</EncodingType><Version><Key>%ECHO</Key>" + end,
		"is truncated": "<ListVersionsResult><IsTruncated>ECHO</IsTruncated></ListVersionsResult>",
	} {
		for i := range 4 {
			b := answering(t, "http://s3.test", func(r *http.Request) (*http.Response, error) {
				echo := echoes(r)[i]
				if name == "element" || strings.HasSuffix(name, "tag") {
					echo = strings.NewReplacer(" ", "+", "/", "%2F").Replace(echo)
				}
				return says(200, nil, bodyOf(strings.ReplaceAll(document, "ECHO", echo)))(r)
			})
			_, err := b.ListVersions(t.Context(), "", bucket.Marker{})
			if name == "entity" {
				assert.Check(t, is.ErrorContains(err, "unknown entity"))
				continue
			}
			checkRedacted(t, name, err)
		}
	}
}

// Or into a key, which the next errors name, or into a region.
func TestErrors_CredentialsInKeysAreRedacted(t *testing.T) {
	for i := range 4 {
		var echo string
		b := answering(t, "http://s3.test", func(r *http.Request) (*http.Response, error) {
			echo = echoes(r)[i]
			return says(301, http.Header{"X-Amz-Bucket-Region": {url.QueryEscape(echo)}}, bodyOf(""))(r)
		})
		_, err := b.ListVersions(t.Context(), "", bucket.Marker{})
		checkRedacted(t, "region", err)
		_, err = b.Get(t.Context(), bucket.Version{Key: echo, VersionID: "1"}, 0)
		checkRedacted(t, "key", err)
		_, err = b.ListVersions(t.Context(), "", bucket.Marker{Key: echo})
		checkRedacted(t, "marker", err)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

const bucketName = "orders"

func configOf(server *s3test.Server) bucket.Config {
	return bucket.Config{
		AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey,
		Region: server.Region(), Bucket: bucketName, Endpoint: "http://s3.test",
	}
}

// open returns a bucket of a new server.
func open(t *testing.T, versioning s3test.Versioning, config s3test.Config) (*s3test.Server, *bucket.Bucket) {
	t.Helper()
	server := s3test.New(config)
	server.CreateBucket(bucketName, versioning)
	b, err := bucket.New(configOf(server), server)
	assert.NilError(t, err)
	return server, b
}

// list returns every version, following the markers.
func list(t *testing.T, b *bucket.Bucket) []bucket.Version {
	t.Helper()
	var all []bucket.Version
	var marker bucket.Marker
	for {
		page, err := b.ListVersions(t.Context(), "", marker)
		assert.NilError(t, err)
		assert.Check(t, !page.Time.IsZero())
		all = append(all, page.Versions...)
		if !page.More {
			return all
		}
		marker = page.Next
	}
}

// The AWS SDK returns versions and delete markers apart, which loses their
// common order; whole-second times don't bring it back.
func TestListVersions_KeepsTheOrderOfTheListing(t *testing.T) {
	for _, size := range []int{1, 2, 3, 1000} {
		server, b := open(t, s3test.Enabled, s3test.Config{PageSize: size})
		for _, key := range []string{"a", "b"} {
			server.Put(bucketName, key, []byte("1"))
			server.Delete(bucketName, key)
			server.Put(bucketName, key, []byte("22"))
			server.Put(bucketName, key, []byte("333"))
			server.Delete(bucketName, key)
		}
		var got []string
		for _, v := range list(t, b) {
			got = append(got, fmt.Sprint(v.Key, v.Size, v.DeleteMarker, v.IsLatest))
		}
		one := func(key string) []string {
			return []string{key + "0 true true", key + "3 false false", key + "2 false false", key + "0 true false", key + "1 false false"} //nolint:dupword // size, delete marker, latest
		}
		assert.Check(t, is.DeepEqual(got, append(one("a"), one("b")...)))
	}
}

func TestListVersions_OddKeys(t *testing.T) {
	keys := []string{
		"\x01control", "\n\r\t", "  spaces  ", "%41", "+", "..", "a//b", "a/../b", "ü/€/😀", "&<>\"'", "=?#", strings.Repeat("k", 1024),
	}
	for _, size := range []int{1, 1000, -1} {
		server, b := open(t, s3test.Enabled, s3test.Config{PageSize: max(size, 0)})
		if size < 0 { // and in a store that knows no versions
			server.SetVersioning(bucketName, s3test.Suspended)
			server.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == "ListObjectVersions" {
					return s3test.Fault{Status: http.StatusNotImplemented, Code: "NotImplemented"}
				}
				return s3test.Fault{}
			})
		}
		for _, key := range keys {
			server.Put(bucketName, key, []byte(key))
		}
		versions := list(t, b)
		assert.Check(t, is.Len(versions, len(keys)))
		for _, v := range versions {
			obj, err := b.Get(t.Context(), v, 0)
			assert.NilError(t, err)
			assert.Check(t, is.Equal(string(obj.Body), v.Key))
		}
	}
}

func TestListVersions_AnAnswerThatIsNoListingIsTriedAgain(t *testing.T) {
	for _, body := range []string{
		"", "<", "<html/>", "<ListVersionsResult/>", "<ListVersionsResult><IsTruncated>false</IsTruncated>",
		"<ListVersionsResult><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType><Version><Key>%zz</Key></Version></ListVersionsResult>",
	} {
		server, b := open(t, s3test.Enabled, s3test.Config{})
		server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Fault{Body: []byte(body)} })
		_, err := b.ListVersions(t.Context(), "", bucket.Marker{})
		assert.Check(t, is.ErrorIs(err, bucket.ErrUnavailable), body)
	}
}

func TestGet_ReadsTheStateThatTheListingShowed(t *testing.T) {
	server, b := open(t, s3test.Unversioned, s3test.Config{})
	server.Put(bucketName, "null then versions", []byte("null"))
	server.Put(bucketName, "overwritten", []byte("old"))
	shown := list(t, b)
	server.SetVersioning(bucketName, s3test.Enabled)
	server.Put(bucketName, "null then versions", []byte("new"))

	obj, err := b.Get(t.Context(), shown[0], 0)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(obj.Body), "null"), "the null version is still there, below the new one")

	server.SetVersioning(bucketName, s3test.Suspended)
	server.Put(bucketName, "overwritten", []byte("new"))
	obj, err = b.Get(t.Context(), shown[1], 0)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(obj.Body), "new"), "the null version was replaced")
	assert.Check(t, obj.Version.ETag != shown[1].ETag)

	current := list(t, b)
	server.Put(bucketName, "null then versions", []byte("newer"))
	for _, v := range current {
		if v.Key == "null then versions" && v.IsLatest {
			obj, err = b.Get(t.Context(), v, 0)
			assert.NilError(t, err)
			assert.Check(t, is.Equal(string(obj.Body), "new"))
		}
	}
}

func TestGet_OfWhatIsGone(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	id := server.Put(bucketName, "a", []byte("1"))
	server.DeleteVersion(bucketName, "a", id)
	_, err := b.Get(t.Context(), bucket.Version{Key: "a", VersionID: id}, 0)
	assert.Check(t, is.ErrorIs(err, bucket.ErrGone))
}

func TestGet_OfAMissingBucketIsNotGone(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.RemoveBucket(bucketName)
	_, err := b.Get(t.Context(), bucket.Version{Key: "a", VersionID: "x"}, 0)
	assert.Check(t, is.ErrorIs(err, bucket.ErrNoBucket))
	assert.Check(t, !errors.Is(err, bucket.ErrGone))
}

func TestGet_AStalledBodyIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, b := open(t, s3test.Enabled, s3test.Config{})
		id := server.Put(bucketName, "a", []byte("0123456789"))
		server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Fault{Cut: true, CutAt: 5, Stall: true} })
		began := time.Now()
		_, err := b.Get(t.Context(), bucket.Version{Key: "a", VersionID: id, Size: 10}, 0)
		assert.Check(t, is.ErrorIs(err, bucket.ErrUnavailable))
		assert.Check(t, !errors.Is(err, context.Canceled), "it would look like the end of the pipeline")
		assert.Check(t, time.Since(began) <= time.Minute)
	})
}

// Newer AWS SDKs send a checksum as a trailer, which some stores refuse until
// AWS_REQUEST_CHECKSUM_CALCULATION is set in the environment.
func TestPut_NeedsNoWorkaroundInTheEnvironment(t *testing.T) {
	for _, endpoint := range []string{"http://s3.test", "https://s3.test"} {
		server, b := openAt(t, endpoint)
		server.SetFaults(func(r s3test.Request) s3test.Fault {
			assert.Check(t, is.Equal(r.Header.Get("X-Amz-Trailer"), ""))
			assert.Check(t, !strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked"))
			assert.Check(t, r.Header.Get("X-Amz-Checksum-Crc32") != "", "S3 can't verify the upload")
			return s3test.Fault{}
		})
		assert.NilError(t, b.Put(t.Context(), "a", []byte("1"), bucket.PutOptions{ContentType: "text/x"}))
		got, ok := server.Get(bucketName, "a")
		assert.Check(t, ok)
		assert.Check(t, is.Equal(string(got.Body), "1"))
		assert.Check(t, is.Equal(got.Header.Get("Content-Type"), "text/x"))
	}
}

// The present connector knows neither endpoints nor path-style addressing.
func TestEndpoint_IsAddressedByPath(t *testing.T) {
	for _, name := range []string{"", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"} {
		t.Run("from "+name, func(t *testing.T) {
			t.Setenv("AWS_ENDPOINT_URL_S3", "")
			t.Setenv("AWS_ENDPOINT_URL", "")
			server := s3test.New(s3test.Config{})
			server.CreateBucket(bucketName, s3test.Unversioned)
			config := configOf(server)
			if name != "" {
				t.Setenv(name, config.Endpoint)
				config.Endpoint = ""
			}
			b, err := bucket.New(config, clientFunc(func(r *http.Request) (*http.Response, error) {
				assert.Check(t, is.Equal(r.URL.Host, "s3.test"))
				assert.Check(t, strings.HasPrefix(r.URL.Path, "/"+bucketName), r.URL.Path)
				return server.Do(r)
			}))
			assert.NilError(t, err)
			assert.NilError(t, b.Put(t.Context(), "a", nil, bucket.PutOptions{}))
		})
	}
}

func TestEndpoint_WithoutOneAWSIsAddressedByHost(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	t.Setenv("AWS_ENDPOINT_URL", "")
	server := s3test.New(s3test.Config{})
	server.CreateBucket(bucketName, s3test.Unversioned)
	config := configOf(server)
	config.Endpoint = ""
	b, err := bucket.New(config, clientFunc(func(r *http.Request) (*http.Response, error) {
		assert.Check(t, is.Equal(r.URL.Host, bucketName+".s3.us-east-1.amazonaws.com"))
		return server.Do(r)
	}))
	assert.NilError(t, err)
	assert.NilError(t, b.Put(t.Context(), "a", nil, bucket.PutOptions{}))
}

type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestCheck_AWriterNeedsNoPermissionToList(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.Deny("s3:ListBucket", "s3:ListBucketVersions")
	_, err := b.Check(t.Context(), bucket.WriteAccess, "")
	assert.NilError(t, err)
	_, err = b.Check(t.Context(), bucket.ReadAccess, "")
	assert.Check(t, is.ErrorIs(err, bucket.ErrForbidden))
}

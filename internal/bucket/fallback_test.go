// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/rs/zerolog"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// withoutVersions are the answers to a listing of versions of stores that can't
// list them.
var withoutVersions = map[string]s3test.Fault{
	"501":                     {Status: http.StatusNotImplemented, Code: "NotImplemented"},
	"501 without a code":      {Status: http.StatusNotImplemented, Body: []byte("<html/>")},
	"405":                     {Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowed"},
	"405 without a code":      {Status: http.StatusMethodNotAllowed, Body: []byte("no")},
	"400":                     {Status: http.StatusBadRequest, Code: "InvalidArgument"},
	"404 NoSuchKey":           {Status: http.StatusNotFound, Code: "NoSuchKey"},
	"404 of something else":   {Status: http.StatusNotFound, Body: []byte("<html/>")},
	"a listing of objects":    {Body: []byte(`<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`)},
	"an empty listing, twice": {Body: []byte(`<ListVersionsResult><IsTruncated>false</IsTruncated></ListVersionsResult>`)},
}

func onVersions(fault s3test.Fault) func(s3test.Request) s3test.Fault {
	return func(r s3test.Request) s3test.Fault {
		if r.Op == "ListObjectVersions" {
			return fault
		}
		return s3test.Fault{}
	}
}

func TestListVersions_OfAStoreThatCantListThem(t *testing.T) {
	for name, fault := range withoutVersions {
		t.Run(name, func(t *testing.T) {
			server, b := open(t, s3test.Unversioned, s3test.Config{PageSize: 2})
			for i := range 5 {
				server.Put(bucketName, fmt.Sprint(i), []byte("x"))
			}
			server.SetFaults(onVersions(fault))
			var log bytes.Buffer
			ctx := zerolog.New(&log).WithContext(t.Context())
			_, err := b.Check(ctx, bucket.ReadAccess, "")
			assert.NilError(t, err)
			before := server.Count("ListObjectVersions")
			assert.Check(t, before <= 2)
			for range 2 {
				var keys string
				var marker bucket.Marker
				for more := true; more; {
					page, err := b.ListVersions(ctx, "", marker)
					assert.NilError(t, err)
					for _, v := range page.Versions {
						assert.Check(t, is.Equal(v.VersionID, bucket.NullVersion))
						assert.Check(t, v.IsLatest)
						keys += v.Key
					}
					marker, more = page.Next, page.More
				}
				assert.Check(t, is.Equal(keys, "01234"))
			}
			assert.Check(t, is.Equal(server.Count("ListObjectVersions"), before), "it is known")
			assert.Check(t, is.Equal(strings.Count(log.String(), "can't list versions"), 1), log.String())
			assert.Check(t, is.Equal(strings.Count(log.String(), "\n"), 1), log.String())
		})
	}
}

// If objects can't be listed either, it is the first refusal that says why.
func TestListVersions_IfNothingCanBeListedTheRefusalStays(t *testing.T) {
	server, b := open(t, s3test.Unversioned, s3test.Config{})
	server.SetFaults(func(r s3test.Request) s3test.Fault {
		if r.Op == "ListObjectVersions" {
			return s3test.Fault{Status: http.StatusBadRequest, Code: "Odd"}
		}
		return s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied"}
	})
	_, err := b.ListVersions(t.Context(), "", bucket.Marker{})
	assert.Check(t, is.ErrorIs(err, bucket.ErrInvalid))
	assert.Check(t, is.ErrorContains(err, "Odd"))
	server.SetFaults(func(r s3test.Request) s3test.Fault {
		if r.Op == "ListObjectVersions" {
			return s3test.Fault{Status: http.StatusBadRequest, Code: "Odd"}
		}
		return s3test.SlowDown()
	})
	_, err = b.ListVersions(t.Context(), "", bucket.Marker{})
	assert.Check(t, is.ErrorIs(err, bucket.ErrUnavailable), "it may still turn out to be the fall-back")
}

// These are no answers of a store that can't list versions.
func TestListVersions_OtherRefusalsAreNoReasonToFallBack(t *testing.T) {
	for want, fault := range map[error]s3test.Fault{
		bucket.ErrNoBucket:    {Status: http.StatusNotFound, Code: "NoSuchBucket"},
		bucket.ErrCredentials: {Status: http.StatusBadRequest, Code: "ExpiredToken"},
		bucket.ErrRegion:      {Status: http.StatusBadRequest, Code: "AuthorizationHeaderMalformed"},
		bucket.ErrForbidden:   {Status: http.StatusForbidden, Code: "AccessDenied"},
		bucket.ErrUnavailable: s3test.SlowDown(),
		bucket.ErrMalformed:   s3test.Malformed(),
	} {
		server, b := open(t, s3test.Unversioned, s3test.Config{})
		server.SetFaults(onVersions(fault))
		_, err := b.ListVersions(t.Context(), "", bucket.Marker{})
		assert.Check(t, is.ErrorIs(err, want))
		assert.Check(t, is.Equal(server.Count("ListObjectsV2"), 0))
	}
}

func TestListVersions_AnEmptyBucketIsNoReasonToFallBack(t *testing.T) {
	for name, prepare := range map[string]func(*s3test.Server){
		"an empty bucket": func(*s3test.Server) {},
		"objects may not be listed": func(s *s3test.Server) {
			s.Deny("s3:ListBucket")
		},
		"objects are unavailable": func(s *s3test.Server) {
			s.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == "ListObjectsV2" {
					return s3test.SlowDown()
				}
				return s3test.Fault{}
			})
		},
		"an object put between two requests": func(s *s3test.Server) {
			s.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == "ListObjectsV2" && r.N == 1 {
					s.Put(bucketName, "first", nil)
				}
				return s3test.Fault{}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			server, b := open(t, s3test.Enabled, s3test.Config{})
			prepare(server)
			for range 3 {
				_, err := b.ListVersions(t.Context(), "", bucket.Marker{})
				assert.NilError(t, err)
			}
			server.Put(bucketName, "a", []byte("1"))
			server.Delete(bucketName, "a")
			page, err := b.ListVersions(t.Context(), "a", bucket.Marker{})
			assert.NilError(t, err)
			assert.Check(t, is.Len(page.Versions, 2), "versions are listed")
			probes := server.Count("ListObjectsV2")
			_, err = b.ListVersions(t.Context(), "none", bucket.Marker{})
			assert.NilError(t, err)
			assert.Check(t, is.Equal(server.Count("ListObjectsV2"), probes), "it is known")
		})
	}
}

func TestListVersions_OnceTheyWereListedARefusalPasses(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.Put(bucketName, "a", nil)
	list(t, b)
	server.SetFaults(onVersions(withoutVersions["501"]))
	_, err := b.ListVersions(t.Context(), "", bucket.Marker{})
	assert.Check(t, is.ErrorIs(err, bucket.ErrUnavailable))
	assert.Check(t, is.Equal(server.Count("ListObjectsV2"), 0))
}

// MinIO answers 501 to a marker that is outside of the prefix, others 400.
func TestListVersions_AMarkerOutsideOfThePrefixIsInvalid(t *testing.T) {
	for _, name := range []string{"501", "400"} {
		for _, isKnown := range []bool{false, true} {
			server, b := open(t, s3test.Enabled, s3test.Config{})
			server.Put(bucketName, "orders/1", nil)
			if isKnown {
				list(t, b)
			}
			server.SetFaults(onVersions(withoutVersions[name]))
			_, err := b.ListVersions(t.Context(), "logs/", bucket.Marker{Key: "orders/1"})
			assert.Check(t, is.ErrorIs(err, bucket.ErrInvalid))
			assert.Check(t, is.ErrorContains(err, `key "orders/1", which does not begin with the prefix "logs/"`))
		}
	}
}

func objectsAnswer(pages map[string]string) func(s3test.Request) s3test.Fault {
	return func(r s3test.Request) s3test.Fault {
		if r.Op != "ListObjectsV2" {
			return withoutVersions["501"]
		}
		return s3test.Fault{Body: []byte("<ListBucketResult>" + pages[r.Query.Get("continuation-token")] + "</ListBucketResult>")}
	}
}

func TestListObjects_AnEmptyPageIsFollowedToTheNext(t *testing.T) {
	server, b := open(t, s3test.Unversioned, s3test.Config{})
	server.SetFaults(objectsAnswer(map[string]string{
		"":   "<IsTruncated>true</IsTruncated><NextContinuationToken>t1</NextContinuationToken>",
		"t1": "<IsTruncated>true</IsTruncated><NextContinuationToken>t2</NextContinuationToken>",
		"t2": "<IsTruncated>false</IsTruncated><Contents><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>",
	}))
	assert.Check(t, is.Len(listAny(t, b), 1))
}

func TestListObjects_AnEmptyPageIsNeverTheEnd(t *testing.T) {
	for _, page := range []string{
		"<IsTruncated>true</IsTruncated>",
		"<IsTruncated>true</IsTruncated><NextContinuationToken></NextContinuationToken>",
		"<IsTruncated>true</IsTruncated><NextContinuationToken>t1</NextContinuationToken>",
	} {
		server, b := open(t, s3test.Unversioned, s3test.Config{})
		server.SetFaults(objectsAnswer(map[string]string{"": page, "t1": page}))
		_, err := b.Check(t.Context(), bucket.WriteAccess, "")
		assert.Check(t, is.ErrorIs(err, bucket.ErrStuck))
	}
}

// listAny lists once, whatever the server's time.
func listAny(t *testing.T, b *bucket.Bucket) []bucket.Version {
	t.Helper()
	page, err := b.ListVersions(t.Context(), "", bucket.Marker{})
	assert.NilError(t, err)
	return page.Versions
}

// A proxy may take the Date away, or write it in a way of its own.
func TestListings_WithoutATimeAreRead(t *testing.T) {
	for _, date := range []string{"", "yesterday"} {
		for _, body := range []string{
			`<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified></Version></ListVersionsResult>`,
			`<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>`,
		} {
			b := answering(t, "http://s3.test", func(r *http.Request) (*http.Response, error) {
				return says(200, http.Header{"Date": {date}}, bodyOf(body))(r)
			})
			if strings.Contains(body, "Uploads") {
				page, err := b.ListUploads(t.Context(), "", bucket.UploadMarker{})
				assert.NilError(t, err)
				assert.Check(t, page.Time.IsZero())
				continue
			}
			page, err := b.ListVersions(t.Context(), "", bucket.Marker{})
			assert.NilError(t, err)
			assert.Check(t, page.Time.IsZero())
		}
	}
}

func TestListings_AnErrorInASuccessIsAnError(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.SetFaults(func(s3test.Request) s3test.Fault {
		return s3test.Fault{Body: []byte("<Error><Code>SlowDown</Code><Message>later</Message></Error>")}
	})
	_, err := b.ListVersions(t.Context(), "", bucket.Marker{})
	assert.Check(t, is.ErrorIs(err, bucket.ErrUnavailable))
	assert.Check(t, is.ErrorContains(err, "SlowDown, later"))
}

func TestListUploads_ThatAreNoneAreMalformed(t *testing.T) {
	for _, body := range []string{
		"", "<html/>", "<ListMultipartUploadsResult/>",
		"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified><UploadId>u</UploadId></Upload></ListMultipartUploadsResult>",
		"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified><Initiated>now</Initiated></Upload></ListMultipartUploadsResult>",
	} {
		server, b := open(t, s3test.Enabled, s3test.Config{})
		server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Fault{Body: []byte(body)} })
		_, err := b.ListUploads(t.Context(), "", bucket.UploadMarker{})
		assert.Check(t, is.ErrorIs(err, bucket.ErrMalformed))
		assert.Check(t, is.ErrorIs(err, bucket.ErrUnavailable))
	}
}

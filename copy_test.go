// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3_test

import (
	"context"
	"maps"
	"net/http"
	"testing"

	"github.com/conduitio/conduit-commons/config"
	s3 "github.com/conduitio/conduit-connector-s3"
	"github.com/conduitio/conduit-connector-s3/destination"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/conduitio/conduit-connector-s3/source"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// TestCopy_HasAllOfTheOriginal copies objects from a bucket to another with the
// source and the destination's mode "objects".
func TestCopy_HasAllOfTheOriginal(t *testing.T) {
	server := s3test.New(s3test.Config{})
	server.CreateBucket("original", s3test.Enabled)
	server.CreateBucket("copy", s3test.Enabled)
	access := config.Config{
		source.ConfigAwsAccessKeyId:     s3test.AccessKeyID,
		source.ConfigAwsSecretAccessKey: s3test.SecretAccessKey,
		source.ConfigAwsRegion:          server.Region(),
		source.ConfigAwsEndpoint:        server.Start(t),
		source.ConfigAwsBucket:          "original",
	}
	putOriginals(t, server, access)
	originals := server.Objects("original")

	from := s3.Connector.NewSource()
	assert.NilError(t, sdk.Util.ParseConfig(t.Context(), maps.Clone(access), from.Config(), source.Config{}.Parameters()))
	assert.NilError(t, from.Open(t.Context(), nil))
	defer func() { assert.NilError(t, from.Teardown(context.Background())) }()
	to := s3.Connector.NewDestination()
	settings := maps.Clone(access)
	settings[destination.ConfigAwsBucket], settings[destination.ConfigMode] = "copy", "objects"
	assert.NilError(t, sdk.Util.ParseConfig(t.Context(), settings, to.Config(), destination.Config{}.Parameters()))
	assert.NilError(t, to.Open(t.Context()))
	defer func() { assert.NilError(t, to.Teardown(context.Background())) }()
	for copied := 0; copied < len(originals); {
		records, err := from.ReadN(t.Context(), 1)
		assert.NilError(t, err)
		n, err := to.Write(t.Context(), records)
		assert.NilError(t, err)
		copied += n
	}

	copies := server.Objects("copy")
	assert.Assert(t, is.Len(copies, len(originals)))
	for i, want := range originals {
		got := copies[i]
		assert.Check(t, is.Equal(got.Key, want.Key))
		assert.Check(t, is.DeepEqual(got.Body, want.Body))
		assert.Check(t, is.DeepEqual(got.Header, want.Header), want.Key)
		assert.Check(t, is.DeepEqual(got.Metadata, want.Metadata), want.Key)
	}
}

// putOriginals writes objects as any client of S3 does.
func putOriginals(t *testing.T, server *s3test.Server, access config.Config) {
	t.Helper()
	b, err := bucket.New(bucket.Config{
		AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey, Region: server.Region(),
		Endpoint: access[source.ConfigAwsEndpoint], Bucket: "original",
	}, http.DefaultClient)
	assert.NilError(t, err)
	for key, options := range map[string]bucket.PutOptions{
		"page.html": {
			ContentType: "text/html; charset=utf-8", ContentEncoding: "gzip", ContentLanguage: "de, en",
			ContentDisposition: `attachment; filename="page.html"`, CacheControl: "public, max-age=3600",
			Expires:  "Thu, 01 Dec 2033 16:00:00 GMT",
			Metadata: map[string]string{"colour": "blue", "city": "=?UTF-8?b?TcO8bmNoZW4=?=", "empty": ""},
		},
		"dir/ü":   {ContentType: "application/json", Expires: "0"},
		"dir/raw": {ContentType: "application/octet-stream", ContentEncoding: "br,gzip"},
	} {
		// The bytes are as they are: nobody may decompress or convert them.
		assert.NilError(t, b.Put(t.Context(), key, []byte("\x1f\x8b\x00\xff"+key), options))
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/conduitio/conduit-connector-s3/internal/s3test/contract"
)

const bucket = "bucket"

func versioning(versioned bool) s3test.Versioning {
	if versioned {
		return s3test.Enabled
	}
	return s3test.Unversioned
}

func TestContract_Do(t *testing.T) {
	contract.Run(t, func(_ *testing.T, versioned bool) (*s3.Client, string) {
		server := s3test.New(s3test.Config{})
		server.CreateBucket(bucket, versioning(versioned))
		return server.Client(), bucket
	}, contract.Quirks{})
}

func TestContract_Socket(t *testing.T) {
	contract.Run(t, func(t *testing.T, versioned bool) (*s3.Client, string) {
		t.Helper()
		server := s3test.New(s3test.Config{})
		server.CreateBucket(bucket, versioning(versioned))
		url := server.Start(t)
		return server.Client(func(o *s3.Options) {
			o.HTTPClient, o.BaseEndpoint, o.UsePathStyle = http.DefaultClient, aws.String(url), true
		}), bucket
	}, contract.Quirks{})
}

func TestContract_OtherStores(t *testing.T) {
	contract.Run(t, func(_ *testing.T, versioned bool) (*s3.Client, string) {
		server := s3test.New(s3test.Config{Milliseconds: true, Multipart: s3test.MultipartCompletion})
		server.CreateBucket(bucket, versioning(versioned))
		return server.Client(), bucket
	}, contract.Quirks{Milliseconds: true, MultipartCompletion: true})
}

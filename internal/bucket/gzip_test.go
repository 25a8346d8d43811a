// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// Google Cloud Storage changes Accept-Encoding on the way, so it must not be
// signed; an object that is stored compressed comes as it is stored.
func TestGet_BytesComeAsTheyAreStored(t *testing.T) {
	server := s3test.New(s3test.Config{})
	server.CreateBucket(bucketName, s3test.Enabled)
	stored := "\x1f\x8b not even gzip"
	putGzip(t, server, stored)
	config := configOf(server)
	config.Endpoint = server.Start(t)
	server.SetFaults(func(r s3test.Request) s3test.Fault {
		assert.Check(t, !strings.Contains(r.Header.Get("Authorization"), "accept-encoding"), "it is signed")
		assert.Check(t, is.Equal(r.Header.Get("Accept-Encoding"), "identity"))
		return s3test.Fault{}
	})
	b, err := bucket.New(config, nil)
	assert.NilError(t, err)
	defer b.Close()
	obj, err := b.Get(t.Context(), list(t, b)[0], 0)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(obj.Body), stored))
	assert.Check(t, is.Equal(obj.ContentEncoding, "gzip"))
}

// Google Cloud Storage decompresses objects for a client that does not accept gzip.
func TestGet_WhatTheStoreDecompressesIsReadAsStored(t *testing.T) {
	for name, text := range map[string]string{
		"larger": strings.Repeat("decompressed ", 100), "smaller": "x", "empty": "", "as large": sameSize(t),
	} {
		for _, versioning := range []s3test.Versioning{s3test.Enabled, s3test.Unversioned} {
			t.Run(name, func(t *testing.T) {
				server, b := open(t, versioning, s3test.Config{Decompresses: true, NoChecksums: true})
				stored := gzipped(t, text)
				putGzip(t, server, stored)
				v := list(t, b)[0]
				obj, err := b.Get(t.Context(), v, 0)
				assert.NilError(t, err)
				assert.Check(t, is.Equal(string(obj.Body), stored))
				assert.Check(t, is.Equal(obj.ContentEncoding, "gzip"))
				assert.Check(t, is.DeepEqual(obj.Version, v))
			})
		}
	}
}

// So is the state that has replaced the listed one.
func TestGet_WhatTheStoreDecompressesMayBeAReplacement(t *testing.T) {
	server, b := open(t, s3test.Unversioned, s3test.Config{Decompresses: true})
	server.Put(bucketName, "a", []byte("1"))
	v := list(t, b)[0]
	stored := gzipped(t, "two")
	putGzip(t, server, stored)
	obj, err := b.Get(t.Context(), v, 1<<20)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(obj.Body), stored))
	assert.Check(t, is.Equal(obj.Version.ETag, list(t, b)[0].ETag))
}

// The header that asks for the stored bytes is not signed either.
func TestGet_WhatTheStoreDecompressesComesOverAConnection(t *testing.T) {
	server := s3test.New(s3test.Config{Decompresses: true})
	server.CreateBucket(bucketName, s3test.Enabled)
	stored := gzipped(t, "text")
	putGzip(t, server, stored)
	config := configOf(server)
	config.Endpoint = server.Start(t)
	b, err := bucket.New(config, nil)
	assert.NilError(t, err)
	defer b.Close()
	v := list(t, b)[0]
	var accepted []string
	server.SetFaults(func(r s3test.Request) s3test.Fault {
		assert.Check(t, !strings.Contains(r.Header.Get("Authorization"), "accept-encoding"), "it is signed")
		accepted = append(accepted, r.Header.Get("Accept-Encoding"))
		return s3test.Fault{}
	})
	obj, err := b.Get(t.Context(), v, 0)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(obj.Body), stored))
	assert.Check(t, is.DeepEqual(accepted, []string{"identity", "gzip"}))
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	assert.NilError(t, err)
	assert.NilError(t, w.Close())
	return b.String()
}

// sameSize returns a string that is as long as its compressed form.
func sameSize(t *testing.T) string {
	t.Helper()
	text := "0123456789abcdefghijklmnopqrstuvwxyz"
	for len(gzipped(t, text)) > len(text) {
		text += "z"
	}
	assert.Assert(t, is.Len(gzipped(t, text), len(text)))
	return text
}

func putGzip(t *testing.T, server *s3test.Server, stored string) {
	t.Helper()
	_, err := server.Client().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucketName), Key: aws.String("a"), Body: strings.NewReader(stored), ContentEncoding: aws.String("gzip"),
	})
	assert.NilError(t, err)
}

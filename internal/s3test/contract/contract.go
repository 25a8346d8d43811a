// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package contract is what the connector relies on in an S3 store, as a test
// suite that drives the real AWS client. The server of s3test passes it, and so
// do the real servers of e2e. It owns the suite and the quirks that stores are
// known for; it knows no server and is imported only by tests.
package contract

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"gotest.tools/v3/assert"
)

// minPartSize is the least size of an upload's part, except the last one.
const minPartSize = 5 << 20

// NewBucket makes a bucket for one test and returns its name and the AWS client
// to reach it with. Nobody else writes to it.
type NewBucket func(t *testing.T, versioned bool) (client *s3.Client, bucket string)

// Run checks what the connector relies on in a store, one subtest for each part.
// What quirks names is not asserted; AWS has none.
func Run(t *testing.T, newBucket NewBucket, quirks Quirks) {
	t.Helper()
	for _, test := range []struct {
		name string
		run  func(contract)
	}{
		{"object", contract.object},
		{"conditional read", contract.conditionalRead},
		{"range", contract.ranges},
		{"conditional write", contract.conditionalWrite},
		{"checksum", contract.checksums},
		{"missing", contract.missing},
		{"unversioned", contract.unversioned},
		{"list objects", contract.listObjects},
		{"odd keys", contract.oddKeys},
		{"list versions", contract.listVersions},
		{"delete marker", contract.deleteMarker},
		{"suspended", contract.suspended},
		{"multipart", contract.multipart},
		{"multipart refused", contract.multipartRefused},
		{"multipart overlap", contract.multipartOverlap},
		{"list multipart uploads", contract.listUploads},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.run(contract{t: t, newBucket: newBucket, quirks: quirks})
		})
	}
}

// contract is one test of the suite.
type contract struct {
	t         *testing.T
	newBucket NewBucket
	quirks    Quirks
}

// store is one bucket under test.
type store struct {
	t      *testing.T
	client *s3.Client
	bucket string
}

func (c contract) store(versioned bool) store {
	c.t.Helper()
	client, bucket := c.newBucket(c.t, versioned)
	return store{t: c.t, client: client, bucket: bucket}
}

func (s store) ctx() context.Context { return s.t.Context() }

func (s store) put(key, body string, options ...func(*s3.PutObjectInput)) *s3.PutObjectOutput {
	s.t.Helper()
	out, err := s.tryPut(key, body, options...)
	assert.NilError(s.t, err, "put %q", key)
	return out
}

func (s store) tryPut(key, body string, options ...func(*s3.PutObjectInput)) (*s3.PutObjectOutput, error) {
	in := &s3.PutObjectInput{Bucket: &s.bucket, Key: &key, Body: strings.NewReader(body)}
	for _, option := range options {
		option(in)
	}
	return s.client.PutObject(s.ctx(), in)
}

// get reads an object; an option may name its version or a condition.
func (s store) get(key string, options ...func(*s3.GetObjectInput)) (string, *s3.GetObjectOutput, error) {
	s.t.Helper()
	in := &s3.GetObjectInput{Bucket: &s.bucket, Key: &key}
	for _, option := range options {
		option(in)
	}
	out, err := s.client.GetObject(s.ctx(), in)
	if err != nil {
		return "", nil, err
	}
	content, err := io.ReadAll(out.Body)
	assert.NilError(s.t, errors.Join(err, out.Body.Close()), "read %q", key)
	return string(content), out, nil
}

func ofVersion(id string) func(*s3.GetObjectInput) {
	return func(in *s3.GetObjectInput) { in.VersionId = &id }
}

// delete deletes a key, or one version if id is not empty.
func (s store) delete(key, id string) *s3.DeleteObjectOutput {
	s.t.Helper()
	in := &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &key}
	if id != "" {
		in.VersionId = &id
	}
	out, err := s.client.DeleteObject(s.ctx(), in)
	assert.NilError(s.t, err, "delete %q", key)
	return out
}

func (s store) setVersioning(status types.BucketVersioningStatus) {
	s.t.Helper()
	_, err := s.client.PutBucketVersioning(s.ctx(), &s3.PutBucketVersioningInput{
		Bucket: &s.bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: status},
	})
	assert.NilError(s.t, err)
}

// checkError asserts the status and the code of an error that S3 answered.
func checkError(t *testing.T, err error, status int, code string) {
	t.Helper()
	var answered *smithyhttp.ResponseError
	if assert.Check(t, errors.As(err, &answered), "want %d %s, got %v", status, code, err) {
		assert.Check(t, answered.HTTPStatusCode() == status, "want %d %s, got %v", status, code, err)
	}
	var api smithy.APIError
	if assert.Check(t, errors.As(err, &api), "want %d %s, got %v", status, code, err) {
		assert.Check(t, api.ErrorCode() == code, "want %d %s, got %v", status, code, err)
	}
}

// header returns the header of an answer, also of one that is an error.
func header(metadata middleware.Metadata, err error) http.Header {
	var answered *smithyhttp.ResponseError
	if errors.As(err, &answered) {
		return answered.Response.Header
	}
	if raw, ok := metadata.Get(rawKey{}).(*captured); ok {
		return raw.header
	}
	return nil
}

// rawKey is where capture leaves an answer.
type rawKey struct{}

type captured struct {
	header http.Header
	body   []byte
}

// capture keeps the answer as it came: the client parts what a listing holds
// in one order into two.
func capture(o *s3.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("capture", func(
			ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
		) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			answered, ok := out.RawResponse.(*smithyhttp.Response)
			if err != nil || !ok {
				return out, metadata, err
			}
			content, err := io.ReadAll(answered.Body)
			if err = errors.Join(err, answered.Body.Close()); err != nil {
				return out, metadata, err
			}
			answered.Body = io.NopCloser(bytes.NewReader(content))
			metadata.Set(rawKey{}, &captured{header: answered.Header, body: content})
			return out, metadata, nil
		}), middleware.After)
	})
}

// checkWhole asserts that a listing's time has whole seconds.
func (c contract) checkWhole(t *testing.T, stamp *time.Time) {
	t.Helper()
	if assert.Check(t, stamp != nil) && !c.quirks.Milliseconds {
		assert.Check(t, stamp.Nanosecond() == 0, "LastModified %v has a fraction of a second", stamp)
	}
}

func count32(n int) *int32 { return aws.Int32(int32(n)) }

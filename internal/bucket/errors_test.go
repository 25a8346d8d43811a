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

func TestErrors_AreToldApart(t *testing.T) {
	for _, test := range []struct {
		fault s3test.Fault
		want  error
	}{
		{s3test.SlowDown(), bucket.ErrUnavailable},
		{s3test.InternalError(), bucket.ErrUnavailable},
		{s3test.Reset(), bucket.ErrUnavailable},
		{s3test.Fault{Status: http.StatusTooManyRequests}, bucket.ErrUnavailable},
		{s3test.Fault{Status: http.StatusBadGateway, Body: []byte("<html>")}, bucket.ErrUnavailable},
		{s3test.Fault{Status: http.StatusForbidden, Code: "RequestTimeTooSkewed"}, bucket.ErrUnavailable},
		{s3test.Fault{Status: http.StatusBadRequest, Code: "RequestTimeout"}, bucket.ErrUnavailable},
		{s3test.Fault{Status: http.StatusBadRequest, Code: "ExpiredToken"}, bucket.ErrCredentials},
		{s3test.Fault{Status: http.StatusForbidden, Code: "InvalidAccessKeyId"}, bucket.ErrCredentials},
		{s3test.Fault{Status: http.StatusForbidden}, bucket.ErrForbidden},
		{s3test.Fault{Status: http.StatusNotFound, Code: "NoSuchBucket"}, bucket.ErrNoBucket},
		{s3test.Fault{Status: http.StatusMovedPermanently, Code: "PermanentRedirect"}, bucket.ErrRegion},
		{s3test.Fault{Status: http.StatusBadRequest, Code: "AuthorizationHeaderMalformed"}, bucket.ErrRegion},
		{s3test.Fault{Status: http.StatusBadRequest, Code: "BadDigest"}, bucket.ErrUnavailable},
		{s3test.Fault{Status: http.StatusBadRequest, Code: "InvalidArgument"}, bucket.ErrInvalid},
		{s3test.Fault{Status: http.StatusNotFound, Body: []byte("<html/>")}, bucket.ErrInvalid},
		{s3test.Fault{Status: http.StatusForbidden, Code: "QuotaExceeded"}, bucket.ErrForbidden},
		{s3test.Fault{Status: http.StatusNotFound, Code: "NoSuchBucket", Cut: true}, bucket.ErrUnavailable},
		{s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied", Cut: true, CutAt: 20}, bucket.ErrUnavailable},
	} {
		server, b := open(t, s3test.Enabled, s3test.Config{})
		server.SetFaults(func(s3test.Request) s3test.Fault { return test.fault })
		err := b.Put(t.Context(), "a", []byte("1"), bucket.PutOptions{})
		assert.Check(t, is.ErrorIs(err, test.want), "%+v", test.fault)
		assert.Check(t, is.ErrorContains(err, `PutObject "orders" key "a"`))
	}
}

func TestErrors_SayWhatToDo(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.Deny("s3:PutObject")
	err := b.Put(t.Context(), "a", nil, bucket.PutOptions{})
	assert.Check(t, is.ErrorContains(err, "AccessDenied"))
	assert.Check(t, is.ErrorContains(err, "request id"))
	assert.Check(t, is.ErrorContains(err, "the IAM policy must allow s3:PutObject"))
	assert.Check(t, err == nil || !strings.Contains(err.Error(), s3test.SecretAccessKey))
}

func TestErrors_OfTheNetworkAreShort(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Reset() })
	_, err := b.ListVersions(t.Context(), "", bucket.Marker{})
	assert.Check(t, is.Error(err, `ListObjectVersions "orders": s3 is unavailable: read tcp: connection reset by peer`))
}

func TestErrors_TheEndOfTheContextIsItself(t *testing.T) {
	_, b := open(t, s3test.Enabled, s3test.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.ListVersions(ctx, "", bucket.Marker{})
	assert.Check(t, is.ErrorIs(err, context.Canceled))
	assert.Check(t, !errors.Is(err, bucket.ErrUnavailable))
}

func TestErrors_BeforeARequestIsSentStay(t *testing.T) {
	server := s3test.New(s3test.Config{})
	config := configOf(server)
	config.Bucket = "arn:none"
	b, err := bucket.New(config, server)
	assert.NilError(t, err)
	_, err = b.Check(t.Context(), bucket.ReadAccess, "")
	assert.Check(t, is.ErrorIs(err, bucket.ErrInvalid))
	assert.Check(t, is.ErrorContains(err, "ARN"))
}

func TestErrors_OfAPrefixWithControlBytes(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.Put(bucketName, "\x01a", nil)
	for _, access := range []bucket.Access{bucket.ReadAccess, bucket.WriteAccess} {
		_, err := b.Check(t.Context(), access, "\x01")
		assert.NilError(t, err)
	}
}

func TestRetry_WaitsLongerAndLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waits []time.Duration
		last := time.Now()
		calls := 0
		err := bucket.Retry(t.Context(), func(context.Context) error {
			if calls++; calls > 1 {
				waits = append(waits, time.Since(last))
			}
			last = time.Now()
			if calls < 50 {
				return bucket.ErrUnavailable
			}
			return bucket.ErrForbidden
		})
		assert.Check(t, is.ErrorIs(err, bucket.ErrForbidden))
		assert.Check(t, is.Len(waits, 49))
		for _, wait := range waits {
			assert.Check(t, wait <= 20*time.Second)
		}
	})
}

func TestRetry_EndsWithItsContextAndTellsBothReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		err := bucket.Retry(ctx, func(context.Context) error { return bucket.ErrUnavailable })
		assert.Check(t, is.ErrorIs(err, context.DeadlineExceeded))
		assert.Check(t, is.ErrorIs(err, bucket.ErrUnavailable))
	})
}

func TestConfig_RefusesAnEndpointThatIsNone(t *testing.T) {
	for _, endpoint := range []string{"localhost:9000", "ftp://host", "http://", "http://%zz", "https://user:secret@host"} {
		err := bucket.Config{Endpoint: endpoint}.Validate()
		assert.Check(t, is.ErrorContains(err, "aws.endpoint"), endpoint)
		assert.Check(t, err == nil || !strings.Contains(err.Error(), "secret@"), endpoint)
	}
	t.Setenv("AWS_ENDPOINT_URL_S3", "nonsense")
	assert.Check(t, is.ErrorContains(bucket.Config{}.Validate(), "AWS_ENDPOINT_URL_S3"))
}

// A page that never parses is not asked for again without end.
func TestRetry_GivesUpOnMalformedAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, b := open(t, s3test.Enabled, s3test.Config{})
		server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Malformed() })
		err := bucket.Retry(t.Context(), func(ctx context.Context) error {
			return bucket.Retry(ctx, func(ctx context.Context) error {
				_, err := b.ListVersions(ctx, "", bucket.Marker{})
				return err
			})
		})
		assert.Check(t, is.Equal(server.Count("ListObjectVersions"), 8))
		assert.Check(t, is.ErrorIs(err, bucket.ErrMalformed))
		assert.Check(t, is.ErrorIs(err, bucket.ErrInvalid))
		assert.Check(t, !errors.Is(err, bucket.ErrUnavailable), "a Retry around it would begin again")
		assert.Check(t, is.ErrorContains(err, `ListObjectVersions "orders": malformed answer: `))
		assert.Check(t, is.ErrorContains(err, "check aws.endpoint (8 times)"))
	})
}

func TestRetry_CountsMalformedAnswersInARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		err := bucket.Retry(t.Context(), func(context.Context) error {
			switch calls++; {
			case calls == 50:
				return nil
			case calls%8 == 0:
				return bucket.ErrUnavailable
			default:
				return fmt.Errorf("%w: %w", bucket.ErrUnavailable, bucket.ErrMalformed)
			}
		})
		assert.NilError(t, err)
		assert.Check(t, is.Equal(calls, 50))
	})
}

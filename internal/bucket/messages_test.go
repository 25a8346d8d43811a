// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

const kmsMessage = "User: arn:aws:iam::1:user/u is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-central-1:1:key/2"

// An object that can't be read is told from a bucket that can't.
func TestErrors_OfOneObject(t *testing.T) {
	for _, test := range []struct {
		status        int
		code, message string
		want          error
		says          string
	}{
		{403, "InvalidObjectState", "The operation is not valid for the object's storage class", bucket.ErrArchived, "restore it"},
		{403, "AccessDenied", kmsMessage, bucket.ErrEncrypted, "the policy of the KMS key, and the IAM policy, must allow kms:Decrypt"},
		{400, "KMS.DisabledException", "arn:aws:kms:1:key/2 is disabled.", bucket.ErrEncrypted, "be enabled"},
		{400, "KMS.NotFoundException", "Key does not exist", bucket.ErrEncrypted, "it must exist"},
		{400, "KMS.KMSInvalidStateException", "arn is pending deletion.", bucket.ErrEncrypted, "scheduled for deletion"},
		{
			400, "InvalidRequest",
			"The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
			bucket.ErrEncrypted, "SSE-C",
		},
		{400, "KMS.ThrottlingException", "You have exceeded the rate", bucket.ErrUnavailable, "KMS.ThrottlingException"},
		{500, "KMS.InternalException", "", bucket.ErrUnavailable, "KMS.InternalException"},
		{400, "RequestThrottled", "", bucket.ErrUnavailable, "RequestThrottled"},
		{400, "RequestThrottledException", "", bucket.ErrUnavailable, "RequestThrottledException"},
		{400, "ThrottlingException", "", bucket.ErrUnavailable, "ThrottlingException"},
		{403, "Throttling", "", bucket.ErrUnavailable, "Throttling"},
		{400, "SlowDownRead", "", bucket.ErrUnavailable, "SlowDownRead"},
		{403, "AccessDenied", "Access Denied", bucket.ErrForbidden, "the IAM policy must allow s3:GetObjectVersion"},
		{403, "AccessDenied", "not authorized with an explicit deny in a resource-based policy", bucket.ErrForbidden, "denies s3:GetObjectVersion explicitly"},
		{403, "AccessDenied", "Bucket is requester pays bucket but no x-amz-request-payer header provided", bucket.ErrForbidden, "or the bucket is requester-pays"},
		{400, "KMSKeyNotFoundException", "", bucket.ErrEncrypted, "it must exist"}, // MinIO
		{501, "KMSNotConfigured", "", bucket.ErrEncrypted, "KMSNotConfigured"},
		{400, "InvalidRequest", "Something", bucket.ErrInvalid, "Something"},
	} {
		server, b := open(t, s3test.Enabled, s3test.Config{})
		server.SetFaults(func(s3test.Request) s3test.Fault {
			return s3test.Fault{Status: test.status, Code: test.code, Message: test.message}
		})
		_, err := b.Get(t.Context(), bucket.Version{Key: "a", VersionID: "1"}, 0)
		assert.Check(t, is.ErrorIs(err, test.want), test.code)
		assert.Check(t, is.ErrorContains(err, test.says))
		for _, other := range []error{bucket.ErrForbidden, bucket.ErrArchived, bucket.ErrEncrypted, bucket.ErrUnavailable, bucket.ErrInvalid} {
			assert.Check(t, errors.Is(err, other) == errors.Is(test.want, other), "%s is also %v", test.code, other)
		}
	}
}

func TestErrors_OfAWriteNameTheKMSAction(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.SetFaults(func(s3test.Request) s3test.Fault {
		return s3test.Fault{Status: 403, Code: "AccessDenied", Message: "not authorized to perform: kms:GenerateDataKey on this"}
	})
	err := b.Put(t.Context(), "a", nil, bucket.PutOptions{})
	assert.Check(t, is.ErrorIs(err, bucket.ErrForbidden))
	assert.Check(t, is.ErrorContains(err, "must allow kms:GenerateDataKey"))
}

// xmlError is an error as S3 writes it.
func xmlError(code string) string {
	return "<Error><Code>" + code + "</Code><Message>" + code + "</Message></Error>"
}

// Each says the cause, and the parameter that it is about.
func TestErrors_OfAnEndpointNameTheCause(t *testing.T) {
	for name, test := range map[string]struct {
		endpoint string
		status   int
		location string
		body     string
		want     error
		says     string
	}{
		"http is redirected to https": {
			"http://s3.test:80", 301, "https://s3.test/orders?versions", "<html>moved</html>",
			bucket.ErrInvalid, "the endpoint redirects to https: set aws.endpoint to https://s3.test",
		},
		"http is redirected to https, without a body": {
			"http://s3.test", 308, "https://s3.test/orders?versions", "",
			bucket.ErrInvalid, "set aws.endpoint to https://s3.test",
		},
		"another region": {
			"https://s3.test", 301, "", xmlError("PermanentRedirect"), bucket.ErrRegion, "set aws.region",
		},
		"another region, over http": {
			"http://s3.test", 301, "https://s3.eu.test/", xmlError("PermanentRedirect"), bucket.ErrRegion, "set aws.region",
		},
		"the bucket's name in the endpoint": {
			"http://s3.test/orders", 404, "", xmlError("NoSuchKey"), bucket.ErrInvalid, "aws.endpoint must not hold the bucket's name",
		},
		"the bucket's name in the endpoint's host": {
			"http://orders.s3.test", 404, "", xmlError("NoSuchKey"), bucket.ErrInvalid, "aws.endpoint must not hold the bucket's name",
		},
		"the bucket's name in the endpoint, of another store": {
			"http://s3.test/orders/", 404, "", "", bucket.ErrInvalid, "aws.endpoint must not hold the bucket's name",
		},
		"the bucket's name in the endpoint, and an object of that name": {
			"http://s3.test/orders/", 200, "", "bytes", bucket.ErrMalformed, "aws.endpoint must not hold the bucket's name",
		},
		"http to a TLS port of Go": {
			"http://s3.test:443", 400, "", "Client sent an HTTP request to an HTTPS server.\n",
			bucket.ErrInvalid, "set aws.endpoint to https://s3.test:443",
		},
		"http to a TLS port of nginx": {
			"http://s3.test:443", 400, "", "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>",
			bucket.ErrInvalid, "set aws.endpoint to https://s3.test:443",
		},
		"a web page": {
			"http://s3.test", 200, "", "<!DOCTYPE html><html><p>Welcome<br></html>",
			bucket.ErrMalformed, "the endpoint answers with something else than S3: check aws.endpoint",
		},
		"JSON": {
			"http://s3.test", 200, "", `{"ok":true}`, bucket.ErrMalformed, "something else than S3: check aws.endpoint",
		},
		"a missing web page": {
			"http://s3.test", 404, "", "<html>not found</html>", bucket.ErrInvalid, "something else than S3: check aws.endpoint",
		},
		"a forbidden web page": {
			"http://s3.test", 403, "", "forbidden", bucket.ErrForbidden, "something else than S3: check aws.endpoint",
		},
		"a proxy that fails": {"http://s3.test", 502, "", "<html>bad gateway</html>", bucket.ErrUnavailable, "status 502"},
	} {
		t.Run(name, func(t *testing.T) {
			b := answering(t, test.endpoint, func(r *http.Request) (*http.Response, error) {
				header := http.Header{}
				if test.location != "" {
					header.Set("Location", test.location)
				}
				return says(test.status, header, bodyOf(test.body))(r)
			})
			for _, access := range []bucket.Access{bucket.ReadAccess, bucket.WriteAccess} {
				if access == bucket.WriteAccess && errors.Is(test.want, bucket.ErrForbidden) {
					continue // which a writer need not be allowed
				}
				_, err := b.Check(t.Context(), access, "")
				assert.Check(t, is.ErrorIs(err, test.want))
				assert.Check(t, is.ErrorContains(err, test.says))
			}
		})
	}
}

// What the network says is tried with the client that the plugin uses.
func TestErrors_OfAConnectionNameTheParameter(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	host := func(url string) string { _, h, _ := strings.Cut(url, "://"); return h }
	for _, test := range []struct {
		endpoint string
		want     error
		says     string
	}{
		{"https://" + host(plain.URL), bucket.ErrInvalid, "set aws.endpoint to http://" + host(plain.URL)},
		{secure.URL, bucket.ErrUnavailable, "the certificate of aws.endpoint is not trusted: add its authority to the system's certificate store"},
	} {
		config := configOf(s3test.New(s3test.Config{}))
		config.Endpoint = test.endpoint
		b, err := bucket.New(config, nil)
		assert.NilError(t, err)
		_, err = b.Check(t.Context(), bucket.ReadAccess, "")
		b.Close()
		assert.Check(t, is.ErrorIs(err, test.want), test.endpoint)
		assert.Check(t, is.ErrorContains(err, test.says), test.endpoint)
	}
}

// The port of TLS breaks the connection after its answer to plain http, which has
// no header.
func TestErrors_OfATLSPortWhoseAnswerBreaks(t *testing.T) {
	b := answering(t, "http://s3.test:443", func(r *http.Request) (*http.Response, error) {
		broken := io.MultiReader(bodyOf("Client"), iotest.ErrReader(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}))
		return says(400, nil, io.NopCloser(broken))(r)
	})
	_, err := b.Check(t.Context(), bucket.ReadAccess, "")
	assert.Check(t, is.ErrorIs(err, bucket.ErrInvalid))
	assert.Check(t, is.ErrorContains(err, "set aws.endpoint to https://s3.test:443"))
}

func TestErrors_OfAnUnknownHostNameTheParameter(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	t.Setenv("AWS_ENDPOINT_URL", "")
	for endpoint, want := range map[string]string{"": "aws.region", "http://nowhere.test": "aws.endpoint"} {
		b := answering(t, endpoint, func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("dial: %w", &net.DNSError{Err: "no such host", Name: r.URL.Host, IsNotFound: true})
		})
		_, err := b.Check(t.Context(), bucket.ReadAccess, "")
		assert.Check(t, is.ErrorIs(err, bucket.ErrUnavailable))
		assert.Check(t, is.ErrorContains(err, "check "+want))
	}
}

// Whatever answers, opening a bucket ends within 10 seconds.
func TestConnect_ToSomethingElseThanS3EndsSoon(t *testing.T) {
	for name, page := range map[string]string{"a web page": "<html>Welcome</html>", "nothing": "", "half a listing": "<ListVersionsResult/>"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits for some seconds
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, page) }))
			defer server.Close()
			config := configOf(s3test.New(s3test.Config{}))
			config.Endpoint = server.URL
			_, _, err := bucket.Connect(t.Context(), config, bucket.ReadAccess, "")
			assert.Check(t, is.ErrorIs(err, bucket.ErrMalformed))
			assert.Check(t, is.ErrorContains(err, "check aws.endpoint"))
		})
	}
}

func TestConfig_RefusesABucketsARN(t *testing.T) {
	for _, arn := range []string{"arn:aws:s3:::orders", "arn:aws-cn:s3:::orders", "arn:aws:s3:::orders/*"} {
		err := bucket.Config{Bucket: arn}.Validate()
		assert.Check(t, is.Error(err, `aws.bucket: give the bucket's name, "orders", not its ARN`))
	}
	for _, name := range []string{"orders", "arn:aws:s3:eu-central-1:123456789012:accesspoint/name", "arn.is-a-name"} {
		assert.NilError(t, bucket.Config{Bucket: name}.Validate())
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

const (
	// maxAnswer bounds the body of every answer but an object's. A page of a
	// listing with 1,000 keys of 1,024 bytes, percent-encoded, has about 4 MiB.
	maxAnswer = 16 << 20
	// maxError bounds the body of an error.
	maxError = 1 << 20
	// maxHeader bounds the header of an answer.
	maxHeader = 1 << 20
	// headSize is how much of an error's body is kept to tell who answered.
	headSize = 512
)

// errTooLong says that an answer is longer than any of S3's.
var errTooLong = errors.New("the answer is too long")

// HTTPClient sends requests; an *http.Client is one.
type HTTPClient interface {
	Do(*http.Request) (*http.Response, error)
}

// boundedClient bounds the bodies of answers, since an endpoint may send any
// amount and the SDK reads all of it into memory.
type boundedClient struct{ HTTPClient }

// Do sends a request. It asks for the bytes as they are stored, in a header that
// is not signed, because Google Cloud Storage changes it on the way.
func (c boundedClient) Do(r *http.Request) (*http.Response, error) {
	encoding, isObject := r.Context().Value(objectBody{}).(string)
	if !isObject {
		encoding = identity
	}
	r.Header.Set("Accept-Encoding", encoding)
	resp, err := c.HTTPClient.Do(r)
	if err != nil || resp == nil || resp.Body == nil {
		return resp, err
	}
	switch isError := resp.StatusCode >= http.StatusMultipleChoices; {
	case isError:
		resp.Body = &boundedBody{ReadCloser: resp.Body, left: maxError, limit: maxError, isError: true}
	case !isObject:
		resp.Body = &boundedBody{ReadCloser: resp.Body, left: maxAnswer, limit: maxAnswer}
	}
	return resp, nil
}

// The encodings of an answer that are asked for.
const (
	identity = "identity" // as it is stored, to most stores
	gzip     = "gzip"     // to those that decompress for who does not accept it
)

// objectBody is the key of a context whose request is answered by an object's
// bytes, which whoever sends it bounds. Its value is the encoding to ask for.
type objectBody struct{}

func withObjectBody(ctx context.Context, encoding string) context.Context {
	return context.WithValue(ctx, objectBody{}, encoding)
}

// boundedBody is the body of an answer. It ends with errTooLong after limit bytes.
type boundedBody struct {
	io.ReadCloser
	left, limit int64
	isError     bool
	head        []byte // the first bytes of an error's body
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.isError && len(b.head) < headSize {
		b.head = append(b.head, p[:min(n, headSize-len(b.head))]...)
	}
	b.left -= int64(n)
	if b.left < 0 {
		b.left = 0
		return 0, fmt.Errorf("%w: more than %d bytes", errTooLong, b.limit)
	}
	return n, err
}

// newHTTPClient returns a client without a time-out for answers: each request has
// one of its own, in its context.
func newHTTPClient() *http.Client {
	transport := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns = idleConnections
		t.MaxIdleConnsPerHost = idleConnections
		t.MaxResponseHeaderBytes = maxHeader
		// An object that is stored compressed is read as it is stored.
		t.DisableCompression = true
	}).GetTransport()
	return &http.Client{
		Transport: transport,
		// A redirect says that the bucket is in another region; following it
		// would send a signature that is wrong there.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

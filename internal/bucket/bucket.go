// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package bucket is the only code that talks to S3. It owns the client, the
// requests and the errors that explain; it knows nothing of Conduit.
package bucket

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
)

const (
	// requestTimeout bounds one attempt of a request that is small, as its answer.
	requestTimeout = time.Minute
	// stallTimeout bounds the wait for an object's header and for the next bytes
	// of its body, in both directions.
	stallTimeout = 30 * time.Second
	// storedTimeout bounds the wait for an answer once the bytes of an object or
	// a part are sent. A store that is busy answers when it has written them.
	storedTimeout = 5 * time.Minute
	// idleConnections is how many connections are kept for the next requests,
	// enough for every request that the connector sends at a time.
	idleConnections = 64
)

// Bucket is one bucket of an S3 store. A method that is named after a request of
// S3 tries once. Store, Remove and Connect retry, as Retry does, until their
// context ends. A Bucket is safe for concurrent use; Close it when no request is
// under way any more.
type Bucket struct {
	name     string
	endpoint string // the URL of the store, empty for AWS itself
	isAWS    bool
	client   *s3.Client
	close    func()
	listing  atomic.Int32      // listsUnknown, listsVersions or listsObjects
	answers  sync.Pool         // of *bytes.Buffer, for answers of listings
	wholes   buffers           // for objects that are stored with one request
	parts    buffers           // for parts of objects
	secrets  *strings.Replacer // takes the credentials out of messages
}

// New returns a client of cfg's bucket without sending anything. Requests go
// through client; if it is nil, through connections of the bucket's own.
func New(cfg Config, client HTTPClient) (*Bucket, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	_, endpoint := cfg.endpoint()
	b := &Bucket{
		name: cfg.Bucket, endpoint: endpoint, isAWS: isAWS(endpoint), close: func() {},
		secrets: newSecrets(cfg.AccessKeyID, cfg.SecretAccessKey),
	}
	if client == nil {
		c := newHTTPClient()
		client, b.close = c, c.CloseIdleConnections
	}
	config := aws.Config{
		Region:      cfg.Region,
		Credentials: credentials.NewStaticCredentialsProvider(cfg.AccessKeyID, cfg.SecretAccessKey, ""),
		HTTPClient:  boundedClient{client},
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		// Put and Store send checksums of their own, as headers that every
		// store understands or ignores; the SDK's default is a trailer that older
		// stores refuse.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		// Get asks for the checksums that it verifies.
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	}
	b.client = s3.NewFromConfig(config, func(o *s3.Options) {
		if endpoint != "" {
			o.BaseEndpoint = aws.String(endpoint)
			o.UsePathStyle = true
		}
		o.DisableLogOutputChecksumValidationSkipped = true
		o.APIOptions = append(o.APIOptions, removeAcceptEncoding)
	})
	return b, nil
}

// Close frees the connections that wait idle.
func (b *Bucket) Close() { b.close() }

// removeAcceptEncoding leaves Accept-Encoding to boundedClient: the SDK would sign it.
func removeAcceptEncoding(stack *middleware.Stack) error {
	const id = "DisableAcceptEncodingGzip"
	if _, ok := stack.Finalize.Get(id); !ok {
		return nil
	}
	_, err := stack.Finalize.Remove(id)
	return err
}

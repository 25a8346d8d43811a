// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package store is the S3 store that the benchmark measures against: the
// server of the tests, with AWS's semantics, on a loopback port of this process.
package store

import (
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/conduitio/conduit-connector-s3/source"
)

// Store is a server that runs. Its bytes lie in this process's memory.
type Store struct {
	*s3test.Server
	behind atomic.Int64 // nanoseconds of the server's clock
	url    string
	server *http.Server
}

// Start returns a store without buckets. Close it.
func Start() (*Store, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the S3 store: %w", err)
	}
	s := &Store{url: "http://" + listener.Addr().String()}
	s.Server = s3test.New(s3test.Config{Clock: func() time.Time { return time.Now().Add(-time.Duration(s.behind.Load())) }})
	s.server = &http.Server{Handler: s.Server, ReadHeaderTimeout: time.Minute}
	go s.server.Serve(listener) //nolint:errcheck // it ends with Close
	return s, nil
}

// Close breaks all connections.
func (s *Store) Close() { _ = s.server.Close() }

// age is how old the objects are that Fill makes: older than any look-back.
const age = time.Hour

// Fill makes a bucket with versioning that holds n objects of size bytes, all
// of them with the same content.
func (s *Store) Fill(bucket string, n, size int) {
	s.CreateBucket(bucket, s3test.Enabled)
	body, modified := make([]byte, size), time.Now().Add(-age)
	s.PutAll(bucket, func(yield func(s3test.Entry) bool) {
		for i := range n {
			if !yield(s3test.Entry{Key: fmt.Sprintf("orders/%07d.json", i), Body: body, LastModified: modified}) {
				return
			}
		}
	})
}

// FillKey makes a bucket with versioning that holds n versions of one key.
func (s *Store) FillKey(bucket string, n int) {
	s.CreateBucket(bucket, s3test.Enabled)
	modified := time.Now().Add(-age)
	s.PutAll(bucket, func(yield func(s3test.Entry) bool) {
		for range n {
			if !yield(s3test.Entry{Key: "orders/0000000.json", LastModified: modified}) {
				return
			}
		}
	})
}

// InitiateUploads begins n multipart uploads that stay in progress. Nothing may be
// asked of the store meanwhile.
func (s *Store) InitiateUploads(bucket string, n int) {
	s.behind.Store(int64(age))
	defer s.behind.Store(0)
	for i := range n {
		s.InitiateUpload(bucket, fmt.Sprintf("uploads/%07d.bin", i))
	}
}

// Settings are the connector's settings for a bucket.
func (s *Store) Settings(bucket string) map[string]string {
	return map[string]string{
		source.ConfigAwsAccessKeyId:     s3test.AccessKeyID,
		source.ConfigAwsSecretAccessKey: s3test.SecretAccessKey,
		source.ConfigAwsRegion:          s.Region(),
		source.ConfigAwsEndpoint:        s.url,
		source.ConfigAwsBucket:          bucket,
	}
}

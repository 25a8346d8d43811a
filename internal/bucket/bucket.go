// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package bucket is the only code that talks to S3. It owns the client, the
// requests and the errors that explain; it knows nothing of Conduit.
package bucket

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Version is one entry of a listing of versions: a state of an object or a
// delete marker.
type Version struct {
	Key          string
	VersionID    string // "null" for what was written without versioning
	ETag         string // as S3 sends it, with its quotes; empty for a delete marker
	Size         int64
	LastModified time.Time
	IsLatest     bool
	DeleteMarker bool
}

// Marker is where a listing of versions goes on: behind this version of this
// key or, without a version id, behind every version of the key.
type Marker struct {
	Key       string
	VersionID string
}

// Page is one answer of a listing of versions.
type Page struct {
	Versions []Version // in the order of the listing: keys ascending, newest version first
	Next     Marker    // where the next page begins; meaningful if More
	More     bool
	Time     time.Time // the server's time, from the Date header
}

// Object is what GET answers. The caller closes Body.
type Object struct {
	Body         io.ReadCloser
	Size         int64
	ETag         string
	VersionID    string
	ContentType  string
	LastModified time.Time
	Metadata     map[string]string // user metadata; keys in lower case
}

// PutOptions are the parts of a PUT beside key and body.
type PutOptions struct {
	ContentType string
}

// Bucket is one bucket of an S3 store. It is safe for concurrent use.
type Bucket struct{}

// HTTPClient sends requests; an *http.Client is one.
type HTTPClient interface {
	Do(*http.Request) (*http.Response, error)
}

// New returns a client of cfg's bucket without sending anything. A nil client
// means one of its own.
func New(cfg Config, client HTTPClient) (*Bucket, error) { return &Bucket{}, nil }

// Close frees the connections that wait idle.
func (b *Bucket) Close() {}

// Put stores body under key and returns when S3 has answered.
func (b *Bucket) Put(ctx context.Context, key string, body []byte, opts PutOptions) error { return nil }

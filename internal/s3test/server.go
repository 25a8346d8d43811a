// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package s3test is an S3 server inside the test process, with AWS's exact
// semantics where the connector can tell the difference: whole-second times,
// listings with both markers, multipart objects that bear the time of their
// initiation, conditional writes, checksums and verified signatures. Its quirks
// are those of other stores. It owns the server and the faults that a test
// injects; it knows neither the connector nor Conduit, and is imported only by
// tests. What it has in common with real servers is checked by its contract.
package s3test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// The credentials that a server knows unless Config names others.
const (
	AccessKeyID     = "testaccess"
	SecretAccessKey = "testsecret123"
)

const (
	defaultRegion = "us-east-1"
	maxPage       = 1000
)

// Server is an S3 server in the test process. It is an http.Handler and also
// an HTTP client for the AWS SDK (Do), which needs neither sockets nor
// goroutines and so works in a testing/synctest bubble. It is safe for
// concurrent use.
type Server struct {
	config Config
	log    requestLog

	control struct {
		sync.Mutex
		faults   func(Request) Fault
		latency  time.Duration
		pageSize int
		denied   map[string]bool
	}

	sequence atomic.Uint64 // last number given to a version, an upload or a request

	mu      sync.RWMutex // guards all that follows
	buckets map[string]*bucket
}

// New returns a server without buckets.
func New(config Config) *Server {
	if config.Region == "" {
		config.Region = defaultRegion
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if len(config.Credentials) == 0 {
		config.Credentials = []Credentials{{AccessKeyID: AccessKeyID, SecretAccessKey: SecretAccessKey}}
	}
	s := &Server{config: config, buckets: map[string]*bucket{}}
	s.control.faults = config.Faults
	s.control.latency = config.Latency
	s.control.pageSize = config.PageSize
	s.control.denied = map[string]bool{}
	return s
}

// Region is the region of the server.
func (s *Server) Region() string { return s.config.Region }

// SetFaults replaces the hook that is consulted for each request, before the
// request takes effect. The hook runs outside the server's locks, so it may
// call the server's own methods: a request is then also a place to interleave
// changes. It may be called concurrently; nil means no faults.
func (s *Server) SetFaults(faults func(Request) Fault) {
	s.control.Lock()
	defer s.control.Unlock()
	s.control.faults = faults
}

// SetLatency sets what every request waits before it is handled.
func (s *Server) SetLatency(latency time.Duration) {
	s.control.Lock()
	defer s.control.Unlock()
	s.control.latency = latency
}

// SetPageSize caps the entries of each listing's page; zero means 1000.
func (s *Server) SetPageSize(size int) {
	s.control.Lock()
	defer s.control.Unlock()
	s.control.pageSize = size
}

// Deny takes permissions away from all identities, by their IAM names, for
// example "s3:ListBucketVersions". Requests that need one are answered with
// AccessDenied.
func (s *Server) Deny(actions ...string) {
	s.control.Lock()
	defer s.control.Unlock()
	for _, action := range actions {
		s.control.denied[action] = true
	}
}

// Allow gives permissions back that Deny took away.
func (s *Server) Allow(actions ...string) {
	s.control.Lock()
	defer s.control.Unlock()
	for _, action := range actions {
		delete(s.control.denied, action)
	}
}

func (s *Server) denies(action string) bool {
	s.control.Lock()
	defer s.control.Unlock()
	return s.control.denied[action]
}

// pageLimit is how many entries a page may hold when a client asks for asked.
func (s *Server) pageLimit(asked int) int {
	s.control.Lock()
	defer s.control.Unlock()
	limit := min(asked, maxPage)
	if s.control.pageSize > 0 {
		limit = min(limit, s.control.pageSize)
	}
	return limit
}

func (s *Server) faultFor(r Request) (Fault, time.Duration) {
	s.control.Lock()
	faults, latency := s.control.faults, s.control.latency
	s.control.Unlock()
	if faults == nil {
		return Fault{}, latency
	}
	return faults(r), latency
}

// CreateBucket makes an empty bucket in the server's region.
func (s *Server) CreateBucket(name string, versioning Versioning) {
	s.CreateBucketIn(name, s.config.Region, versioning)
}

// CreateBucketIn makes an empty bucket in a region. Requests that are signed
// for another one are answered as AWS does.
func (s *Server) CreateBucketIn(name, region string, versioning Versioning) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets[name] = s.newBucket(name, region, versioning)
}

// RemoveBucket removes a bucket with all that it holds.
func (s *Server) RemoveBucket(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.buckets, name)
}

// SetVersioning changes a bucket's versioning state.
func (s *Server) SetVersioning(bucket string, versioning Versioning) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.must(bucket).versioning = versioning
}

// SetPublic lets anonymous requests read and list a bucket, or not.
func (s *Server) SetPublic(bucket string, public bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.must(bucket).public = public
}

// SetObjectLock gives a bucket Object Lock, or takes it away: with it, S3
// refuses uploads that it can't verify.
func (s *Server) SetObjectLock(bucket string, locked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.must(bucket).locked = locked
}

// must returns a bucket that the test itself has created; that it has not is
// a mistake in the test. The caller holds the lock.
func (s *Server) must(name string) *bucket {
	b := s.buckets[name]
	if b == nil {
		panic(fmt.Sprintf("s3test: bucket %q was not created", name))
	}
	return b
}

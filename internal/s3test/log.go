// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Request is what the server knows about one request, for the faults hook and
// for the log.
type Request struct {
	Op        string // S3's name of the operation: GetObject, ListObjectVersions, …
	Bucket    string
	Key       string
	VersionID string
	Query     url.Values
	N         int         // which request of its Op this is, from 1
	Attempt   int         // which attempt of the AWS client this is, from 1
	Time      time.Time   // of its arrival
	Ended     time.Time   // when its answer was ready; zero while it runs
	Status    int         // the status answered; 0 while it runs and where the connection broke
	Header    http.Header // for the hook alone: the log does not keep it
}

// requestLog counts and keeps what was asked.
type requestLog struct {
	mu       sync.Mutex
	requests []*Request
	counts   map[string]int
	running  map[string]int
	peaks    map[string]int
	bodies   int
	peakBody int
}

// anyOp counts the requests of all operations together.
const anyOp = ""

// begin notes a request, numbers it and returns its entry.
func (l *requestLog) begin(r *Request) *Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts, l.running, l.peaks = map[string]int{}, map[string]int{}, map[string]int{}
	}
	for _, op := range []string{anyOp, r.Op} {
		l.counts[op]++
		l.running[op]++
		l.peaks[op] = max(l.peaks[op], l.running[op])
	}
	r.N = l.counts[r.Op]
	entry := *r
	entry.Header = nil
	l.requests = append(l.requests, &entry)
	return &entry
}

func (l *requestLog) end(entry *Request, status int, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running[anyOp]--
	l.running[entry.Op]--
	entry.Status, entry.Ended = status, now
}

func (l *requestLog) openBody(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bodies += n
	l.peakBody = max(l.peakBody, l.bodies)
}

// Requests returns the log: all requests so far, in the order of their arrival.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	all := make([]Request, len(s.log.requests))
	for i, r := range s.log.requests {
		all[i] = *r
	}
	return all
}

// Count returns how many requests for an operation there were, or for all
// operations if op is empty.
func (s *Server) Count(op string) int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.counts[op]
}

// PeakConcurrency returns how many requests for an operation were being
// handled at once, at most; for all operations if op is empty.
func (s *Server) PeakConcurrency(op string) int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.peaks[op]
}

// OpenBodies returns how many bodies of Do's answers have not been closed, and
// how many were open at once, at most.
func (s *Server) OpenBodies() (now, peak int) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.bodies, s.log.peakBody
}

// ResetLog forgets the requests so far, their counts and high-water marks.
func (s *Server) ResetLog() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.requests = nil
	clear(s.log.counts)
	clear(s.log.peaks)
	s.log.peakBody = s.log.bodies
}

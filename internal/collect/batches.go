// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"bytes"
	"sync"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
)

// stream is a stream whose server's side receives batches.
type stream struct {
	pconnector.DestinationRunStream
	server *batches
}

func (s *stream) Server() pconnector.DestinationRunStreamServer { return s.server }

// batches collects what a stream receives. While a batch is being written, only
// one request is received in advance.
type batches struct {
	pconnector.DestinationRunStreamServer
	size  int
	delay time.Duration
	stop  *stop

	requests chan request
	ended    <-chan struct{}  // closed when nobody calls Recv any longer
	rest     []opencdc.Record // that were received together with the batch before
}

// request is what Conduit has sent at once, or why there is no more.
type request struct {
	records []opencdc.Record
	err     error
}

// receive hands on what comes in, until an error.
func (b *batches) receive() {
	for {
		req, err := b.DestinationRunStreamServer.Recv()
		select {
		case b.requests <- request{req.Records, err}:
		case <-b.ended:
			return
		}
		if err != nil {
			return
		}
	}
}

// Recv blocks until a batch has ended, and returns it. When the stream ends,
// what was collected since is dropped: nobody could acknowledge it.
func (b *batches) Recv() (pconnector.DestinationRunRequest, error) {
	batch := b.rest
	b.rest = nil
	stopped := b.stop.called
	var late <-chan time.Time
	for {
		if late == nil && len(batch) > 0 && b.delay > 0 {
			timer := time.NewTimer(b.delay)
			defer timer.Stop()
			late = timer.C
		}
		if b.full(batch) || b.stop.endsWith(batch) {
			return b.cut(batch), nil
		}
		select {
		case req := <-b.requests:
			if req.err != nil {
				return pconnector.DestinationRunRequest{}, req.err
			}
			batch = append(batch, req.records...)
		case <-late:
			return b.cut(batch), nil
		case <-stopped:
			stopped = nil // and look at the batch again
		}
	}
}

func (b *batches) full(batch []opencdc.Record) bool { return b.size > 0 && len(batch) >= b.size }

// cut keeps what is too much for one batch for the next.
func (b *batches) cut(batch []opencdc.Record) pconnector.DestinationRunRequest {
	if b.size > 0 && len(batch) > b.size {
		batch, b.rest = batch[:b.size:b.size], batch[b.size:]
	}
	return pconnector.DestinationRunRequest{Records: batch}
}

// stop is when a run is to end.
type stop struct {
	once   sync.Once
	called chan struct{}
	last   opencdc.Position // set before called is closed
}

func newStop() *stop { return &stop{called: make(chan struct{})} }

// at ends the run after the record with the position last. Only the first call
// counts.
func (s *stop) at(last opencdc.Position) {
	s.once.Do(func() {
		s.last = last
		close(s.called)
	})
}

// endsWith says whether the batch is not empty and ends the run.
func (s *stop) endsWith(batch []opencdc.Record) bool {
	select {
	case <-s.called:
		return len(batch) > 0 && bytes.Equal(batch[len(batch)-1].Position, s.last)
	default:
		return false
	}
}

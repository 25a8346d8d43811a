// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package jsonlines

import (
	"errors"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/crash"
	"golang.org/x/sync/errgroup"
)

// blockSize is the number of records in a block. The hash of records depends on it.
const blockSize = 64

// blockCount returns the number of blocks of recs.
func blockCount(recs []opencdc.Record) int { return (len(recs) + blockSize - 1) / blockSize }

// inBlocks calls do for each block of recs, on all processors, each of which has its
// own worker. Blocks are started in their order, and none after an error of do,
// which is returned.
func inBlocks[W any](recs []opencdc.Record, worker func() W, do func(w W, block int, recs []opencdc.Record) error) error {
	all := slices.Collect(slices.Chunk(recs, blockSize))
	var next atomic.Int64
	var group errgroup.Group
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		group.Go(func() error {
			w := worker()
			for {
				block := int(next.Add(1)) - 1
				if block >= len(all) {
					return nil
				}
				if err := crash.Catch(func() error { return do(w, block, all[block]) }); err != nil {
					next.Store(int64(len(all)))
					return err
				}
			}
		})
	}
	return group.Wait()
}

// errStopped is the error of a block after one that could not be written.
var errStopped = errors.New("stopped")

// orderedWriter writes blocks that are made in parallel to one writer, in their
// order.
type orderedWriter struct {
	w       io.Writer
	mu      sync.Mutex
	moved   sync.Cond
	next    int // the block to be written
	stopped bool
}

func newOrderedWriter(w io.Writer) *orderedWriter {
	q := &orderedWriter{w: w}
	q.moved.L = &q.mu
	return q
}

// write calls do with a writer that blocks until all earlier blocks are written. It
// returns when the block is written. All earlier blocks must have been started.
// Nothing is written after an error of do.
func (q *orderedWriter) write(block int, do func(io.Writer) error) error {
	err := crash.Catch(func() error { return do(blockWriter{q, block}) })
	if err == nil {
		err = q.wait(block)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.next = block + 1
	q.stopped = q.stopped || err != nil
	q.moved.Broadcast()
	if errors.Is(err, errStopped) {
		return nil // the earlier block returns the cause
	}
	return err
}

func (q *orderedWriter) wait(block int) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.next != block && !q.stopped {
		q.moved.Wait()
	}
	if q.stopped {
		return errStopped
	}
	return nil
}

// blockWriter writes a block when all earlier blocks are written.
type blockWriter struct {
	queue *orderedWriter
	block int
}

func (t blockWriter) Write(p []byte) (int, error) {
	if err := t.queue.wait(t.block); err != nil {
		return 0, err
	}
	return t.queue.w.Write(p)
}

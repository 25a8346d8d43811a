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
	"golang.org/x/sync/errgroup"
)

// blockSize is how many records a goroutine takes at a time. The hash of
// records depends on it.
const blockSize = 64

// blockCount returns how many blocks recs have.
func blockCount(recs []opencdc.Record) int { return (len(recs) + blockSize - 1) / blockSize }

// inBlocks calls do for each block of recs, on all processors, each with a worker
// of its own. It returns an error of do, after which it begins no other block.
// Blocks are begun in their order.
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
				if err := do(w, block, all[block]); err != nil {
					next.Store(int64(len(all)))
					return err
				}
			}
		})
	}
	return group.Wait()
}

// errStopped says that a block in front could not be written.
var errStopped = errors.New("stopped")

// orderedWriter hands what is written of several blocks at a time to one writer, in the
// order of the blocks.
type orderedWriter struct {
	w       io.Writer
	mu      sync.Mutex
	moved   sync.Cond
	next    int // the block whose turn it is
	stopped bool
}

func newOrderedWriter(w io.Writer) *orderedWriter {
	q := &orderedWriter{w: w}
	q.moved.L = &q.mu
	return q
}

// write calls do with a writer that blocks until it is the turn of a block, and
// returns once that was written. All blocks in front must have been begun. After
// an error of do, nothing more is written.
func (q *orderedWriter) write(block int, do func(io.Writer) error) error {
	err := do(blockWriter{q, block})
	if err == nil {
		err = q.wait(block)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.next = block + 1
	q.stopped = q.stopped || err != nil
	q.moved.Broadcast()
	if errors.Is(err, errStopped) {
		return nil // whoever stopped it says why
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

// blockWriter is the writer of a block.
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

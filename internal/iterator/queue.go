// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"golang.org/x/sync/semaphore"
)

// maxQueue bounds the items that wait for delivery.
const maxQueue = 1024

// item is the next step in the order of delivery: a finding or none, and always a
// checkpoint.
type item struct {
	mode       position.Mode // of the position after it
	finding    *finding
	watermark  int64 // everything that was modified before was delivered after it
	checkpoint position.Checkpoint
	// Since when, and if lostAfterKey after which key, uploads are lost after it. It
	// is 0 if that is not known.
	lost         int64
	lostAfterKey bool

	ready    chan struct{} // closed once object and err are set, and finding is the state that was read
	object   bucket.Object
	replaced bool // the state that was read has replaced the one that was found
	// The times, by the queue's logical clock, when the scan that found it had ended,
	// and when the GET that read it was sent and answered. The last two are 0 for an
	// item that is not read.
	listed, sent, answered int64

	err   error // why the object can't be read
	bytes int64 // of the buffer, given back after delivery
}

// queue is the line of items between the reading and the delivery. Their objects
// are read ahead, several at a time.
type queue struct {
	fetcher   fetcher
	line      chan *item // in the order of delivery
	size      int64      // of buffer
	buffer    *semaphore.Weighted
	jobs      chan *item // to the goroutines that read
	unstarted int        // how many more of them may be started
	fetchers  sync.WaitGroup
}

func newQueue(store Store, config Config) *queue {
	return &queue{
		fetcher:   fetcher{store: store, clock: new(atomic.Int64), maxSize: config.MaxObjectSize, givesUp: config.SkipUnreadable, quote: config.quote},
		line:      make(chan *item, maxQueue),
		size:      config.FetchBuffer,
		buffer:    semaphore.NewWeighted(config.FetchBuffer),
		jobs:      make(chan *item),
		unstarted: config.FetchConcurrency,
	}
}

// add puts an item in line and starts to read its object. It blocks while the line
// or the buffer is full. It must not be called concurrently, or after close.
func (q *queue) add(ctx context.Context, i *item) error {
	i.ready = make(chan struct{})
	if i.isSettled(q.fetcher) {
		close(i.ready)
	} else if err := q.fetch(ctx, i); err != nil {
		return err
	}
	select {
	case q.line <- i:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// isSettled tells whether there is nothing to read for an item.
func (i *item) isSettled(f fetcher) bool {
	if i.finding == nil || i.finding.version.DeleteMarker {
		return true
	}
	i.err = f.refuse(i.finding.version)
	return i.err != nil
}

// fetch starts to read the object of an item once there is room for it. Every call
// must have the same ctx.
func (q *queue) fetch(ctx context.Context, i *item) error {
	// The line is in order and this is its only writer, so what holds the buffer is
	// ahead in the line and will be delivered, or was delivered last.
	i.bytes = min(i.finding.version.Size, q.size)
	if err := q.buffer.Acquire(ctx, i.bytes); err != nil {
		return err
	}
	select {
	case q.jobs <- i:
		return nil
	default:
	}
	if q.unstarted > 0 {
		q.unstarted--
		q.fetchers.Go(func() { q.work(ctx, i) })
		return nil
	}
	select {
	case q.jobs <- i:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// work reads the object of an item, and then of others until the queue is closed.
// Calls of the AWS client are deep: a goroutine for each object would spend much of
// its time on the growth of its stack.
func (q *queue) work(ctx context.Context, i *item) {
	q.readObject(ctx, i)
	for i := range q.jobs {
		q.readObject(ctx, i)
	}
}

func (q *queue) readObject(ctx context.Context, i *item) {
	defer close(i.ready)
	v := i.finding.version
	object, sent, err := q.fetcher.fetch(ctx, v)
	i.sent, i.answered = sent, q.fetcher.clock.Add(1)
	if err == nil && isReplaced(v, object) {
		err = q.fetcher.confirm(ctx, v, &object, i.finding.alone)
	}
	i.read(object, err)
}

// read takes in what became of the item's object. A state that has replaced that of
// the finding is delivered in its place, so that a key which is overwritten faster
// than it is read is delivered at all. With other versions of its key around, the
// next scan tells its order among them.
func (i *item) read(object bucket.Object, err error) {
	i.object, i.err = object, err
	v, got := &i.finding.version, object.Version
	if err != nil || !isReplaced(*v, object) {
		return
	}
	i.replaced = true
	alias := position.MarkOf(got, max(i.finding.order.Unix(), got.LastModified.Unix()))
	alias.Alias = true
	i.checkpoint.Marks = append(i.checkpoint.Marks, alias)
	v.ETag, v.Size, v.LastModified = got.ETag, got.Size, got.LastModified
	if end := i.finding.end; !end.IsZero() && !v.LastModified.Before(end) {
		i.finding.operation = Create
	}
}

// release gives back room in the buffer.
func (q *queue) release(bytes int64) { q.buffer.Release(bytes) }

// close ends the line. What is being read is read to its end, or to that of ctx.
func (q *queue) close() {
	close(q.line)
	close(q.jobs)
}

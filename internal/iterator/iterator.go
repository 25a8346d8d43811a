// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package iterator turns a bucket into a snapshot of its objects and a stream of
// its changes. It owns time and delivery: which versions are changes, their order,
// and the reading ahead. It does not know Conduit, the pages of a listing, or the
// text of a position.
//
//	S3 ─pages→ listing ─(version, the one below)→ collector ─findings→ order ─items→ queue ═ fetchers ═→ Next ─Change→ source
//	           └ found side: reader.found, pending ──────────────── checkpoints ─────────────→ delivered side: delivered, in positions
//
// What was seen is kept twice. The reading goroutine runs ahead of delivery: found
// holds what its scans have come across and put in line, so that the next scan does
// not find it again. A position must not say more than what was delivered, so
// delivered follows item by item, by the checkpoint that each item carries.
package iterator

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/rs/zerolog"
)

// Store is what an Iterator needs of a bucket. Each method tries once;
// bucket.ErrUnavailable asks for another try.
type Store interface {
	// ListVersions returns a page of the versions of the keys that begin with
	// prefix, after a marker.
	ListVersions(ctx context.Context, prefix string, after bucket.Marker) (bucket.Page, error)
	// ListUploads returns a page of the multipart uploads in progress to keys that
	// begin with prefix, after a marker.
	ListUploads(ctx context.Context, prefix string, after bucket.UploadMarker) (bucket.UploadPage, error)
	// Get reads the state that v names, or returns bucket.ErrGone. A state that has
	// replaced it is bucket.ErrTooLarge above maxSize bytes, if that is not 0.
	Get(ctx context.Context, v bucket.Version, maxSize int64) (bucket.Object, error)
}

// Config holds an Iterator's settings. Durations, concurrencies and the buffer
// must be more than 0.
type Config struct {
	Prefix        string        // only keys that begin with it are read
	PollingPeriod time.Duration // between the starts of two scans
	// Lookback is how far before the watermark a scan looks for what became
	// visible late: S3's times are whole seconds, and its front ends' clocks
	// differ. It counts in whole seconds, rounded up.
	Lookback         time.Duration
	LatestOnly       bool  // of the changes of a key that one scan finds, only the newest is delivered
	FetchConcurrency int   // how many objects are read at a time
	FetchBuffer      int64 // bounds the bytes that are read ahead of delivery; a larger object is read on its own
	ScanConcurrency  int   // how many ranges of keys are listed at a time
	// ScanLimit is about how many changes a scan collects. More than that are left
	// to the next scan, the youngest first. 0 is DefaultScanLimit.
	ScanLimit     int
	MaxObjectSize int64 // in bytes; 0: no limit
	SkipLarge     bool  // skip larger objects; otherwise one ends the reading with a TooLargeError
	// Store identifies the store, the bucket and the prefix that are read. It has
	// only letters and digits. A position that names another one begins a new snapshot.
	Store string
	// Matches reports whether a key is read. Objects and delete markers of other
	// keys are neither requested nor delivered. Nil: every key is read.
	Matches func(key string) bool
	// SnapshotNever leaves out the objects that existed when the source started.
	SnapshotNever bool
	// SkipUnreadable leaves out, with a warning, an object that S3 lists and that
	// can't be read. Otherwise it ends the reading with an UnreadableError.
	SkipUnreadable bool
	// Quote makes what the store or a writer of the bucket chose, such as a key, fit
	// for an error or a log. Nil: bucket.Quote.
	Quote func(string) string
}

// DefaultScanLimit bounds the memory that a scan takes for what it finds to about
// 100 MB.
const DefaultScanLimit = 100_000

func (c *Config) quote(s string) string {
	if c.Quote == nil {
		return bucket.Quote(s)
	}
	return c.Quote(s)
}

func (c *Config) matches(key string) bool { return c.Matches == nil || c.Matches(key) }

// Operation is what a change did to its key.
type Operation int

// The operations of changes.
const (
	// Snapshot is an object that existed when the source started.
	Snapshot Operation = iota + 1
	// Create is a version of a key that had nothing, or a delete marker, before.
	Create
	// Update is a version of a key that had another version before.
	Update
	// Delete is a delete marker.
	Delete
)

// Change is one object of the snapshot, or one version or delete marker that
// appeared later.
type Change struct {
	Operation Operation
	Version   bucket.Version
	Object    bucket.Object     // empty for a Delete
	Position  position.Position // where to resume after this change
}

// Iterator delivers a bucket's snapshot and its changes, in order. Its methods
// must not be called concurrently.
type Iterator struct {
	config  Config
	log     *zerolog.Logger
	queue   *queue
	ended   error // why the reading ended; to be read once the queue is closed
	cancel  context.CancelFunc
	running sync.WaitGroup

	head      *item // taken from the queue, not delivered yet
	passedOn  int64 // bytes of the buffer that the last change that was returned takes
	mode      position.Mode
	start     time.Time // of the snapshot
	delivered *position.State
	replaced  replacements
	skipped   map[string]int // objects that were left out, by the class of the reason
}

// Start begins to read store from a position, at a server time, and returns at
// once. The time is zero if the server does not tell it. Start reads ahead in the
// background until Close is called, with ctx's values; the end of ctx does not stop
// it.
func Start(ctx context.Context, store Store, config Config, from position.Position, now time.Time) *Iterator {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	log := zerolog.Ctx(ctx)
	from = config.resume(from, now, log)
	r := newReader(store, config, from, now, log)
	it := &Iterator{
		config: config, log: log, queue: r.queue, cancel: cancel,
		mode: from.Mode, start: from.Start, delivered: position.NewState(from),
		replaced: replacements{}, skipped: map[string]int{},
	}
	it.running.Go(func() { r.pending.run(ctx) })
	it.running.Go(func() {
		defer r.queue.close()
		it.ended = r.read(ctx, from)
	})
	return it
}

// resume returns the position to read from: from itself, unless it is the
// beginning or belongs to another store, bucket or prefix.
func (c *Config) resume(from position.Position, now time.Time, log *zerolog.Logger) position.Position {
	if !from.IsZero() && !c.isOurs(from) {
		log.Warn().Str("key", c.quote(from.Key)).Msg("the stored position belongs to another endpoint, bucket or prefix: " +
			"everything is read again, starting with a snapshot")
		from = position.Position{}
	}
	if from.IsZero() {
		return c.beginning(now)
	}
	from.Store = c.Store
	return from
}

// isOurs tells whether a position belongs to the store, bucket and prefix that are
// read. Positions of connectors before v0.10 show it only by their key.
func (c *Config) isOurs(from position.Position) bool {
	if from.Store == "" {
		return from.Mode != position.ModeSnapshot || strings.HasPrefix(from.Key, c.Prefix)
	}
	return c.Store == "" || from.Store == c.Store
}

// Close stops the reading ahead and waits until it has stopped.
func (it *Iterator) Close() {
	it.cancel()
	it.running.Wait()
	it.queue.fetchers.Wait()
}

// Next returns the next change. It blocks until there is one or ctx ends, and
// then returns ctx's error; a later call resumes without a gap. Every other error
// is final, and returned again by each later call.
//
// The bytes of a change count as read ahead until the next call.
func (it *Iterator) Next(ctx context.Context) (Change, error) {
	it.queue.release(it.passedOn)
	it.passedOn = 0
	for {
		if ctx.Err() != nil {
			return Change{}, ctx.Err()
		}
		if err := it.wait(ctx); err != nil {
			return Change{}, err
		}
		if c, ok := it.deliver(); ok {
			return c, nil
		}
	}
}

// wait blocks until the next item in line is ready. It returns the error that
// keeps it from being delivered.
func (it *Iterator) wait(ctx context.Context) error {
	if it.head == nil {
		select {
		case head, open := <-it.queue.line:
			if !open {
				return it.ended
			}
			it.head = head
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	select {
	case <-it.head.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	if it.head.err != nil && !it.skips(it.head.err) {
		return it.head.err
	}
	return nil
}

// deliver takes the next item out of the line. It returns false if the item has no
// finding, or one whose object is left out.
func (it *Iterator) deliver() (Change, bool) {
	head := it.head
	it.head = nil
	passed := head.finding == nil || !it.replaced.admits(head, it.delivered)
	it.delivered.Apply(head.checkpoint)
	if passed || head.err != nil {
		it.queue.release(head.bytes)
		if !passed {
			it.skip(head)
		}
		return Change{}, false
	}
	it.passedOn = head.bytes
	it.mode = head.mode
	return Change{
		Operation: head.finding.operation, Version: head.finding.version, Object: head.object,
		Position: it.position(head.finding.version),
	}, true
}

// position returns where to resume after a version.
func (it *Iterator) position(v bucket.Version) position.Position {
	p := position.Position{
		Mode: it.mode, Key: v.Key, VersionID: v.VersionID, Modified: v.LastModified, Last: position.OfVersion(v), Store: it.config.Store,
	}
	if p.Mode == position.ModeSnapshot {
		p.Start = it.start
	}
	it.delivered.Fill(&p)
	return p
}

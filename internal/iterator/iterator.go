// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"sync"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/listing"
	"github.com/rs/zerolog"
	"golang.org/x/sync/semaphore"
)

// Store is what an Iterator needs of a bucket. Each method tries once;
// bucket.ErrUnavailable asks for another try.
type Store interface {
	// ListVersions returns a page of the versions below prefix behind after.
	ListVersions(ctx context.Context, prefix string, after bucket.Marker) (bucket.Page, error)
	// ListUploads returns a page of the multipart uploads in progress below prefix behind after.
	ListUploads(ctx context.Context, prefix string, after bucket.UploadMarker) (bucket.UploadPage, error)
	// Get reads the state that v names, or returns bucket.ErrGone. A state that has
	// replaced it is bucket.ErrTooLarge above maxSize bytes, if that is not 0.
	Get(ctx context.Context, v bucket.Version, maxSize int64) (bucket.Object, error)
}

// Config holds an Iterator's settings. All but the prefix and MaxObjectSize must
// be more than 0.
type Config struct {
	Prefix        string        // only keys that begin with it are read
	PollingPeriod time.Duration // between the starts of two scans
	// Lookback is how far behind the watermark a scan looks for what became
	// visible late: S3's times are whole seconds, and its front ends' clocks
	// differ.
	Lookback         time.Duration
	LatestOnly       bool  // of the changes of a key that one scan finds, only the newest is delivered
	FetchConcurrency int   // how many objects are read at a time
	FetchBuffer      int64 // bounds the bytes that are read ahead of delivery; a larger object passes alone
	ScanConcurrency  int   // how many parts of the prefix are listed at a time
	MaxObjectSize    int64 // in bytes; 0: no limit
	SkipLarge        bool  // leave out what is larger; else it ends the reading with a TooLargeError
	// Store identifies what is read: the store, the bucket and the prefix. It holds
	// letters and digits. A position that names another one begins a new snapshot.
	Store string
	// Matches reports whether a key is read. Objects and delete markers of other
	// keys are neither requested nor delivered. Nil: every key is read.
	Matches func(key string) bool
	// SnapshotNever leaves out every object that the first listing shows.
	SnapshotNever bool
	// SkipUnreadable leaves out, with a warning, an object that S3 lists and that
	// can't be read. Otherwise such an object ends the reading with an error.
	SkipUnreadable bool
}

// Iterator delivers a bucket's snapshot and its changes, in order. Its methods
// must not be called concurrently.
type Iterator struct {
	store  Store
	config Config
	floor  time.Time // nothing older is looked for
	log    *zerolog.Logger

	// Of the goroutine that reads:
	uploads *uploads
	lister  *listing.Lister
	skipped int // objects that were too large

	line     chan *slot // in the order of delivery; closed when the reading ends
	ended    error      // why it ended; to be read once line is closed
	buffer   *semaphore.Weighted
	fetchers *semaphore.Weighted
	cancel   context.CancelFunc
	running  sync.WaitGroup

	warnMore sync.Once
	head     *slot    // taken from line, not delivered yet
	at       Position // after the last delivery; Known and More are in known
	known    *window
}

// Start begins to read store from position from, at server time now, and
// returns at once. It reads ahead in the background until Close is called, with
// ctx's values; the end of ctx does not stop it.
func Start(ctx context.Context, store Store, config Config, from Position, now time.Time) *Iterator {
	if from.IsZero() {
		from = Position{Mode: ModeSnapshot, Start: now, Watermark: now}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	it := newIterator(ctx, store, config, from)
	it.cancel = cancel
	it.running.Go(func() {
		defer close(it.line)
		it.ended = it.read(ctx, from, newWindow(from.Known))
	})
	return it
}

func newIterator(ctx context.Context, store Store, config Config, from Position) *Iterator {
	return &Iterator{
		store:    store,
		config:   config,
		floor:    from.Floor,
		log:      zerolog.Ctx(ctx),
		uploads:  newUploads(store, config, zerolog.Ctx(ctx), from),
		lister:   listing.New(store, config.Prefix, config.ScanConcurrency),
		line:     make(chan *slot, fetchQueue),
		buffer:   semaphore.NewWeighted(config.FetchBuffer),
		fetchers: semaphore.NewWeighted(int64(config.FetchConcurrency)),
		at:       from,
		known:    newWindow(from.Known),
	}
}

// Close stops the reading ahead and waits until it has stopped.
func (it *Iterator) Close() {
	it.cancel()
	it.running.Wait()
}

// read emits everything from a position on. It returns the error that ends it.
func (it *Iterator) read(ctx context.Context, from Position, known *window) error {
	if from.Mode == ModeSnapshot {
		if err := it.runSnapshot(ctx, from, known); err != nil {
			return err
		}
	}
	return it.poll(ctx, from.Watermark, known)
}

// oldest returns the time up to which versions are of no interest to a scan
// above watermark.
func (it *Iterator) oldest(watermark time.Time) time.Time {
	oldest := watermark.Add(-it.config.Lookback)
	if floor := it.floor.Add(-1); floor.After(oldest) {
		return floor
	}
	return oldest
}

// Next returns the next change. It blocks until there is one or ctx ends, and
// then returns ctx's error; a later call goes on without a gap. Every other
// error is final, and returned again by each later call.
func (it *Iterator) Next(ctx context.Context) (Change, error) {
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

// wait blocks until the next slot in line is ready. It returns the error that
// keeps it from being delivered.
func (it *Iterator) wait(ctx context.Context) error {
	if it.head == nil {
		select {
		case s, open := <-it.line:
			if !open {
				return it.ended
			}
			it.head = s
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	select {
	case <-it.head.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	if it.head.failed() {
		return it.head.err
	}
	return nil
}

// deliver takes the next slot out of the line. It returns false if the slot
// holds no change, or one whose object is gone: a later change, or nothing,
// covers that one.
func (it *Iterator) deliver() (Change, bool) {
	s := it.head
	it.head = nil
	it.buffer.Release(s.bytes)
	it.known.add(s.marks...)
	it.advance(s.task)
	it.at.Uploads = s.uploads
	if s.operation == 0 || s.gone() {
		return Change{}, false
	}
	if s.operation != Snapshot {
		it.at.Mode = ModeChanges
	}
	it.at.Key, it.at.VersionID, it.at.Modified = s.version.Key, s.version.VersionID, s.version.LastModified
	position := it.at
	position.Known, position.More = it.known.newest()
	if position.More {
		it.warnMore.Do(func() {
			it.log.Warn().Msgf("more than %d changes within %s: after a restart, some of them may be delivered again", maxKnown, it.config.Lookback)
		})
	}
	return Change{Operation: s.operation, Version: s.version, Object: s.object, Position: position}, true
}

// advance moves the watermark. Once a second of S3's time, what it leaves behind
// is forgotten.
func (it *Iterator) advance(t task) {
	before := it.at.Watermark
	if t.watermark.After(before) || t.clockSetBack {
		it.at.Watermark = t.watermark
	}
	if !it.at.Watermark.Truncate(time.Second).Equal(before.Truncate(time.Second)) {
		it.known.forget(it.oldest(it.at.Watermark))
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

const (
	// maxTries is how often it is tried to read an object whose answers are not the
	// object that the listing names.
	maxTries = 6
	// firstWait is the wait before the second of these tries. It doubles each time.
	firstWait = 500 * time.Millisecond
	// maxUnavailable is how many answers in a row may say that an object is
	// unavailable, while its key can be listed, before it is left out.
	maxUnavailable = 8
	// replacedSize is how large, in bytes, a state may be that has replaced a smaller
	// one before it was read: there is room for what was listed.
	replacedSize = 64 << 10
)

// fetcher reads objects. It may be used concurrently.
type fetcher struct {
	store   Store
	clock   *atomic.Int64 // logical: it counts what happens
	maxSize int64         // of an object, in bytes; 0: no limit
	givesUp bool          // on an object that stays unavailable while others are not
	quote   func(string) string
}

// refuse returns why an object is not even asked for, nil if it is.
func (f fetcher) refuse(v bucket.Version) error {
	switch {
	case f.maxSize > 0 && v.Size > f.maxSize:
		return &TooLargeError{Object: f.quote(v.Key), Size: v.Size, Limit: f.maxSize}
	case v.Archived:
		return f.unreadable(v, "archived", fmt.Errorf("%w in storage class %s", bucket.ErrArchived, f.quote(v.StorageClass)))
	default:
		return nil
	}
}

// fetch reads an object, again and again while S3 is unavailable. It returns when,
// by the logical clock, the last request was sent. It returns
// bucket.ErrGone only if a listing confirms it: a store may list an object some
// moments before it can be read.
func (f fetcher) fetch(ctx context.Context, v bucket.Version) (object bucket.Object, sent int64, err error) {
	wait := firstWait
	for try := 1; ; try++ {
		object, sent, err = f.get(ctx, v)
		if err == nil || ctx.Err() != nil {
			return object, sent, err
		}
		switch {
		case errors.Is(err, bucket.ErrGone):
			listed, listErr := f.isListed(ctx, v)
			if listErr != nil {
				return bucket.Object{}, sent, f.explain(v, listErr)
			}
			if !listed {
				return bucket.Object{}, sent, err
			}
		case !errors.Is(err, bucket.ErrCorrupt):
			return bucket.Object{}, sent, f.explain(v, err)
		}
		if try == maxTries {
			return bucket.Object{}, sent, f.explain(v, fmt.Errorf("%w (%d times)", err, maxTries))
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return bucket.Object{}, sent, context.Cause(ctx)
		}
		wait *= 2
	}
}

// get reads an object once S3 is available.
func (f fetcher) get(ctx context.Context, v bucket.Version) (object bucket.Object, sent int64, err error) {
	failed := 0
	limit := max(2*v.Size, replacedSize)
	if f.maxSize > 0 {
		limit = min(limit, f.maxSize)
	}
	err = bucket.Retry(ctx, func(ctx context.Context) error {
		sent = f.clock.Add(1)
		object, err = f.store.Get(ctx, v, limit)
		if errors.Is(err, bucket.ErrTooLarge) { // the next scan tells its size
			err = fmt.Errorf("%w: it was overwritten: %w", bucket.ErrGone, err)
		}
		if !f.givesUp || !errors.Is(err, bucket.ErrUnavailable) {
			return err
		}
		if failed++; failed < maxUnavailable {
			return err
		}
		if _, listErr := f.store.ListVersions(ctx, v.Key, bucket.Marker{}); listErr != nil {
			return err
		}
		return &stayedUnavailableError{err}
	})
	return object, sent, err
}

// stayedUnavailableError says that an object is unavailable and its store is not.
type stayedUnavailableError struct{ last error }

func (e *stayedUnavailableError) Error() string {
	return fmt.Sprintf("%v (%d times, while it was listed)", e.last, maxUnavailable)
}

// isReplaced tells whether an object is another state than v.
func isReplaced(v bucket.Version, object bucket.Object) bool {
	got := object.Version
	return got.ETag != v.ETag || got.LastModified.Unix() != v.LastModified.Unix()
}

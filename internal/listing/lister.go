// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package listing lists every version under a prefix, in order and in parallel.
// It knows keys and pages. It does not know which versions are changes, or what
// time it is.
package listing

import (
	"context"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"golang.org/x/sync/errgroup"
)

// Store lists versions. ListVersions tries once; bucket.ErrUnavailable asks for
// another try.
type Store interface {
	// ListVersions returns a page of the versions of the keys that begin with
	// prefix, after a marker.
	ListVersions(ctx context.Context, prefix string, after bucket.Marker) (bucket.Page, error)
}

// Visitor is given what one range of keys holds.
type Visitor interface {
	// Answered is called with each page as S3 sent it, before its versions are
	// visited.
	Answered(page bucket.Page)
	// Visit is called with each version, keys ascending and the versions of a key
	// from the newest to the oldest, and with the version below it under the same
	// key, nil if there is none. An error ends the listing.
	Visit(v bucket.Version, below *bucket.Version) error
}

// Lister lists the versions under a prefix. Its methods must not be called
// concurrently.
type Lister struct {
	store       Store
	prefix      string
	concurrency int
	splits      splits
	apart       apart
}

// New returns a lister that sends up to concurrency requests at a time.
func New(store Store, prefix string, concurrency int) *Lister {
	return &Lister{store: store, prefix: prefix, concurrency: concurrency, splits: newSplits(concurrency)}
}

// Walk visits every version of the keys after a key, in order. It blocks until
// the listing is complete. While S3 is unavailable it tries again, until ctx ends.
func (l *Lister) Walk(ctx context.Context, after string, visitor Visitor) error {
	return l.walk(ctx, keyRange{after: after}, nil, visitor)
}

// Scan visits every version under the prefix, in ranges of keys that are listed
// in parallel. It calls visitorsOf once with the number of ranges, and gives each
// range, keys ascending, a visitor of its own. It blocks until all of them are
// listed, like Walk. The ends of the pages split the key space of the next scan.
func (l *Lister) Scan(ctx context.Context, visitorsOf func(ranges int) []Visitor) error {
	ranges := l.splits.ranges()
	visitors := visitorsOf(len(ranges))
	pages := make([]ends, len(ranges))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(min(len(ranges), l.concurrency))
	for i, keys := range ranges {
		pages[i] = l.splits.ends(keys)
		group.Go(func() error {
			return l.walk(ctx, keys, pages[i].add, visitors[i])
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	l.splits.learn(ranges, pages)
	return nil
}

// walk visits every version of a range. Where a page ends and another one
// follows, it calls pageEnd, if there is one, with the last key that was visited
// whole.
func (l *Lister) walk(ctx context.Context, keys keyRange, pageEnd func(done string), visitor Visitor) error {
	var above *bucket.Version // waits for the one below it
	pages := newPager(keys.after, &l.apart)
	for pages.more() && !keys.endsAt(pages.done) {
		page, err := l.list(ctx, pages.marker)
		if err != nil {
			return err
		}
		visitor.Answered(page)
		versions, err := pages.take(page)
		if err != nil {
			return err
		}
		if end := firstAfter(versions, keys.until); keys.until != "" && end < len(versions) {
			versions, pages.done = versions[:end], max(pages.done, keys.until)
		}
		for i := range versions {
			v := &versions[i]
			if err := visitAbove(above, v, visitor); err != nil {
				return err
			}
			above = v
		}
		if pageEnd != nil && pages.more() {
			pageEnd(keys.cut(pages.done))
		}
	}
	return visitAbove(above, nil, visitor)
}

func visitAbove(above, below *bucket.Version, visitor Visitor) error {
	if above == nil {
		return nil
	}
	if below != nil && below.Key != above.Key {
		below = nil
	}
	return visitor.Visit(*above, below)
}

func (l *Lister) list(ctx context.Context, after bucket.Marker) (page bucket.Page, err error) {
	err = bucket.Retry(ctx, func(ctx context.Context) error {
		page, err = l.store.ListVersions(ctx, l.prefix, after)
		return err
	})
	return page, err
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// memoryStore is a bucket of very many versions that cost little to list and
// nothing to read.
type memoryStore struct {
	pageSize int
	latency  time.Duration            // of a page
	date     func(page int) time.Time // of the n-th page; nil: the true time

	mu       sync.Mutex
	versions []bucket.Version // as they are listed
	places   map[bucket.Marker]int
	pages    int // that were listed
	entries  int // that were on them
}

// newMemoryStore returns a store of versions that may be in any order, those of a
// key from the newest to the oldest.
func newMemoryStore(versions ...bucket.Version) *memoryStore {
	s := &memoryStore{pageSize: 1000}
	s.set(func([]bucket.Version) []bucket.Version { return slices.Clone(versions) })
	return s
}

// set replaces what the store holds.
func (s *memoryStore) set(change func([]bucket.Version) []bucket.Version) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versions = change(slices.Clone(s.versions)) // pages share it
	slices.SortStableFunc(s.versions, func(a, b bucket.Version) int { return strings.Compare(a.Key, b.Key) })
	s.places = make(map[bucket.Marker]int, len(s.versions))
	for i := range s.versions {
		v := &s.versions[i]
		v.IsLatest = i == 0 || s.versions[i-1].Key != v.Key
		s.places[bucket.Marker{Key: v.Key, VersionID: v.VersionID}] = i
	}
}

// add puts versions above those that the store holds, the last of them on top.
func (s *memoryStore) add(versions ...bucket.Version) {
	s.set(func(held []bucket.Version) []bucket.Version {
		slices.Reverse(versions)
		return append(versions, held...)
	})
}

// overwrite replaces null versions.
func (s *memoryStore) overwrite(versions ...bucket.Version) {
	s.remove(versions...)
	s.add(versions...)
}

// remove takes out the null versions of some keys.
func (s *memoryStore) remove(versions ...bucket.Version) {
	keys := map[string]bool{}
	for _, v := range versions {
		keys[v.Key] = true
	}
	s.set(func(held []bucket.Version) []bucket.Version {
		return slices.DeleteFunc(held, func(v bucket.Version) bool { return keys[v.Key] && v.VersionID == bucket.NullVersion })
	})
}

func (s *memoryStore) wait(ctx context.Context) error {
	if s.latency == 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(s.latency):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *memoryStore) now(page int) time.Time {
	if s.date != nil {
		return s.date(page)
	}
	return time.Now().Truncate(time.Second)
}

func (s *memoryStore) ListVersions(ctx context.Context, prefix string, after bucket.Marker) (bucket.Page, error) {
	if err := s.wait(ctx); err != nil {
		return bucket.Page{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages++
	from, ok := s.places[after]
	if ok {
		from++
	} else {
		from, _ = slices.BinarySearchFunc(s.versions, after.Key+"\x00", func(v bucket.Version, key string) int { return strings.Compare(v.Key, key) })
	}
	page := bucket.Page{Time: s.now(s.pages)}
	to := from
	for to < len(s.versions) && to < from+s.pageSize && strings.HasPrefix(s.versions[to].Key, prefix) {
		to++
	}
	page.Versions = s.versions[from:to:to]
	s.entries += to - from
	if page.More = to < len(s.versions) && strings.HasPrefix(s.versions[to].Key, prefix); page.More {
		last := s.versions[to-1]
		page.Next = bucket.Marker{Key: last.Key, VersionID: last.VersionID}
	}
	return page, nil
}

func (s *memoryStore) ListUploads(context.Context, string, bucket.UploadMarker) (bucket.UploadPage, error) {
	return bucket.UploadPage{Time: time.Now()}, nil
}

func (s *memoryStore) Get(_ context.Context, v bucket.Version, _ int64) (bucket.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.places[bucket.Marker{Key: v.Key, VersionID: v.VersionID}]
	if !ok {
		return bucket.Object{}, bucket.ErrGone
	}
	return bucket.Object{Version: s.versions[i]}, nil
}

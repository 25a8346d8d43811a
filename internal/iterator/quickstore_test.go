// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

// quickStore answers from a truth what the real client would get of its server,
// without HTTP and XML, so that thousands of programs run in the time of a
// hundred.
type quickStore struct {
	*truth
	trouble *trouble
}

func (s *quickStore) ask(ctx context.Context, op, what string) error {
	s.mu.Lock()
	latency, v := s.trouble.of(op, what)
	err := s.trouble.fail(op, what, v)
	s.mu.Unlock()
	if latency > 0 {
		select {
		case <-time.After(latency):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return cmp.Or(err, ctx.Err())
}

func (s *quickStore) ListVersions(ctx context.Context, prefix string, after bucket.Marker) (bucket.Page, error) {
	if err := s.ask(ctx, "ListObjectVersions", after.Key+after.VersionID); err != nil {
		return bucket.Page{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	page := bucket.Page{Time: s.date()}
	size := s.pageSize(after)
	for _, e := range s.listing[s.behind(after):] {
		if !strings.HasPrefix(e.Key, prefix) {
			continue
		}
		if len(page.Versions) == size {
			page.More = true
			break
		}
		page.Next = bucket.Marker{Key: e.Key, VersionID: e.VersionID}
		page.Versions = append(page.Versions, versionOf(e))
	}
	if !page.More {
		s.trouble.scanned = append(s.trouble.scanned, time.Now())
	}
	if s.config.MarkersApart {
		slices.SortStableFunc(page.Versions, func(a, b bucket.Version) int { return kind(a) - kind(b) })
	}
	return page, nil
}

func versionOf(e *entry) bucket.Version {
	return bucket.Version{
		Key: e.Key, VersionID: e.VersionID, ETag: e.ETag, Size: int64(len(e.Body)),
		LastModified: e.LastModified, IsLatest: e.IsLatest, DeleteMarker: e.DeleteMarker,
	}
}

// kind sorts delete markers before versions.
func kind(v bucket.Version) int {
	if v.DeleteMarker {
		return 0
	}
	return 1
}

// pageSize is how many entries a page has that others follow.
func (s *quickStore) pageSize(after bucket.Marker) int {
	least := 1
	if s.config.RepeatsAtPageEnds {
		least = 2
	}
	if s.trouble.ragged {
		return least + int(s.trouble.draw("page", after.Key+after.VersionID)%uint64(s.config.PageSize))
	}
	return s.config.PageSize
}

// sortKey sorts as the store does.
func (s *quickStore) sortKey(key string) string {
	switch {
	case key == "":
		return ""
	case s.config.KeyOrder == s3test.WalkOrder:
		return strings.ReplaceAll(key, "/", "\x00")
	case s.config.KeyOrder == s3test.HashOrder:
		h := fnv.New64a()
		fmt.Fprint(h, key)
		return fmt.Sprintf("%016x%s", h.Sum64(), key)
	default:
		return key
	}
}

// behind returns where a listing goes on behind a marker, by the rule for those
// that name a version that is gone.
func (s *quickStore) behind(after bucket.Marker) int {
	first, _ := slices.BinarySearchFunc(s.listing, after.Key, func(e *entry, key string) int {
		return strings.Compare(s.sortKey(e.Key), s.sortKey(key))
	})
	last := first
	for last < len(s.listing) && s.listing[last].Key == after.Key {
		if s.listing[last].VersionID == after.VersionID {
			if s.config.RepeatsAtPageEnds && s.listing[last].IsLatest {
				return last
			}
			return last + 1
		}
		last++
	}
	switch {
	case after.VersionID == "" && s.config.KeyMarkerRepeats:
		return first
	case after.VersionID == "", s.config.StaleMarker == s3test.StaleSkipsKey:
		return last
	case s.config.StaleMarker == s3test.StaleEnds:
		return len(s.listing)
	case s.config.StaleMarker == s3test.StaleRestartsKey, after.VersionID == bucket.NullVersion:
		return first
	}
	line := s.lines[after.Key]
	stood := slices.IndexFunc(line, func(e *entry) bool { return e.VersionID == after.VersionID })
	return last - len(living(line[:stood]))
}

func (s *quickStore) ListUploads(ctx context.Context, prefix string, after bucket.UploadMarker) (bucket.UploadPage, error) {
	if err := s.ask(ctx, "ListMultipartUploads", after.Key+after.UploadID); err != nil {
		return bucket.UploadPage{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	page := bucket.UploadPage{Time: s.date()}
	inOrder := slices.SortedStableFunc(slices.Values(s.pending), func(a, b *pendingUpload) int { return strings.Compare(a.key, b.key) })
	for _, up := range inOrder {
		if cmp.Or(strings.Compare(up.key, after.Key), strings.Compare(up.id, after.UploadID)) <= 0 || !strings.HasPrefix(up.key, prefix) {
			continue
		}
		if len(page.Uploads) == s.config.PageSize {
			page.More = true
			break
		}
		page.Next = bucket.UploadMarker{Key: up.key, UploadID: up.id}
		page.Uploads = append(page.Uploads, bucket.MultipartUpload{Key: up.key, Initiated: up.initiated})
	}
	if !page.More {
		s.trouble.listed = append(s.trouble.listed, time.Now())
	}
	return page, nil
}

func (s *quickStore) Get(ctx context.Context, v bucket.Version, _ int64) (bucket.Object, error) {
	if err := s.ask(ctx, "GetObject", v.Key+v.VersionID); err != nil {
		return bucket.Object{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(v)
	switch {
	case e == nil || time.Since(e.appeared) < s.config.ListedBeforeReadable:
		return bucket.Object{}, bucket.ErrGone
	case s.trouble.liesAbout(e.Key, e.VersionID, e.ETag):
		return bucket.Object{}, fmt.Errorf("GetObject %s: %w", e.Key, bucket.ErrCorrupt)
	case e.ETag != v.ETag:
		v.ETag, v.Size, v.LastModified = e.ETag, int64(len(e.Body)), e.LastModified.Truncate(time.Second)
	}
	return bucket.Object{Version: v, Body: e.Body}, nil
}

// find returns what v names or, of a null version that was the latest, what has
// replaced it. It returns nil if there is neither.
func (s *quickStore) find(v bucket.Version) (current *entry) {
	for _, e := range s.lines[v.Key] {
		if e.gone || e.DeleteMarker || e.VersionID != v.VersionID {
			continue
		}
		if e.ETag == v.ETag {
			return e
		}
		if v.VersionID == bucket.NullVersion && v.IsLatest {
			current = e
		}
	}
	return current
}

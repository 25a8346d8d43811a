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

// trouble is what goes wrong with requests. It is a function of the time and the
// request, so that a program meets the same each time.
type trouble struct {
	seed    uint64
	percent uint64 // of the requests fail
	latency time.Duration
	outages []outage
}

// outage lets an operation fail for some time; an empty op stands for all.
type outage struct {
	op    string
	until time.Time
}

// of returns how long a request takes and whether it fails.
func (tr *trouble) of(op, what string) (time.Duration, bool) {
	for _, o := range tr.outages {
		if (o.op == "" || o.op == op) && time.Now().Before(o.until) {
			return tr.latency, true
		}
	}
	h := fnv.New64a()
	fmt.Fprint(h, tr.seed, op, what, time.Now().UnixNano())
	draw := h.Sum64()
	return time.Duration(draw % uint64(tr.latency+1)), draw>>32%100 < tr.percent
}

func (s *quickStore) ask(ctx context.Context, op, what string) error {
	s.mu.Lock()
	latency, fails := s.trouble.of(op, what)
	s.mu.Unlock()
	if latency > 0 {
		select {
		case <-time.After(latency):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if fails {
		return fmt.Errorf("%s %s: %w", op, what, bucket.ErrUnavailable)
	}
	return ctx.Err()
}

func (s *quickStore) ListVersions(ctx context.Context, prefix string, after bucket.Marker) (bucket.Page, error) {
	if err := s.ask(ctx, "ListObjectVersions", after.Key+after.VersionID); err != nil {
		return bucket.Page{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	page := bucket.Page{Time: time.Now().Truncate(time.Second)}
	for _, e := range s.listing[s.behind(after):] {
		if !strings.HasPrefix(e.Key, prefix) {
			continue
		}
		if len(page.Versions) == s.config.PageSize {
			page.More = true
			break
		}
		page.Next = bucket.Marker{Key: e.Key, VersionID: e.VersionID}
		page.Versions = append(page.Versions, bucket.Version{
			Key: e.Key, VersionID: e.VersionID, ETag: e.ETag, Size: int64(len(e.Body)),
			LastModified: e.LastModified, IsLatest: e.IsLatest, DeleteMarker: e.DeleteMarker,
		})
	}
	return page, nil
}

// behind returns where a listing goes on behind a marker, by the rule for those
// that name a version that is gone.
func (s *quickStore) behind(after bucket.Marker) int {
	first, _ := slices.BinarySearchFunc(s.listing, after.Key, func(e *entry, key string) int { return strings.Compare(e.Key, key) })
	last := first
	for last < len(s.listing) && s.listing[last].Key == after.Key {
		if s.listing[last].VersionID == after.VersionID {
			return last + 1
		}
		last++
	}
	switch {
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
	page := bucket.UploadPage{Time: time.Now().Truncate(time.Second)}
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
	return page, nil
}

func (s *quickStore) Get(ctx context.Context, v bucket.Version, _ int64) (bucket.Object, error) {
	if err := s.ask(ctx, "GetObject", v.Key+v.VersionID); err != nil {
		return bucket.Object{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.lines[v.Key] {
		if !e.gone && !e.DeleteMarker && e.VersionID == v.VersionID && e.ETag == v.ETag {
			return bucket.Object{Version: v, Body: e.Body}, nil
		}
	}
	if v.VersionID == bucket.NullVersion && v.IsLatest {
		for _, e := range s.lines[v.Key] {
			if !e.gone && !e.DeleteMarker && e.VersionID == v.VersionID {
				v.ETag, v.Size, v.LastModified = e.ETag, int64(len(e.Body)), e.LastModified.Truncate(time.Second)
				return bucket.Object{Version: v, Body: e.Body}, nil
			}
		}
	}
	return bucket.Object{}, bucket.ErrGone
}

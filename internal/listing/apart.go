// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// apart remembers that a store lists the versions of a page apart from its delete
// markers, as versitygw does. It may be used concurrently.
//
// What versitygw v1.8.0 answers (backend/posix ListObjectVersions): it walks the
// keys in the order of their bytes, and the entries of a key from the newest to the
// oldest, until a page is full. So a page holds a contiguous part of the true
// listing, also where a key fills many pages. Only then it sends the delete markers
// and the versions of that part separately, each in order. Merging the two within
// each page restores the listing.
//
// The order of the two is known where it is told by IsLatest or by the version ids:
// those of versitygw are ULIDs, and it orders a key's versions by them. Only a null
// version has a place by time, and versions have times in whole seconds: it is
// taken for the older one within a second, since null versions are usually from
// before versioning was enabled.
type apart struct{ noticed atomic.Bool }

// merge returns the entries of a page in the order of a listing, in a new slice if
// that is another one.
//
// A page that came before the store was noticed needs no second look. Had its order
// been wrong, it would have been noticed by that page: either keys fall back, or
// only one key has both kinds. Then the latest version not being the first gives it
// away, as do ULIDs. At worst, two older states of a key, of which one has no ULID,
// come in the wrong order, never a wrong latest state.
//
// last is the last key of the page by its marker, empty if no page follows. If it
// is not the last one of the bytes, the keys are in another order than theirs: the
// entries stay as they are, for checkOrder to refuse.
func (a *apart) merge(entries []bucket.Version, last string) []bucket.Version {
	border := kindChange(entries)
	first, second := entries[:border], entries[border:]
	if len(second) == 0 || kindChange(second) < len(second) {
		return entries // one kind, or mixed
	}
	if last != "" && last != max(first[len(first)-1].Key, second[len(second)-1].Key) {
		return entries
	}
	if !a.noticed.Load() {
		if !areApart(first, second) {
			return entries
		}
		a.noticed.Store(true)
	}
	merged := make([]bucket.Version, 0, len(entries))
	var above *bucket.Version
	for len(first) > 0 && len(second) > 0 {
		next := &second
		if comesFirst(&first[0], &second[0], above) {
			next = &first
		}
		above = &(*next)[0]
		merged, *next = append(merged, *above), (*next)[1:]
	}
	return distinct(append(append(merged, first...), second...)) // an id may be of both kinds
}

// kindChange returns the index of the first entry of another kind than the first one.
func kindChange(entries []bucket.Version) int {
	for i := range entries {
		if entries[i].DeleteMarker != entries[0].DeleteMarker {
			return i
		}
	}
	return len(entries)
}

// areApart tells whether entries of one kind, followed by those of the other, can't
// be in the order of a listing.
func areApart(first, second []bucket.Version) bool {
	last, next := &first[len(first)-1], &second[0]
	if next.Key != last.Key {
		return next.Key < last.Key && ascend(first) && ascend(second)
	}
	return next.IsLatest || lessULID(oldestULID(first, last.Key), newestULID(second, next.Key))
}

func ascend(entries []bucket.Version) bool {
	return slices.IsSortedFunc(entries, func(a, b bucket.Version) int { return strings.Compare(a.Key, b.Key) })
}

// comesFirst tells whether a, of one kind, comes before b, of the other. Above is
// the entry before them, if there is one.
func comesFirst(a, b, above *bucket.Version) bool {
	switch {
	case a.Key != b.Key:
		return a.Key < b.Key
	case a.IsLatest != b.IsLatest:
		return a.IsLatest
	case isULID(a.VersionID) && isULID(b.VersionID):
		return a.VersionID > b.VersionID
	}
	if c := compareTimes(a, b); c != 0 {
		return c > 0
	}
	if a.VersionID == bucket.NullVersion || b.VersionID == bucket.NullVersion {
		return b.VersionID == bucket.NullVersion
	}
	// Nothing tells. Objects are deleted and created in turn, more often than a
	// delete marker follows another one.
	if above != nil && above.Key == a.Key {
		return a.DeleteMarker != above.DeleteMarker
	}
	return a.DeleteMarker
}

// compareTimes compares in whole seconds unless both times are more exact.
func compareTimes(a, b *bucket.Version) int {
	if c := cmp.Compare(a.LastModified.Unix(), b.LastModified.Unix()); c != 0 {
		return c
	}
	if a.LastModified.Nanosecond() == 0 || b.LastModified.Nanosecond() == 0 {
		return 0
	}
	return a.LastModified.Compare(b.LastModified)
}

// oldestULID returns the last version id of the last key that is a ULID, if the
// last or the one before it is.
func oldestULID(entries []bucket.Version, key string) string {
	for i := len(entries) - 1; i >= max(0, len(entries)-2) && entries[i].Key == key; i-- {
		if isULID(entries[i].VersionID) {
			return entries[i].VersionID
		}
	}
	return ""
}

// newestULID is oldestULID from the other end.
func newestULID(entries []bucket.Version, key string) string {
	for i := 0; i < min(2, len(entries)) && entries[i].Key == key; i++ {
		if isULID(entries[i].VersionID) {
			return entries[i].VersionID
		}
	}
	return ""
}

func lessULID(a, b string) bool { return a != "" && b != "" && a < b }

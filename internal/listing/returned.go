// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// returned holds what was returned of one key whose versions continue on another
// page. It is as large as that key has versions.
type returned struct {
	key    string
	ids    map[string]struct{}
	newest time.Time // the time of the first of them
	// restarted says that the key was started again, with newer versions on top, and
	// that none of ids has come since.
	restarted bool
}

func (r *returned) has(v *bucket.Version) bool {
	_, ok := r.ids[v.VersionID]
	return ok
}

// add notes versions, all of one key.
func (r *returned) add(versions []bucket.Version) {
	for i := range versions {
		v := &versions[i]
		if v.Key != r.key || r.ids == nil {
			*r = returned{key: v.Key, ids: map[string]struct{}{}, newest: v.LastModified}
		}
		r.ids[v.VersionID] = struct{}{}
	}
}

// rest returns the entries without those that were returned. The store may repeat
// the version that the marker names, or start the key again, with newer versions on
// top. Those are left to the next listing, which shows them in their place: all are
// passed over until one comes that was returned. The null version does not tell where
// the repeated ones end: versitygw repeats it on each page of its key.
func (r *returned) rest(entries []bucket.Version) []bucket.Version {
	n := firstKey(entries)
	if n == 0 || entries[0].Key != r.key || r.ids == nil {
		return entries
	}
	start := 0
	for i := range slices.Backward(entries[:n]) {
		if entries[i].VersionID != bucket.NullVersion && r.has(&entries[i]) {
			start = i + 1
			break
		}
	}
	// A version may be the latest by now because newer ones were deleted.
	isNewer := func(v bucket.Version) bool { return v.IsLatest && !r.has(&v) && !v.LastModified.Before(r.newest) }
	r.restarted = start == 0 && (r.restarted || slices.ContainsFunc(entries[:n], isNewer))
	if r.restarted {
		return entries[n:]
	}
	rest := entries[start:n]
	if slices.ContainsFunc(rest, func(v bucket.Version) bool { return r.has(&v) }) {
		kept := slices.DeleteFunc(slices.Clone(rest), func(v bucket.Version) bool { return r.has(&v) })
		return append(kept, entries[n:]...)
	}
	return entries[start:]
}

// distinct returns the entries with each one once, in a new slice if that is
// another one.
func distinct(entries []bucket.Version) []bucket.Version {
	out, copied := entries, false
	var n int
	for start := 0; start < len(entries); start += n {
		if n = firstKey(entries[start:]); n == 1 && !copied {
			continue
		}
		isRepeated := repetitions(entries[start : start+n])
		for i := range n {
			switch repeated := isRepeated(i); {
			case repeated && !copied:
				out, copied = slices.Clone(entries[:start+i]), true
			case !repeated && copied:
				out = append(out, entries[start+i])
			}
		}
	}
	return out
}

// repetitions returns a function that is called with each index of the versions of
// one key, in turn, and tells whether that version is one of those before it.
func repetitions(versions []bucket.Version) func(i int) bool {
	const few = 8 // are compared faster than hashed
	if len(versions) <= few {
		return func(i int) bool {
			for k := range i {
				if versions[k].VersionID == versions[i].VersionID {
					return true
				}
			}
			return false
		}
	}
	ids := make(map[string]struct{}, len(versions))
	return func(i int) bool {
		before := len(ids)
		ids[versions[i].VersionID] = struct{}{}
		return len(ids) == before
	}
}

// latestFirst returns the entries with the version of each key that the store calls
// the latest at the front of the key, in a new slice if that is another order.
func latestFirst(entries []bucket.Version) []bucket.Version {
	front, found, copied := 0, false, false
	for i := range entries {
		if i > 0 && entries[i].Key != entries[i-1].Key {
			front, found = i, false
		}
		if found || !entries[i].IsLatest {
			continue
		}
		found = true
		if i == front {
			continue
		}
		if !copied {
			entries, copied = slices.Clone(entries), true
		}
		latest := entries[i]
		copy(entries[front+1:], entries[front:i])
		entries[front] = latest
	}
	return entries
}

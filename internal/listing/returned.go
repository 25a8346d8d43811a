// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"slices"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// returned holds what was returned of one key whose versions continue on another
// page. It is as large as that key has versions.
type returned struct {
	key string
	ids map[string]struct{}
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
			r.key, r.ids = v.Key, map[string]struct{}{}
		}
		r.ids[v.VersionID] = struct{}{}
	}
}

// rest returns the entries without those that were returned. The store may repeat
// the version that the marker names, or start the key again, with newer versions on
// top. Those are left to the next listing, which shows them in their place. The null
// version does not tell where the repeated ones end: versitygw repeats it on each
// page of its key.
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
	rest := entries[start:n]
	if slices.ContainsFunc(rest, func(v bucket.Version) bool { return r.has(&v) }) {
		kept := slices.DeleteFunc(slices.Clone(rest), func(v bucket.Version) bool { return r.has(&v) })
		return append(kept, entries[n:]...)
	}
	return entries[start:]
}

// distinct returns a copy of the entries in which each one comes once.
func distinct(entries []bucket.Version) []bucket.Version {
	out := make([]bucket.Version, 0, len(entries))
	for len(entries) > 0 {
		n := firstKey(entries)
		out = appendDistinct(out, entries[:n])
		entries = entries[n:]
	}
	return out
}

// appendDistinct appends the versions of one key, each once.
func appendDistinct(out, versions []bucket.Version) []bucket.Version {
	const few = 8 // are compared faster than hashed
	var ids map[string]struct{}
	if len(versions) > few {
		ids = make(map[string]struct{}, len(versions))
	}
	for i := range versions {
		id := versions[i].VersionID
		var known bool
		if ids == nil {
			known = slices.ContainsFunc(versions[:i], func(v bucket.Version) bool { return v.VersionID == id })
		} else {
			_, known = ids[id]
			ids[id] = struct{}{}
		}
		if !known {
			out = append(out, versions[i])
		}
	}
	return out
}

// latestFirst moves the version of each key that the store calls the latest to the
// front of the key.
func latestFirst(entries []bucket.Version) {
	for len(entries) > 0 {
		n := firstKey(entries)
		latest := slices.IndexFunc(entries[:n], func(v bucket.Version) bool { return v.IsLatest })
		if latest > 0 {
			v := entries[latest]
			copy(entries[1:], entries[:latest])
			entries[0] = v
		}
		entries = entries[n:]
	}
}

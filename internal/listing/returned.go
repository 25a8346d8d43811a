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

// fresh returns a copy of the entries without repeated ones. The version of a key
// that the store calls the latest is made the first.
func (r *returned) fresh(entries []bucket.Version) []bucket.Version {
	out := make([]bucket.Version, 0, len(entries))
	for len(entries) > 0 {
		n := firstKey(entries)
		of := len(out)
		if entries[0].Key == r.key && r.ids != nil {
			out = r.appendRest(out, entries[:n])
		} else {
			out = appendDistinct(out, entries[:n])
			latestFirst(out[of:])
		}
		entries = entries[n:]
	}
	return out
}

// appendRest appends the versions of the key that were not returned. The store may
// repeat the version that the marker names, or start the key again, with newer
// versions on top. Those are left to the next listing, which shows them in their
// place. The null version does not tell where the repeated ones end: versitygw
// repeats it on each page of its key.
func (r *returned) appendRest(out, run []bucket.Version) []bucket.Version {
	for i := range slices.Backward(run) {
		if run[i].VersionID != bucket.NullVersion && r.has(&run[i]) {
			run = run[i+1:]
			break
		}
	}
	for i := range run {
		if !r.has(&run[i]) {
			out = append(out, run[i])
			r.add(run[i : i+1])
		}
	}
	return out
}

// appendDistinct appends the versions of one key, each once.
func appendDistinct(out, run []bucket.Version) []bucket.Version {
	const few = 8 // are compared faster than hashed
	if len(run) > few {
		return (&returned{key: run[0].Key, ids: make(map[string]struct{}, len(run))}).appendRest(out, run)
	}
	for i := range run {
		same := func(v bucket.Version) bool { return v.VersionID == run[i].VersionID }
		if !slices.ContainsFunc(run[:i], same) {
			out = append(out, run[i])
		}
	}
	return out
}

// latestFirst moves the version that the store calls the latest to the front.
func latestFirst(run []bucket.Version) {
	latest := slices.IndexFunc(run, func(v bucket.Version) bool { return v.IsLatest })
	if latest > 0 {
		v := run[latest]
		copy(run[1:], run[:latest])
		run[0] = v
	}
}

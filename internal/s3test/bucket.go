// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// Versioning is the versioning state of a bucket.
type Versioning string

// The versioning states of a bucket.
const (
	Unversioned Versioning = ""          // never enabled
	Enabled     Versioning = "Enabled"   // each write makes a version
	Suspended   Versioning = "Suspended" // each write replaces the null version
)

type bucket struct {
	name       string
	region     string
	versioning Versioning
	public     bool
	locked     bool // has Object Lock
	ulids      bool // are the ids of its versions
	retimes    bool // replaced versions; see Config.RetimesReplaced
	keys       index
	uploads    map[string]*upload        // by upload id
	ordered    atomic.Pointer[[]*upload] // uploads in the order of a listing; nil after a change
}

func (s *Server) newBucket(name, region string, versioning Versioning) *bucket {
	return &bucket{
		name: name, region: region, versioning: versioning, uploads: map[string]*upload{},
		ulids: s.config.VersionIDs == ULIDs, retimes: s.config.RetimesReplaced, keys: index{order: s.config.KeyOrder},
	}
}

// object is a key and its versions, oldest first; there is at least one.
type object struct {
	key      string
	versions []*version
}

// version is one state of an object or a delete marker. It never changes once
// it was added to a bucket.
type version struct {
	sequence uint64 // orders the versions of a key
	null     bool
	marker   bool
	ulid     string // its id, if it has this form
	modified time.Time
	written  time.Time // when it became visible
	body     []byte
	etag     string      // without quotes
	header   http.Header // content headers and the like, as they were sent
	metadata map[string]string
	checksum checksum
	restore  *restore // nil if it was never asked for
}

// latest returns the newest version, which may be a delete marker.
func (o *object) latest() *version { return o.versions[len(o.versions)-1] }

// current returns the version of a key that a GET without version id answers,
// or nil; a delete marker is returned as such.
func (b *bucket) current(key string) *version {
	o := b.keys.get(key)
	if o == nil {
		return nil
	}
	return o.latest()
}

// find returns the version of a key with an id, or nil.
func (b *bucket) find(key, id string) *version {
	o := b.keys.get(key)
	if o == nil {
		return nil
	}
	if i := o.find(id); i >= 0 {
		return o.versions[i]
	}
	return nil
}

// find returns the place of the version with an id, or -1.
func (o *object) find(id string) int {
	if id == nullID {
		return slices.IndexFunc(o.versions, func(v *version) bool { return v.null })
	}
	sequence, ok := parseVersionID(id)
	if !ok {
		return -1
	}
	i, found := o.place(sequence)
	if !found || o.versions[i].id() != id {
		return -1
	}
	return i
}

// place returns where a version with a sequence stands or would stand.
func (o *object) place(sequence uint64) (int, bool) {
	return slices.BinarySearchFunc(o.versions, sequence, func(v *version, sequence uint64) int {
		switch {
		case v.sequence < sequence:
			return -1
		case v.sequence > sequence:
			return 1
		}
		return 0
	})
}

// add stores a version under a key, where it is visible from now on. In a bucket whose versioning is not
// enabled it becomes the null version and replaces the one before, unless that
// one is newer.
func (b *bucket) add(key string, v *version, now time.Time) {
	v.written = now
	if b.ulids {
		v.ulid = makeULID(v.modified, v.sequence)
	}
	o := b.keys.make(key)
	if b.versioning != Enabled {
		v.null = true
		if i := o.find(nullID); i >= 0 {
			if o.versions[i].sequence > v.sequence {
				return
			}
			o.versions = slices.Delete(o.versions, i, i+1)
		}
	}
	i, _ := o.place(v.sequence)
	if b.retimes && i > 0 && i == len(o.versions) {
		replaced := *o.latest()
		if v.marker {
			v.modified = replaced.modified
		}
		replaced.modified = now
		o.versions[i-1] = &replaced
	}
	o.versions = slices.Insert(o.versions, i, v)
}

// delete does what DELETE without a version id does: it adds a delete marker,
// or removes the object of an unversioned bucket and reports false.
func (b *bucket) delete(key string, marker *version, now time.Time) bool {
	if b.versioning == Unversioned {
		b.deleteVersion(key, nullID)
		return false
	}
	b.add(key, marker, now)
	return true
}

func newMarker(sequence uint64, modified time.Time) *version {
	return &version{sequence: sequence, marker: true, modified: modified}
}

// deleteVersion removes one version for good and returns it, or nil.
func (b *bucket) deleteVersion(key, id string) *version {
	o := b.keys.get(key)
	if o == nil {
		return nil
	}
	i := o.find(id)
	if i < 0 {
		return nil
	}
	v := o.versions[i]
	o.versions = slices.Delete(o.versions, i, i+1)
	if len(o.versions) == 0 {
		b.keys.remove(key)
	}
	return v
}

// shownID is what the x-amz-version-id header says, or "" for none: a bucket
// that was never versioned does not speak of versions.
func (b *bucket) shownID(v *version) string {
	if b.versioning == Unversioned {
		return ""
	}
	return v.id()
}

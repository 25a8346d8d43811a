// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
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

const nullID = "null"

type bucket struct {
	name       string
	region     string
	versioning Versioning
	public     bool
	locked     bool // has Object Lock
	created    time.Time
	keys       index
	uploads    map[string]*upload // by upload id
}

func newBucket(name, region string, versioning Versioning, now time.Time) *bucket {
	return &bucket{name: name, region: region, versioning: versioning, created: now, uploads: map[string]*upload{}}
}

// object is a key and its versions, oldest first; there is at least one.
type object struct {
	key      string
	versions []*version
}

// version is one state of an object or a delete marker. It never changes.
type version struct {
	sequence uint64 // orders the versions of a key
	null     bool
	marker   bool
	modified time.Time
	body     []byte
	etag     string      // without quotes
	header   http.Header // content headers and the like, as they were sent
	metadata map[string]string
	checksum checksum
}

func (v *version) id() string {
	if v.null {
		return nullID
	}
	return versionID(v.sequence)
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
	if !found || o.versions[i].null {
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

// add stores a version under a key. In a bucket whose versioning is not
// enabled it becomes the null version and replaces the one before, unless that
// one is newer.
func (b *bucket) add(key string, v *version) {
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
	o.versions = slices.Insert(o.versions, i, v)
}

// delete does what DELETE without a version id does: it returns the delete
// marker that it has added, or nil in an unversioned bucket.
func (b *bucket) delete(key string, sequence uint64, now time.Time) *version {
	if b.versioning == Unversioned {
		b.deleteVersion(key, nullID)
		return nil
	}
	v := &version{sequence: sequence, marker: true, modified: now}
	b.add(key, v)
	return v
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

const (
	idMask = 0x9e3779b97f4a7c15
	idOdd  = 0xd1342543de82ef95 // odd, so that multiplication is a bijection
)

// AWS's ids are opaque and hold dots and underscores; so do these.
func idEncoding() *base64.Encoding {
	return base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._").WithPadding(base64.NoPadding)
}

// versionID makes an opaque id, in no visible order, from a sequence number.
func versionID(sequence uint64) string {
	var raw [24]byte
	mixed := (sequence ^ idMask) * idOdd
	binary.BigEndian.PutUint64(raw[0:], mixed)
	binary.BigEndian.PutUint64(raw[8:], sequence^mixed)
	binary.BigEndian.PutUint64(raw[16:], (mixed^idOdd)*idMask)
	return idEncoding().EncodeToString(raw[:])
}

// parseVersionID reads an id back; it is false for ids of another form.
func parseVersionID(id string) (uint64, bool) {
	raw, err := idEncoding().DecodeString(id)
	if err != nil || len(raw) != 24 {
		return 0, false
	}
	sequence := binary.BigEndian.Uint64(raw[0:]) ^ binary.BigEndian.Uint64(raw[8:])
	return sequence, versionID(sequence) == id
}

func validVersionID(id string) bool {
	if id == nullID {
		return true
	}
	_, ok := parseVersionID(id)
	return ok
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"crypto/md5"
	"iter"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Object is one version or delete marker as a test sees it.
type Object struct {
	Key          string
	VersionID    string // "null" for what was written without versioning
	ETag         string // with quotes; empty for a delete marker
	Body         []byte // not to be changed
	LastModified time.Time
	IsLatest     bool
	DeleteMarker bool
	Header       http.Header // Content-Type and the like, as they were sent
	Metadata     map[string]string
}

// PutOption changes one detail of what a builder writes.
type PutOption func(*version)

// ContentType sets the Content-Type of an object.
func ContentType(value string) PutOption { return header("Content-Type", value) }

// StorageClass sets the storage class of an object. Of GLACIER and DEEP_ARCHIVE
// nothing can be read until it is restored.
func StorageClass(class string) PutOption { return header(classHeader, class) }

func header(name, value string) PutOption {
	return func(v *version) {
		if v.header == nil {
			v.header = http.Header{}
		}
		v.header.Set(name, value)
	}
}

// Restored restores an archived object: it can be read until the given time.
// With the zero time its restoration is still in progress.
func Restored(until time.Time) PutOption {
	return func(v *version) { v.restore = &restore{until: until} }
}

// Metadata sets the user metadata of an object; keys in lower case.
func Metadata(metadata map[string]string) PutOption {
	return func(v *version) { v.metadata = maps.Clone(metadata) }
}

// At sets the LastModified. It does not change the order of a key's versions,
// which is the order in which they are written.
func At(t time.Time) PutOption { return func(v *version) { v.modified = t } }

// Put writes an object without a request and returns its version id. The body
// is kept, not copied. The bucket must exist.
func (s *Server) Put(bucket, key string, body []byte, options ...PutOption) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.config.Clock()
	v := &version{sequence: s.sequence.Add(1), modified: now, body: body, etag: etagOf(body)}
	for _, option := range options {
		option(v)
	}
	s.must(bucket).add(key, v, now)
	return v.id()
}

// Delete deletes a key as DELETE without a version id does and returns the id
// of the delete marker, or "" in an unversioned bucket. Of the options, only At
// means anything to a delete marker.
func (s *Server) Delete(bucket, key string, options ...PutOption) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.config.Clock()
	v := newMarker(s.sequence.Add(1), now)
	for _, option := range options {
		option(v)
	}
	if !s.must(bucket).delete(key, v, now) {
		return ""
	}
	return v.id()
}

// DeleteVersion removes one version or delete marker for good and reports
// whether there was one.
func (s *Server) DeleteVersion(bucket, key, versionID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.must(bucket).deleteVersion(key, versionID) != nil
}

// Entry is one write of PutAll.
type Entry struct {
	Key          string
	Body         []byte // kept, not copied; may be shared by entries
	Delete       bool
	LastModified time.Time // the server's time if zero
}

// PutAll writes many entries in their order, quickly: a million takes a few
// seconds at most, least when keys ascend. The server is locked meanwhile, so the sequence
// must not call it.
func (s *Server) PutAll(bucket string, entries iter.Seq[Entry]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, now := s.must(bucket), s.config.Clock()
	var etag string
	var kept checksum
	var hashed []byte
	for e := range entries {
		modified := e.LastModified
		if modified.IsZero() {
			modified = now
		}
		if e.Delete {
			b.delete(e.Key, newMarker(s.sequence.Add(1), modified), modified)
			continue
		}
		if etag == "" || !sameBytes(hashed, e.Body) {
			hashed, etag = e.Body, etagOf(e.Body)
			if !s.config.NoChecksums {
				kept = sum(crc64nvme, e.Body)
			}
		}
		b.add(e.Key, &version{sequence: s.sequence.Add(1), modified: modified, body: e.Body, etag: etag, checksum: kept}, modified)
	}
}

func sameBytes(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// InitiateUpload begins a multipart upload at the server's time and returns
// its id.
func (s *Server) InitiateUpload(bucket, key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.must(bucket).initiate(key, s.sequence.Add(1), s.config.Clock()).id
}

// CompleteUpload makes a multipart upload's object visible, as one of a single
// part, and returns its version id. It returns "" if there is no such upload.
func (s *Server) CompleteUpload(bucket, uploadID string, body []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.must(bucket)
	u := b.uploads[uploadID]
	if u == nil {
		return ""
	}
	digest := md5.Sum(body)
	v := &version{body: body, header: u.header, metadata: u.metadata, etag: etagOf(digest[:]) + "-1"}
	s.finish(b, u, v, s.config.Clock())
	return v.id()
}

// AbortUpload ends a multipart upload without an object.
func (s *Server) AbortUpload(bucket, uploadID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.must(bucket).end(uploadID)
}

// Uploads returns the ids of the multipart uploads in progress, oldest first.
func (s *Server) Uploads(bucket string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.must(bucket).uploads))
}

// Get returns what a GET without version id would answer, and whether there is
// such an object.
func (s *Server) Get(bucket, key string) (Object, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v := s.must(bucket).current(key)
	if v == nil || v.marker {
		return Object{}, false
	}
	return snapshot(key, v, true), true
}

// Objects returns the objects that a bucket holds now, in the order of their keys.
func (s *Server) Objects(bucket string) []Object {
	var current []Object
	for _, o := range s.Versions(bucket) {
		if o.IsLatest && !o.DeleteMarker {
			current = append(current, o)
		}
	}
	return current
}

// Versions returns all versions and delete markers of a bucket in the order of
// the listing: keys ascending, the versions of a key newest first.
func (s *Server) Versions(bucket string) []Object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []Object
	s.must(bucket).keys.walk("", "", "", func(o *object, _ string) (counts, more bool) {
		for _, v := range slices.Backward(o.versions) {
			all = append(all, snapshot(o.key, v, v == o.latest()))
		}
		return true, true
	})
	return all
}

func snapshot(key string, v *version, latest bool) Object {
	o := Object{
		Key: key, VersionID: v.id(), Body: v.body, LastModified: v.modified, IsLatest: latest, DeleteMarker: v.marker,
		Header: v.header.Clone(), Metadata: maps.Clone(v.metadata),
	}
	if !v.marker {
		o.ETag = quote(v.etag)
	}
	return o
}

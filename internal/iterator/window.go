// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// maxKnown is how many versions a position carries: 300 take 3,200 bytes.
const maxKnown = 300

// Fingerprint is a short hash that stands for one version of one key. Among a
// million versions, the odds that two share one are 1 to 37 million.
type Fingerprint [8]byte

// fingerprint hashes what tells v from every other version. The null version is
// replaced in place, so its time and ETag belong to its identity.
func fingerprint(v bucket.Version) Fingerprint {
	h := sha256.New()
	writeField := func(s string) {
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	writeField(v.Key)
	writeField(v.VersionID)
	if v.VersionID == bucket.NullVersion {
		writeField(v.ETag)
		writeField(v.LastModified.UTC().Format(time.RFC3339Nano))
	}
	return Fingerprint(h.Sum(nil))
}

// mark says that a version needs no delivery any more.
type mark struct {
	id       Fingerprint
	modified time.Time
}

func markOf(v bucket.Version) mark {
	return mark{id: fingerprint(v), modified: v.LastModified}
}

// window is the set of marks inside the look-back window. Its memory grows with
// the changes inside the window, not with the bucket.
type window struct {
	marks []mark // in the order of delivery
	ids   map[Fingerprint]struct{}
}

// newWindow returns the window that a position carries. Its marks have lost
// their times and are kept for one look-back more: modified is when.
func newWindow(ids []Fingerprint, modified time.Time) *window {
	w := &window{ids: make(map[Fingerprint]struct{}, len(ids))}
	for _, id := range ids {
		w.add(mark{id: id, modified: modified})
	}
	return w
}

func (w *window) has(id Fingerprint) bool {
	_, ok := w.ids[id]
	return ok
}

func (w *window) add(marks ...mark) {
	for _, m := range marks {
		if !w.has(m.id) {
			w.ids[m.id] = struct{}{}
			w.marks = append(w.marks, m)
		}
	}
}

// forget drops the marks of what was modified at or before t.
func (w *window) forget(t time.Time) {
	kept := w.marks[:0]
	for _, m := range w.marks {
		if m.modified.After(t) {
			kept = append(kept, m)
		} else {
			delete(w.ids, m.id)
		}
	}
	clear(w.marks[len(kept):])
	w.marks = kept
}

// newest returns the marks that were added last, as many as a position may
// carry, and whether there are more.
func (w *window) newest() (ids []Fingerprint, more bool) {
	from := max(0, len(w.marks)-maxKnown)
	for _, m := range w.marks[from:] {
		ids = append(ids, m.id)
	}
	return ids, from > 0
}

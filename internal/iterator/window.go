// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// maxKnown is how many versions a position carries: 224 take 2,987 bytes, if
// they were modified within two hours of the watermark.
const maxKnown = 224

// Fingerprint is a short hash that stands for one version of one key. Among a
// million versions, the odds that two share one are 1 to 37 million.
type Fingerprint [8]byte

// fingerprint hashes what tells v from every other version. The null version is
// replaced in place, so its time and ETag belong to its identity.
func fingerprint(v bucket.Version) Fingerprint {
	if v.VersionID != bucket.NullVersion {
		return hash(v.Key, v.VersionID)
	}
	return hash(v.Key, v.VersionID, v.ETag, v.LastModified.UTC().Format(time.RFC3339Nano))
}

func hash(fields ...string) Fingerprint {
	h := sha256.New()
	for _, field := range fields {
		h.Write(binary.AppendUvarint(nil, uint64(len(field))))
		h.Write([]byte(field))
	}
	return Fingerprint(h.Sum(nil))
}

// Known says that a version needs no delivery any more.
type Known struct {
	ID       Fingerprint
	Modified time.Time // when, in whole seconds, rounded up
}

// mark is a Known version and its place.
type mark struct {
	Known
	place    Fingerprint // of the null version of a key, whatever it is now; else zero
	replaced bool        // by another null version in the same place
}

func markOf(v bucket.Version) mark {
	modified := v.LastModified.UTC().Add(time.Second - 1).Truncate(time.Second)
	m := mark{Known: Known{ID: fingerprint(v), Modified: modified}}
	if v.VersionID == bucket.NullVersion {
		m.place = hash(v.Key)
	}
	return m
}

// window is the set of marks inside the look-back window. Its memory grows with
// the changes inside the window, not with the bucket.
type window struct {
	marks  []*mark // in the order of delivery
	ids    map[Fingerprint]*mark
	places map[Fingerprint]*mark // the null version that was marked last
}

// newWindow returns the window that a position carries.
func newWindow(known []Known) *window {
	w := &window{ids: make(map[Fingerprint]*mark, len(known)), places: map[Fingerprint]*mark{}}
	for _, k := range known {
		w.add(mark{Known: k})
	}
	return w
}

func (w *window) has(id Fingerprint) bool {
	_, ok := w.ids[id]
	return ok
}

func (w *window) add(marks ...mark) {
	for _, m := range marks {
		if w.has(m.ID) {
			continue
		}
		if m.place != (Fingerprint{}) {
			w.replace(&m)
		}
		w.ids[m.ID] = &m
		w.marks = append(w.marks, &m)
	}
}

// replace takes out the mark of the null version that m's has replaced: the
// same state, within the same second, may come back and is a change again.
func (w *window) replace(m *mark) {
	if old, ok := w.places[m.place]; ok {
		delete(w.ids, old.ID)
		old.replaced = true
	}
	w.places[m.place] = m
}

// forget drops the marks of what was modified at or before t.
func (w *window) forget(t time.Time) {
	w.marks = slices.DeleteFunc(w.marks, func(m *mark) bool {
		if m.replaced {
			return true
		}
		if m.Modified.After(t) {
			return false
		}
		delete(w.ids, m.ID)
		if w.places[m.place] == m {
			delete(w.places, m.place)
		}
		return true
	})
}

// newest returns the marks that were added last, as many as a position may
// carry, in the order of delivery, and whether there are more.
func (w *window) newest() (known []Known, more bool) {
	n := min(len(w.ids), maxKnown)
	known = make([]Known, n)
	for i := len(w.marks) - 1; n > 0; i-- {
		if m := w.marks[i]; !m.replaced {
			n--
			known[n] = m.Known
		}
	}
	return known, len(w.ids) > maxKnown
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import (
	"slices"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

const (
	// recentSeconds is how far before the watermark the recent sketch begins: the
	// seconds in which changes still arrive out of order.
	recentSeconds = 1
	// aheadSeconds is how far after the watermark a version's time may be: a Date may
	// be two hours behind, and holds the watermark back. What is later has the time
	// of another clock, and is kept out of the sketches.
	aheadSeconds = 2*60*60 + 15*60
	// maxExact is how many versions a position lists one by one.
	maxExact = 32
	// maxAhead is how many versions a position lists whose time is ahead.
	maxAhead = 2
)

// Mark says of a version that it needs no delivery any more.
type Mark struct {
	ID     Fingerprint
	Second int64 // when the version was modified
	// Order is the second by which the version is ordered: Second, but never
	// before that of an older version of its key.
	Order     int64
	Multipart bool
	// Place identifies the null version of a key, whatever its state. It is zero
	// for other versions.
	Place Fingerprint
	// Alias says that it identifies the same state as the mark before it.
	Alias bool

	scan int // that has found it, or met it again
}

// MarkOf returns the mark of a version that is ordered by a second.
func MarkOf(v bucket.Version, order int64) Mark {
	m := Mark{ID: OfVersion(v), Second: v.LastModified.Unix(), Order: order, Multipart: v.IsMultipart()}
	if v.VersionID == bucket.NullVersion {
		m.Place = hash(v.Key)
	}
	return m
}

// IsRecent tells whether a version that was modified in a second belongs to the
// recent sketch of a position with a watermark.
func IsRecent(second, watermark int64) bool { return second >= watermark-recentSeconds }

// IsAhead tells whether a version that is ordered by a second is kept out of the
// sketches of a position with a watermark.
func IsAhead(order, watermark int64) bool { return order > watermark+aheadSeconds }

// Window is the range of time in which versions are remembered, in seconds.
type Window struct {
	Since          int64 // nothing older is remembered,
	SinceMultipart int64 // and nothing older that was a multipart upload
	Watermark      int64
}

// Has tells whether a version that was modified in a second is in the window.
func (w Window) Has(second int64, multipart bool) bool {
	return second >= w.Since || multipart && second >= w.SinceMultipart
}

// HasVersion tells whether a version is in the window.
func (w Window) HasVersion(v *bucket.Version) bool {
	second := v.LastModified.Unix()
	return second >= w.Since || second >= w.SinceMultipart && v.IsMultipart()
}

// Seen is the set of the versions inside a window that need no delivery any more.
// Its memory grows with the changes inside the window, not with the bucket. It may
// be read concurrently while nothing changes it.
type Seen struct {
	window Window
	scan   int // the number of the current scan
	ids    map[Fingerprint]*Mark
	places map[Fingerprint][]*Mark // the marks of the current state of a null version
	// Of ids, by Second, so that what leaves the window is found at once.
	ordinary, multipart map[int64][]*Mark
	ahead               map[Fingerprint]*Mark
	older, recent       Sketch
	// What the last position carries of the sketches, for the next one to share.
	olderKept, recentKept *Sketch
	// opaque says that the sketches hold more than ids: those of a position that
	// no scan has been compared with yet.
	opaque bool
}

// NewSeen returns an empty set.
func NewSeen(window Window) *Seen {
	return &Seen{
		window: window, ids: map[Fingerprint]*Mark{}, places: map[Fingerprint][]*Mark{},
		ordinary: map[int64][]*Mark{}, multipart: map[int64][]*Mark{}, ahead: map[Fingerprint]*Mark{},
	}
}

// SeenAt returns what a position remembers.
func SeenAt(p Position) *Seen {
	s := NewSeen(p.Window())
	if p.Delivered.IsSketch() {
		s.older, s.recent, s.opaque = *p.Delivered.Older, *p.Delivered.Recent, true
		for _, id := range p.Delivered.Ahead {
			s.ahead[id] = &Mark{ID: id}
		}
		return s
	}
	for _, m := range p.Delivered.Exact {
		s.Add(m)
	}
	return s
}

// Window returns the window of s.
func (s *Seen) Window() Window { return s.window }

// IsOpaque tells whether s holds versions that Has does not know.
func (s *Seen) IsOpaque() bool { return s.opaque }

// Len returns how many versions Has knows.
func (s *Seen) Len() int { return len(s.ids) }

// Has tells whether a version is in s.
func (s *Seen) Has(id Fingerprint) bool {
	_, ok := s.ids[id]
	return ok
}

// BeginScan begins a scan in which Meet is called with all that is in s and still
// exists.
func (s *Seen) BeginScan() { s.scan++ }

// Meet tells whether a version is in s, and notes that it exists. It may be called
// concurrently with itself, for different versions.
func (s *Seen) Meet(id Fingerprint) bool {
	m, ok := s.ids[id]
	if ok {
		m.scan = s.scan
	}
	return ok
}

// Gone returns the versions that neither this scan nor the one before it has met,
// because they were replaced or deleted. A single listing is not trusted.
func (s *Seen) Gone() (gone []Fingerprint) {
	for id, m := range s.ids {
		if m.scan < s.scan-1 {
			gone = append(gone, id)
		}
	}
	return gone
}

// Latest returns the latest second by which one of the versions that Has knows is
// ordered.
func (s *Seen) Latest() int64 {
	latest := Beginning.Unix()
	for _, m := range s.ids {
		latest = max(latest, m.Order)
	}
	return latest
}

// Clone returns a copy that changes apart from s.
func (s *Seen) Clone() *Seen {
	clone := NewSeen(s.window)
	for _, m := range s.ids {
		clone.Add(Mark{ID: m.ID, Second: m.Second, Order: m.Order, Multipart: m.Multipart})
	}
	for place, marks := range s.places {
		for _, m := range marks {
			kept := clone.ids[m.ID]
			kept.Place = place
			clone.places[place] = append(clone.places[place], kept)
		}
	}
	clone.older, clone.recent, clone.opaque = s.older, s.recent, s.opaque
	return clone
}

// Add adds marks that are inside the window. The mark of a null version takes out
// that of the state which it replaced: the same state, within the same second, may
// come back and is a change again.
func (s *Seen) Add(marks ...Mark) {
	for _, m := range marks {
		if s.Has(m.ID) || !s.window.Has(m.Second, m.Multipart) {
			continue
		}
		if m.Place != (Fingerprint{}) {
			if !m.Alias {
				for _, replaced := range s.places[m.Place] {
					s.remove(replaced)
				}
				delete(s.places, m.Place)
			}
			s.places[m.Place] = append(s.places[m.Place], &m)
		}
		m.scan = s.scan
		s.ids[m.ID] = &m
		index := s.index(&m)
		index[m.Second] = append(index[m.Second], &m)
		s.count(&m)
	}
}

func (s *Seen) index(m *Mark) map[int64][]*Mark {
	if m.Multipart {
		return s.multipart
	}
	return s.ordinary
}

// count puts a mark into the sketch of its time.
func (s *Seen) count(m *Mark) {
	if IsAhead(m.Order, s.window.Watermark) {
		s.ahead[m.ID] = m
	} else {
		s.sketch(m).Add(m.ID)
	}
}

func (s *Seen) sketch(m *Mark) *Sketch {
	if IsRecent(m.Second, s.window.Watermark) {
		return &s.recent
	}
	return &s.older
}

// remove takes out a mark but leaves its place.
func (s *Seen) remove(m *Mark) {
	if s.ids[m.ID] != m {
		return
	}
	s.drop(m)
	index := s.index(m)
	index[m.Second] = slices.DeleteFunc(index[m.Second], func(other *Mark) bool { return other == m })
	if len(index[m.Second]) == 0 {
		delete(index, m.Second)
	}
}

// drop takes a mark out of everything but the index by time and its place.
func (s *Seen) drop(m *Mark) {
	delete(s.ids, m.ID)
	if _, ahead := s.ahead[m.ID]; ahead {
		delete(s.ahead, m.ID)
	} else {
		s.sketch(m).Remove(m.ID)
	}
}

// Forget takes versions out, as far as they are in s.
func (s *Seen) Forget(ids ...Fingerprint) {
	for _, id := range ids {
		if m, ok := s.ids[id]; ok {
			s.remove(m)
			s.leavePlace(m)
		}
	}
}

// Advance moves the window on and forgets the versions that are no longer inside.
// While s is opaque the window does not move, since a sketch can't forget.
func (s *Seen) Advance(w Window) {
	if s.opaque || w == s.window {
		return
	}
	before := s.window
	if w.Since != before.Since || w.SinceMultipart != before.SinceMultipart {
		s.forget(s.ordinary, w.Since)
		s.forget(s.multipart, min(w.Since, w.SinceMultipart))
	}
	s.window = w
	if w.Watermark < before.Watermark {
		s.recount()
		return
	}
	if w.Watermark > before.Watermark {
		s.moveToOlder(before.Watermark-recentSeconds, w.Watermark-recentSeconds)
		for id, m := range s.ahead {
			if !IsAhead(m.Order, w.Watermark) {
				delete(s.ahead, id)
				s.count(m)
			}
		}
	}
}

// forget drops what was modified before a second.
func (s *Seen) forget(index map[int64][]*Mark, since int64) {
	for second, marks := range index {
		if second >= since {
			continue
		}
		for _, m := range marks {
			s.drop(m)
			s.leavePlace(m)
		}
		delete(index, second)
	}
}

func (s *Seen) leavePlace(m *Mark) {
	if m.Place == (Fingerprint{}) {
		return
	}
	left := slices.DeleteFunc(s.places[m.Place], func(other *Mark) bool { return other == m })
	if len(left) == 0 {
		delete(s.places, m.Place)
	} else {
		s.places[m.Place] = left
	}
}

// moveToOlder moves what was modified between two seconds from the recent sketch
// to the older one.
func (s *Seen) moveToOlder(from, to int64) {
	for _, index := range []map[int64][]*Mark{s.ordinary, s.multipart} {
		if to-from < int64(len(index)) {
			for second := from; second < to; second++ {
				s.makeOlder(index[second])
			}
			continue
		}
		for second, marks := range index {
			if second >= from && second < to {
				s.makeOlder(marks)
			}
		}
	}
}

func (s *Seen) makeOlder(marks []*Mark) {
	for _, m := range marks {
		if _, ahead := s.ahead[m.ID]; !ahead {
			s.recent.Remove(m.ID)
			s.older.Add(m.ID)
		}
	}
}

// recount makes the sketches again.
func (s *Seen) recount() {
	s.older, s.recent = Sketch{}, Sketch{}
	clear(s.ahead)
	for _, m := range s.ids {
		s.count(m)
	}
}

// Delivered returns what a position carries of s. It must not be changed.
func (s *Seen) Delivered() Delivered {
	if !s.opaque && len(s.ids) <= maxExact {
		exact := make([]Mark, 0, len(s.ids))
		for _, m := range s.ids {
			exact = append(exact, Mark{ID: m.ID, Second: m.Second, Order: m.Second, Multipart: m.Multipart})
		}
		slices.SortFunc(exact, func(a, b Mark) int { return a.ID.compare(b.ID) })
		return Delivered{Exact: exact}
	}
	s.olderKept, s.recentKept = keep(s.olderKept, &s.older), keep(s.recentKept, &s.recent)
	d := Delivered{Older: s.olderKept, Recent: s.recentKept}
	for id := range s.ahead {
		if len(d.Ahead) == maxAhead {
			break
		}
		d.Ahead = append(d.Ahead, id)
	}
	slices.SortFunc(d.Ahead, Fingerprint.compare)
	return d
}

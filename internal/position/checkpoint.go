// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import "time"

// Checkpoint is what an item that is delivered, or passed over, adds to what the
// positions after it say.
type Checkpoint struct {
	Key   string        // of its version
	Order time.Time     // by which its version is ordered; zero: it has none
	Marks []Mark        // of versions that need no delivery any more
	Gone  []Fingerprint // versions that don't exist any more
	// Window is the window of the positions after it. It never moves back,
	Window Window
	// unless SetBack says that the window holds even if it is older.
	SetBack bool
	Uploads *Uploads // nil: as before
	// Replace is what was delivered, in place of what was known before. It must not
	// be used by anyone else afterwards.
	Replace *Seen
	// Rewind is, unless it is zero, the last second up to which the order of
	// delivery still tells what was delivered: what came later is delivered again.
	Rewind time.Time
}

// State is the delivered side of a source: what its positions are made of. Its
// methods must not be called concurrently.
type State struct {
	seen    *Seen
	uploads Uploads
	key     string // of the version that is ordered by through, unless wide
	through time.Time
	wide    bool
}

// NewState returns the state of a source that resumes at a position.
func NewState(from Position) *State {
	return &State{seen: SeenAt(from), uploads: from.Uploads, key: from.Key, through: from.Through, wide: from.Wide}
}

// Seen returns what was delivered. It must not be changed.
func (s *State) Seen() *Seen { return s.seen }

// Forget lets a version be delivered again.
func (s *State) Forget(id Fingerprint) { s.seen.Forget(id) }

// Apply adds a checkpoint.
func (s *State) Apply(c Checkpoint) {
	if c.Replace != nil {
		s.seen = c.Replace
	}
	if !c.Rewind.IsZero() {
		s.key, s.through, s.wide = "", c.Rewind, true
	}
	s.seen.Advance(c.window(s.seen.Window()))
	s.seen.Forget(c.Gone...)
	s.seen.Add(c.Marks...)
	if c.Uploads != nil {
		s.uploads = *c.Uploads
	}
	s.order(c)
}

// window returns the window that follows another one.
func (c Checkpoint) window(before Window) Window {
	if c.SetBack {
		return c.Window
	}
	return Window{
		Since:          max(c.Window.Since, before.Since),
		SinceMultipart: max(c.Window.SinceMultipart, before.SinceMultipart),
		Watermark:      max(c.Window.Watermark, before.Watermark),
	}
}

// order moves through on.
func (s *State) order(c Checkpoint) {
	switch {
	case c.Order.IsZero():
	case IsAhead(c.Order.Unix(), s.seen.Window().Watermark):
		s.wide = true // its time is another clock's; positions list it, or don't know it
	case c.Order.After(s.end()):
		s.key, s.through, s.wide = c.Key, c.Order, false
	case !s.wide && c.Order.Equal(s.through) && c.Key >= s.key:
		s.key = c.Key
	default:
		s.wide = true
	}
	for _, m := range c.Marks {
		if m.Order > s.through.Unix() && !IsAhead(m.Order, s.seen.Window().Watermark) {
			s.through, s.wide = time.Unix(m.Order, 0).UTC(), true
		}
	}
}

// end is the last instant that through includes.
func (s *State) end() time.Time {
	if s.wide {
		return s.through.Truncate(time.Second).Add(time.Second - 1)
	}
	return s.through
}

// Fill sets what the state adds to a position: all but what tells about its record.
func (s *State) Fill(p *Position) {
	w := s.seen.Window()
	p.Watermark = time.Unix(w.Watermark, 0).UTC()
	p.Since, p.SinceMultipart = time.Unix(w.Since, 0).UTC(), time.Unix(w.SinceMultipart, 0).UTC()
	p.Delivered, p.Uploads = s.seen.Delivered(), s.uploads
	p.Through, p.Wide = s.through, s.wide
}

// Has tells whether a position includes a version of its own listing, which is
// ordered by a time, as delivered, as far as the order of delivery tells. above
// says that, in its key, it is above the version of the position's record.
func (p Position) Has(key string, order time.Time, above bool) bool {
	if p.Wide {
		return order.Unix() <= p.Through.Unix()
	}
	if !order.Equal(p.Through) {
		return order.Before(p.Through)
	}
	return key < p.Key || key == p.Key && !above
}

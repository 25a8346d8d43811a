// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

// Reconcile returns the versions that the sketches of s, which is opaque, contain.
// found are the candidates of a listing. It also returns how many of them are
// undecided. Those are left out, so that they are delivered again. s must not be
// used afterwards.
func (s *Seen) Reconcile(found []Mark) (seen *Seen, unknown int) {
	listed := NewSeen(s.window)
	var older, recent []Mark
	for _, m := range found {
		switch {
		case IsAhead(m.Order, s.window.Watermark):
			if _, delivered := s.ahead[m.ID]; delivered {
				listed.Add(m)
			}
			continue
		case IsRecent(m.Second, s.window.Watermark):
			recent = append(recent, m)
		default:
			older = append(older, m)
		}
	}
	unknown = listed.addDelivered(&s.older, older) + listed.addDelivered(&s.recent, recent)
	return listed, unknown
}

// addDelivered adds those of the marks that a sketch contains. If the difference
// can't be decoded, it adds none and returns how many marks there are.
func (s *Seen) addDelivered(delivered *Sketch, found []Mark) (unknown int) {
	var sketch Sketch
	ids := make([]Fingerprint, len(found))
	for i, m := range found {
		ids[i] = m.ID
		sketch.Add(m.ID)
	}
	difference := sketch.Minus(delivered)
	late, _, ok := difference.Decode(ids)
	if !ok {
		return len(found)
	}
	missing := make(map[Fingerprint]bool, len(late))
	for _, id := range late {
		missing[id] = true
	}
	for _, m := range found {
		if !missing[m.ID] {
			s.Add(m)
		}
	}
	return 0
}

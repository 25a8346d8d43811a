// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import "time"

// Unknown are versions that a Seen may stand for, and it can't be told whether it
// does.
type Unknown struct {
	Count int
	// Before is the last second before all of them. It is zero if there are none.
	Before time.Time
}

// Reconcile returns what s, which is opaque, stands for, given what a listing has
// found that s may stand for. Of those that it can't tell it returns how many there
// are: they are left out, so that they are delivered again. s must not be used
// afterwards.
func (s *Seen) Reconcile(found []Mark) (seen *Seen, unknown Unknown) {
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
	if n := listed.addDelivered(&s.recent, recent); n > 0 {
		unknown = Unknown{Count: n, Before: secondBefore(s.window.Watermark - recentSeconds)}
	}
	if n := listed.addDelivered(&s.older, older); n > 0 {
		unknown = Unknown{Count: unknown.Count + n, Before: secondBefore(min(s.window.Since, s.window.SinceMultipart))}
	}
	return listed, unknown
}

func secondBefore(second int64) time.Time {
	return time.Unix(max(second-1, Beginning.Unix()), 0).UTC()
}

// addDelivered adds those of the marks that a sketch stands for. If that can't be
// told it adds none, and returns how many they are.
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

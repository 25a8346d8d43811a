// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func version(key, id string, second int64) bucket.Version {
	return bucket.Version{Key: key, VersionID: id, ETag: `"x"`, LastModified: time.Unix(second, 0)}
}

// The sketches follow the marks through every change of the window: they are those
// of the marks that are left.
func TestSeen_SketchesFollowTheMarks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for range 50 {
		w := Window{Since: 1000, SinceMultipart: 900, Watermark: 1100}
		s := NewSeen(w)
		for i := range 300 {
			switch random.IntN(8) {
			case 0:
				w.Watermark += random.Int64N(200)
				w.Since += random.Int64N(20)
				w.SinceMultipart = min(w.Since, w.SinceMultipart+random.Int64N(20))
				s.Advance(w)
			case 1:
				w.Watermark -= random.Int64N(100)
				s.Advance(w)
			default:
				v := version(fmt.Sprintf("k%d", random.IntN(5)), fmt.Sprint(i), 900+random.Int64N(2000))
				if random.IntN(3) == 0 {
					v.VersionID, v.ETag = bucket.NullVersion, fmt.Sprintf("\"%d\"", random.IntN(3))
				}
				if random.IntN(3) == 0 {
					v.ETag = `"x-2"`
				}
				s.Add(MarkOf(v, v.LastModified.Unix()+random.Int64N(2)*random.Int64N(2000)))
			}
			checkSketches(t, s)
			checkSketches(t, s.Clone())
		}
	}
}

func checkSketches(t *testing.T, s *Seen) {
	t.Helper()
	var older, recent Sketch
	for id, m := range s.ids {
		assert.Assert(t, s.window.Has(m.Second, m.Multipart))
		switch {
		case IsAhead(m.Order, s.window.Watermark):
			assert.Assert(t, s.ahead[id] != nil)
		case IsRecent(m.Second, s.window.Watermark):
			recent.Add(id)
		default:
			older.Add(id)
		}
	}
	assert.Assert(t, s.older == older)
	assert.Assert(t, s.recent == recent)
}

// A null version may come back to a state that it had before, within a second.
func TestSeen_ANullVersionTakesOutTheOneThatItReplaced(t *testing.T) {
	s := NewSeen(Window{Watermark: 100})
	a, b := version("k", bucket.NullVersion, 100), version("k", bucket.NullVersion, 100)
	a.ETag, b.ETag = `"a"`, `"b"`
	s.Add(MarkOf(a, 100))
	assert.Check(t, s.Has(OfVersion(a)))
	s.Add(MarkOf(b, 100))
	assert.Check(t, !s.Has(OfVersion(a)))
	alias := MarkOf(a, 100)
	alias.Alias = true
	s.Add(alias)
	assert.Check(t, s.Has(OfVersion(a)) && s.Has(OfVersion(b)), "two names of one state")
	c := b
	c.ETag = `"c"`
	s.Add(MarkOf(c, 100))
	assert.Check(t, !s.Has(OfVersion(a)) && !s.Has(OfVersion(b)))
}

func TestSeen_APositionListsFewAndSketchesMany(t *testing.T) {
	s := NewSeen(Window{Watermark: 100})
	for i := range maxExact {
		s.Add(MarkOf(version("k", fmt.Sprint(i), 100), 100))
	}
	assert.Check(t, is.Len(s.Delivered().Exact, maxExact))
	s.Add(MarkOf(version("k", "one more", 100), 100))
	assert.Check(t, s.Delivered().IsSketch())
}

// What a position carries is kept while a snapshot resumes, and added to.
func TestSeen_OfAPositionWithSketches(t *testing.T) {
	w := Window{Since: 50, SinceMultipart: 50, Watermark: 100}
	all, first := NewSeen(w), NewSeen(w)
	for i := range 200 {
		m := MarkOf(version("k", fmt.Sprint(i), 50+int64(i)/2), 50)
		all.Add(m)
		if i < 100 {
			first.Add(m)
		}
	}
	p := Position{Mode: ModeSnapshot, Modified: second(1)}
	state := &State{seen: first}
	state.Fill(&p)
	p, err := Parse(p.String())
	assert.NilError(t, err)
	resumed := NewState(p)
	assert.Check(t, resumed.Seen().IsOpaque())
	for i := range 100 {
		v := version("k", fmt.Sprint(100+i), 50+int64(100+i)/2)
		resumed.Apply(Checkpoint{Window: Window{Since: 70, SinceMultipart: 70, Watermark: 120}, Marks: []Mark{MarkOf(v, 50)}})
	}
	resumed.Fill(&p)
	assert.Check(t, *p.Delivered.Older == all.older)
	assert.Check(t, *p.Delivered.Recent == all.recent)
	assert.Check(t, is.Equal(p.Window(), w), "a sketch can't forget")
}

// Through says how far the order of delivery has come, whatever comes late.
func TestState_Through(t *testing.T) {
	s := NewState(Position{Mode: ModeChanges, Key: "k", Through: second(5)})
	step := func(key string, order time.Time, want time.Time, wide bool) {
		t.Helper()
		s.Apply(Checkpoint{Key: key, Order: order})
		var p Position
		s.Fill(&p)
		assert.Check(t, p.Through.Equal(want) && p.Wide == wide, "%s %t", p.Through, p.Wide)
	}
	step("l", second(5), second(5), false) // the next key of the second that an earlier run ended in
	step("z", second(3), second(5), true)  // late
	step("z", second(5), second(5), true)
	step("b", second(6), second(6), false) // further than ever
	step("c", second(6), second(6), false) // the next key
	step("c", second(6), second(6), false) // its next version
	step("a", second(6), second(6), true)  // another listing, whose keys start again
	step("z", second(4), second(6), true)
	step("a", second(7), second(7), false)
}

func TestSeen_WhatTwoScansDoNotMeetIsGone(t *testing.T) {
	s := NewSeen(Window{Watermark: 100})
	a, b := MarkOf(version("a", "1", 100), 100), MarkOf(version("b", "1", 100), 100)
	s.BeginScan()
	s.Add(a, b)
	assert.Check(t, is.Len(s.Gone(), 0))
	for _, want := range [][]Fingerprint{nil, {b.ID}} {
		s.BeginScan()
		assert.Check(t, s.Meet(a.ID))
		assert.Check(t, is.DeepEqual(s.Gone(), want))
	}
	s.Forget(s.Gone()...)
	assert.Check(t, !s.Has(b.ID) && s.Has(a.ID))
	checkSketches(t, s)
}

// What sketches can't name is left out, and the order of delivery resumes before it.
func TestSeen_ReconcileTellsSinceWhenItIsNotKnown(t *testing.T) {
	const watermark = 1_000_000
	window := Window{Since: watermark - 60, SinceMultipart: watermark - 70, Watermark: watermark}
	marks := func(second int64, n int) (all []Mark) {
		for i := range n {
			all = append(all, Mark{ID: hash(strconv.FormatInt(second, 10), strconv.Itoa(i)), Second: second, Order: second})
		}
		return all
	}
	for _, test := range []struct {
		goneOlder, goneRecent int
		known                 int
		before                int64 // 0: all are known
	}{
		{0, 0, 200, 0}, {2, 2, 196, 0}, {100, 0, 100, watermark - 71}, {0, 100, 100, watermark - 2}, {100, 100, 0, watermark - 71},
	} {
		older, recent := marks(watermark-30, 100), marks(watermark, 100)
		s := NewSeen(window)
		s.Add(older...)
		s.Add(recent...)
		opaque := SeenAt(Position{
			Watermark: time.Unix(watermark, 0), Since: time.Unix(window.Since, 0), SinceMultipart: time.Unix(window.SinceMultipart, 0),
			Delivered: s.Delivered(),
		})
		found := slices.Concat(older[test.goneOlder:], recent[test.goneRecent:])
		if test.goneOlder == 100 { // others are there instead
			found = append(found, marks(watermark-20, 50)...)
		}
		if test.goneRecent == 100 {
			found = append(found, marks(watermark-1, 50)...)
		}
		seen, unknown := opaque.Reconcile(found)
		assert.Check(t, is.Equal(seen.Len(), test.known))
		assert.Check(t, is.Equal(unknown.Count, len(found)-test.known))
		if test.before == 0 {
			assert.Check(t, unknown.Before.IsZero())
		} else {
			assert.Check(t, is.Equal(unknown.Before.Unix(), test.before))
		}
	}
}

// After a rewind the order of delivery is followed from there.
func TestState_Rewind(t *testing.T) {
	at := func(second int64) time.Time { return time.Unix(second, 0).UTC() }
	s := NewState(Position{Key: "k", Through: at(100)})
	s.Apply(Checkpoint{Replace: NewSeen(Window{}), Rewind: at(39)})
	s.Apply(Checkpoint{Key: "a", Order: at(41)})
	p := Position{Key: "a"}
	s.Fill(&p)
	assert.Check(t, p.Has("z", at(40), false))
	assert.Check(t, p.Has("a", at(41), false))
	assert.Check(t, !p.Has("b", at(41), false))
	assert.Check(t, !p.Has("a", at(100), false))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func TestParse_OfConnectorsBeforeV010(t *testing.T) {
	for text, want := range map[string]Position{
		"thisIsAKey_s12345":      {Mode: ModeSnapshot, Key: "thisIsAKey", Start: time.Unix(12345, 0).UTC()},
		"thisIsAKey_c1634049397": {Mode: ModeChanges, Key: "thisIsAKey", Start: time.Unix(1634049397, 0).UTC()},
		"under_score_/_c_s0":     {Mode: ModeSnapshot, Key: "under_score_/_c", Start: time.Unix(0, 0).UTC()},
		"_c7":                    {Mode: ModeChanges, Start: time.Unix(7, 0).UTC()},
	} {
		want.Watermark, want.Since, want.SinceMultipart, want.Modified, want.Through = want.Start, want.Start, want.Start, want.Start, want.Start
		got, err := Parse(text)
		assert.NilError(t, err, text)
		assert.Check(t, is.DeepEqual(got, want), text)
	}
}

func TestParse_EmptyIsTheBeginning(t *testing.T) {
	p, err := Parse("")
	assert.NilError(t, err)
	assert.Check(t, p.IsZero())
}

// The connector before v0.10 panics on a position that ends after its underscore.
func TestParse_Corrupt(t *testing.T) {
	const ok = "a_c5;v1;watermark=2026-01-01T00:00:00Z;since=2026-01-01T00:00:00Z"
	_, err := Parse(ok)
	assert.NilError(t, err)
	for _, text := range []string{
		"a_", "_", "a", "a_s", "a_x5", "a_c-5", "a_c5x", "a_s99999999999999999999", "a_s253402300800",
		"a_c5;", "a_c5;v", "a_c5;1", "a_c5;vx", "a_c5;v-1", "a_c5;v0", "a_c5;v1", "a_c5;v1;start=2026-01-01T00:00:00Z",
		"a_c5;v1;watermark=yesterday", ok + ";delivered=!", ok + ";delivered=AA", ok + ";unheard=of", ok + ";version=%", ok + ";last=AA",
		ok + ";uploads=x", ok + ";uploads=AA", ok + ";uploading=AA", ok + ";older=AA", ok + ";earliest=2026-01-01T00:00:00Z",
		ok + ";older=" + strings.Repeat("A", 220), ok + ";since=0000-01-01T00:00:00Z",
	} {
		_, err := Parse(text)
		assert.Check(t, is.ErrorIs(err, ErrInvalid), text)
	}
}

func TestParse_OfANewerFormat(t *testing.T) {
	_, err := Parse("a_c5;v2;whatever;follows")
	assert.Check(t, is.ErrorIs(err, ErrNewer))
	assert.Check(t, is.ErrorContains(err, "format 2"))
}

func TestParse_ErrorsAreShort(t *testing.T) {
	_, err := Parse(strings.Repeat("a", 100_000))
	assert.Check(t, len(err.Error()) < 400)
}

func TestPosition_StartsLikeThoseBeforeV010(t *testing.T) {
	p := Position{Mode: ModeChanges, Key: "a_b", Watermark: second(2), Since: second(2), Modified: time.Unix(1634049397, 5)}
	assert.Check(t, strings.HasPrefix(p.String(), "a_b_c1634049397;v1;"), p)
	p.Mode, p.Start = ModeSnapshot, time.Unix(12345, 0)
	assert.Check(t, strings.HasPrefix(p.String(), "a_b_s12345;v1;"), p)
}

// largest returns a position with everything that a position can have, after many
// changes and beside many uploads.
func largest(mode Mode, changes, uploads int) Position {
	w := Window{Since: 1e9, SinceMultipart: 1e9 - 60, Watermark: 1e9 + 100_000}
	seen := NewSeen(w)
	for i := range changes {
		order := int64(1e9 + i)
		if i%7 == 0 {
			order += 10 * aheadSeconds
		}
		v := bucket.Version{Key: fmt.Sprintf("k%d", i), VersionID: "null", ETag: `"x"`, LastModified: time.Unix(int64(1e9+i), 0)}
		seen.Add(MarkOf(v, order))
	}
	s := &State{seen: seen, through: at(1e9 + 77), wide: true}
	for i := range uploads {
		s.uploads = NewUploads(append([]Upload{{ID: Fingerprint{1}, Second: 1e9}}, make([]Upload, i)...))
		s.uploads.Lost, s.uploads.LostAfterKey = 1e9+int64(uploads%2), i > 500
	}
	p := Position{
		Mode: mode, Key: strings.Repeat("_", 1024), VersionID: strings.Repeat("v", maxVersionID),
		Modified: at(1e9 + 5), Store: "ABCDEFGHIJKLM",
	}
	p.Last = hash(p.Key, p.VersionID)
	if mode == ModeSnapshot {
		p.Start = second(1e9)
	}
	s.Fill(&p)
	return p
}

func TestPosition_IsAtMost1KiBMoreThanTheKey(t *testing.T) {
	longest := 0
	for _, mode := range []Mode{ModeSnapshot, ModeChanges} {
		for _, changes := range []int{0, 1, maxExact - 1, maxExact, maxExact + 1, 10 * maxExact, 100_000} {
			for _, uploads := range []int{0, 1, maxExactUploads, maxExactUploads + 1, 1000, 1001} {
				p := largest(mode, changes, uploads)
				text := p.String()
				longest = max(longest, len(text)-len(p.Key))
				assert.Check(t, len(text) <= 1024+len(p.Key), "%d bytes with %d changes and %d uploads", len(text)-len(p.Key), changes, uploads)
				assert.Check(t, !strings.Contains(text[len(p.Key)+1:], "_"), text)
				got, err := Parse(text)
				assert.NilError(t, err)
				assert.Equal(t, got.String(), text)
			}
		}
	}
	t.Logf("at most %d bytes", longest)
}

func TestPosition_OfAnOldOrUnknownTime(t *testing.T) {
	for _, modified := range []time.Time{{}, time.Unix(-5, 0).UTC()} {
		for _, watermark := range []time.Time{second(1), Beginning} {
			p := Position{Mode: ModeChanges, Key: "a", Watermark: watermark, Since: Beginning, SinceMultipart: Beginning, Modified: modified, Through: modified}
			got, err := Parse(p.String())
			assert.NilError(t, err)
			assert.Check(t, is.DeepEqual(got, p))
		}
	}
}

func TestPosition_LongVersionIDsAreLeftOut(t *testing.T) {
	p := largest(ModeChanges, 1, 0)
	p.VersionID = strings.Repeat("v", 1024)
	assert.Check(t, len(p.String()) < 1024+len(p.Key))
	got, err := Parse(p.String())
	assert.NilError(t, err)
	assert.Check(t, is.Equal(got.Last, p.Last))
}

func FuzzParse(f *testing.F) {
	for _, mode := range []Mode{ModeSnapshot, ModeChanges} {
		for _, n := range []int{0, 3, 100} {
			f.Add(largest(mode, n, n).String())
		}
	}
	for _, text := range []string{"", "a_", "thisIsAKey_s12345", "thisIsAKey_c1634049397", "a_c5;v2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil || p.IsZero() {
			return
		}
		again, err := Parse(p.String())
		assert.NilError(t, err, "%q became %q", text, p)
		// What an old position lacks is written out once.
		assert.Equal(t, again.String(), p.String(), "from %q", text)
	})
}

func TestPosition_HasWhatWasDeliveredBefore(t *testing.T) {
	p := Position{Key: "m", Through: at(10)}
	for _, test := range []struct {
		key   string
		order time.Time
		above bool
		want  bool
	}{
		{"z", at(9), false, true},
		{"a", at(11), false, false},
		{"a", at(10), true, true},
		{"m", at(10), false, true},
		{"m", at(10), true, false},
		{"z", at(10), false, false},
	} {
		assert.Check(t, is.Equal(p.Has(test.key, test.order, test.above), test.want), test)
		wide := p
		wide.Wide = true
		assert.Check(t, is.Equal(wide.Has(test.key, test.order, test.above), !test.order.After(at(10))), test)
	}
}

// at returns an instant that has nanoseconds.
func at(seconds int64) time.Time { return time.Unix(seconds, 123456789).UTC() }

func second(n int64) time.Time { return time.Unix(n, 0).UTC() }

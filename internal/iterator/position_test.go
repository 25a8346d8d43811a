// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func TestParsePosition_OfTodaysConnector(t *testing.T) {
	for text, want := range map[string]Position{
		"thisIsAKey_s12345":      {Mode: ModeSnapshot, Key: "thisIsAKey", Start: time.Unix(12345, 0).UTC()},
		"thisIsAKey_c1634049397": {Mode: ModeChanges, Key: "thisIsAKey", Start: time.Unix(1634049397, 0).UTC()},
		"under_score_/_c_s0":     {Mode: ModeSnapshot, Key: "under_score_/_c", Start: time.Unix(0, 0).UTC()},
		"_c7":                    {Mode: ModeChanges, Start: time.Unix(7, 0).UTC()},
	} {
		want.Watermark, want.Floor, want.Modified = want.Start, want.Start, want.Start
		got, err := ParsePosition(text)
		assert.NilError(t, err, text)
		assert.Check(t, is.DeepEqual(got, want), text)
	}
}

func TestParsePosition_EmptyIsTheBeginning(t *testing.T) {
	p, err := ParsePosition("")
	assert.NilError(t, err)
	assert.Check(t, p.IsZero())
}

// The present connector panics on a text that ends behind its underscore.
func TestParsePosition_Corrupt(t *testing.T) {
	for _, text := range []string{
		"a_", "_", "a", "a_s", "a_x5", "a_c-5", "a_c5x", "a_s99999999999999999999", "a_s253402300800",
		"a_c5;", "a_c5;v", "a_c5;1", "a_c5;vx", "a_c5;v-1", "a_c5;v0", "a_c5;v1", "a_c5;v1;start=2026-01-01T00:00:00Z",
		"a_c5;v1;watermark=yesterday", "a_c5;v1;known=!", "a_c5;v1;known=AA", "a_c5;v1;unheard=of", "a_c5;v1;version=%",
		"a_c5;v1;watermark=1960-01-01T00:00:00Z", "a_c5;v1;uploads=x", "a_c5;v1;uploads=5.AA", "a_c5;v1;uploads=5.IAEAAAAAAAAAAQ",
	} {
		_, err := ParsePosition(text)
		assert.Check(t, is.ErrorIs(err, ErrPosition), text)
	}
}

func TestParsePosition_OfANewerFormat(t *testing.T) {
	_, err := ParsePosition("a_c5;v2;whatever;follows")
	assert.Check(t, is.ErrorIs(err, ErrNewerPosition))
	assert.Check(t, is.ErrorContains(err, "format 2"))
}

func TestPosition_BeginsLikeTodays(t *testing.T) {
	p := Position{Mode: ModeChanges, Key: "a_b", Start: at(1), Watermark: at(2), Modified: time.Unix(1634049397, 5)}
	assert.Check(t, strings.HasPrefix(p.String(), "a_b_c1634049397;v1;"), p)
	p.Mode, p.Start = ModeSnapshot, time.Unix(12345, 0)
	assert.Check(t, strings.HasPrefix(p.String(), "a_b_s12345;v1;"), p)
}

func TestPosition_IsAtMost4KiBBeyondTheKey(t *testing.T) {
	p := Position{
		Mode: ModeChanges, Key: "k", VersionID: strings.Repeat("_", 100),
		Start: at(1), Watermark: at(2), Floor: at(3), Modified: at(4), Known: make([]Known, maxKnown), More: true,
	}
	for i := range p.Known {
		p.Known[i] = Known{ID: Fingerprint{byte(i), byte(i >> 8), 0xff, 0xff}, Modified: time.Unix(int64(i*20), 0).UTC()}
	}
	text := p.String()
	assert.Check(t, len(text) <= 4096+len(p.Key), "%d bytes", len(text))
	assert.Check(t, !strings.Contains(text[len("k_c"):], "_"), text)
	got, err := ParsePosition(text)
	assert.NilError(t, err)
	assert.Check(t, is.DeepEqual(got, p))
}

// The look-back of a busy bucket with years of abandoned uploads.
func TestPosition_IsAtMost4KiBHoweverMuchThereIs(t *testing.T) {
	const changes, abandoned = 100_000, 10_000
	known := newWindow(nil)
	for i := range changes {
		v := bucket.Version{Key: fmt.Sprintf("k%d", i), VersionID: "null", ETag: `"x"`, LastModified: at(int64(1e9 + i%60))}
		known.add(markOf(v))
	}
	p := Position{
		Mode: ModeChanges, Key: strings.Repeat("_", 1024), VersionID: strings.Repeat("_", 100),
		Start: at(1), Watermark: at(1e9 + 3600), Floor: at(3), Modified: at(4), Uploads: uploadsOf(abandoned, 1e9).String(),
	}
	p.Known, p.More = known.newest()
	text := p.String()
	assert.Check(t, len(text) <= 4096+len(p.Key), "%d bytes", len(text)-len(p.Key))
	assert.Check(t, p.More)
	got, err := ParsePosition(text)
	assert.NilError(t, err)
	assert.Check(t, is.DeepEqual(got, p))
}

func FuzzParsePosition(f *testing.F) {
	for _, p := range []Position{
		{Mode: ModeSnapshot, Key: "a", Start: at(5), Watermark: at(5), Modified: at(3)},
		{Mode: ModeChanges, Key: "a_b;c", VersionID: "3/L4k_q;=%", Start: at(5), Watermark: at(6), Modified: at(7), Floor: at(4), Known: []Known{{ID: Fingerprint{1}, Modified: time.Unix(6, 0)}, {ID: Fingerprint{2}, Modified: time.Unix(0, 0)}}, More: true},
		{Mode: ModeChanges, Key: "k", Start: at(5), Watermark: at(6), Modified: at(7), Uploads: uploadsOf(1, 6).String()},
		{Mode: ModeSnapshot, Key: "", Start: at(5), Watermark: at(6), Modified: at(7), Uploads: uploadsOf(10_000, 1e9).String()},
	} {
		f.Add(p.String())
	}
	for _, text := range []string{"", "a_", "thisIsAKey_s12345", "thisIsAKey_c1634049397", "a_c5;v2", "a_c5;v1;uploads=5.AAEAAAAAAAAAAQ", "a_c5;v1;uploads=-5."} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePosition(text)
		if err != nil || p.IsZero() {
			return
		}
		again, err := ParsePosition(p.String())
		assert.NilError(t, err, "%q became %q", text, p)
		// What an old position lacks is written out once.
		assert.Check(t, is.DeepEqual(again, p), "%q became %q", text, p)
	})
}

// at returns an instant that has nanoseconds.
func at(seconds int64) time.Time { return time.Unix(seconds, 123456789).UTC() }

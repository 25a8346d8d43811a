// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

var misspellings = map[string]struct {
	leaves s3test.Misspelling
	key    string
}{
	"a plus":                {s3test.PlusIsRaw, "a+b.txt"},
	"a plus in a folder":    {s3test.PlusIsRaw, "x+y/z.txt"},
	"a plus beside a space": {s3test.PlusIsRaw, "a+b c.txt"},
	"a percent sign":        {s3test.AllIsRaw, "a%20b.txt"},
	"a letter":              {s3test.AllIsRaw, "caf%C3%A9"},
	"a slash":               {s3test.AllIsRaw, "x%2Fy"},
	"a plus of a raw key":   {s3test.AllIsRaw, "a+b"},
	"two percent signs":     {s3test.AllIsRaw, "%41%42"},
}

// A key that a listing shows in a wrong spelling can't be read. Absence of what is
// asked for does not mean that the object is gone.
func TestP7_AMisspelledKeyIsNotGone(t *testing.T) {
	for name, test := range misspellings {
		for _, versioning := range []s3test.Versioning{s3test.Unversioned, s3test.Enabled} {
			t.Run(name, func(t *testing.T) {
				inWorld(t, versioning, s3test.Config{Misspelling: test.leaves}, func(t *testing.T, w *world) {
					w.put(test.key, "1")
					ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
					defer cancel()
					_, err := next(ctx, w.start(""), 10)
					assert.Check(t, is.ErrorIs(err, bucket.ErrEncoding))
					assert.Check(t, is.ErrorContains(err, "EncodingType"))

					config := defaults()
					config.SkipUnreadable = true
					it := w.startWith(config, "")
					assert.Check(t, is.Len(w.read(it), 0))
					assert.Check(t, is.DeepEqual(it.skipped, map[string]int{"misspelled": 1}))
				})
			})
		}
	}
}

// What is gone costs no error on a store that spells keys right.
func TestP7_AGoneKeyOfOddCharactersIsGone(t *testing.T) {
	for _, key := range []string{"a b", "a+b", "a%20b", "caf%C3%A9", "café", "x=1/a b+c%"} {
		for _, versioning := range []s3test.Versioning{s3test.Unversioned, s3test.Enabled} {
			inWorld(t, versioning, s3test.Config{}, func(t *testing.T, w *world) {
				w.put(key, "1")
				w.put(key+" and more", "1")
				w.SetFaults(func(r s3test.Request) s3test.Fault {
					if r.Op == "GetObject" && r.Key == key {
						w.purge(key)
					}
					return s3test.Fault{}
				})
				it := w.start("")
				assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"snapshot " + key + " and more=1"}))
				assert.Check(t, is.Equal(it.skipped["gone"], 1))
			})
		}
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// Null versions of one second with the same bytes are alike: while one is listed, the
// other is not gone.
func TestFinder_FindsWhatHasTheFingerprintOfTheWantedVersion(t *testing.T) {
	null := bucket.Version{Key: "a", VersionID: bucket.NullVersion, ETag: `"1"`, LastModified: time.Unix(1, 5_000_000)}
	later, other, next := null, null, null
	later.LastModified = time.Unix(1, 900_000_000)
	other.ETag = `"2"`
	next.LastModified = time.Unix(2, 0)
	for name, c := range map[string]struct {
		listed bucket.Version
		want   bool
	}{
		"the same": {null, true}, "later in its second": {later, true}, "other bytes": {other, false}, "another second": {next, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := &finder{want: null}
			if err := f.Visit(c.listed, nil); err != nil {
				assert.ErrorIs(t, err, errPassed)
			}
			assert.Check(t, is.Equal(f.found, c.want))
		})
	}
}

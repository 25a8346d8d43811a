// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// There is room for what was listed, so a larger state that has replaced it before
// it was read is not read in its place. The next scan delivers it.
func TestReplacement_IsReadOnlyIfThereIsRoom(t *testing.T) {
	for _, test := range []struct {
		listed, replaced int
		left             int
	}{
		{1, replacedSize, 0},
		{1, replacedSize + 1, 1},
		{replacedSize, 2 * replacedSize, 0},
		{replacedSize, 2*replacedSize + 1, 1},
	} {
		t.Run(fmt.Sprintf("%d in place of %d", test.replaced, test.listed), func(t *testing.T) {
			inWorld(t, s3test.Unversioned, s3test.Config{}, func(t *testing.T, w *world) {
				it := w.start("")
				w.passTheStart()
				large := strings.Repeat("y", test.replaced)
				var once sync.Once
				w.SetFaults(func(r s3test.Request) s3test.Fault {
					if r.Op == "GetObject" {
						once.Do(func() { w.put("a", large) })
					}
					return s3test.Fault{}
				})
				w.put("a", strings.Repeat("x", test.listed))
				got := said(w.read(it))
				assert.Assert(t, is.Len(got, 1))
				assert.Check(t, got[0] == "create a="+large, "%.20s", got[0])
				assert.Check(t, is.Equal(it.skipped["gone"], test.left), "left to the next scan")
			})
		})
	}
}

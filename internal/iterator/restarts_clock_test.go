// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// A front end whose Date is an hour behind is no clock that was set back.
func TestP2_OneFrontEndAnHourBehindRepeatsNothing(t *testing.T) {
	for _, each := range []int{13, 1000} {
		t.Run(fmt.Sprintf("a restart after %d", each), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClocked(t, each, 10*time.Second)
				c.store.date = func(page int) time.Time { return time.Now().Add(time.Duration(page%5/4) * -time.Hour) }
				c.writeAndRead(150, func(int) {})
				c.checkAll(1, time.Hour)
			})
		})
	}
}

// A clock that is set back again and again costs a bounded number of repeats, as long
// as what has times in the future by then is not more than a position carries.
func TestP2_AClockThatIsSetBackFourTimesRepeatsLittle(t *testing.T) {
	for _, poll := range []time.Duration{time.Second, 5 * time.Minute} {
		for _, by := range []time.Duration{-90 * time.Second, -10 * time.Minute, -30 * time.Minute} {
			t.Run(fmt.Sprintf("by %s with a scan every %s", by, poll), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { setClock(t, poll, by, 4) })
			})
		}
	}
}

// More uploads than a sketch can name end while the source is stopped. A restart
// among what they became neither repeats it nor keeps the rest from coming.
func TestP2_RestartsAmongManyUploadsThatEndedAdvance(t *testing.T) {
	for _, apart := range []time.Duration{0, time.Second} { // their initiations
		t.Run(apart.String(), func(t *testing.T) {
			inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
				uploads := sized(200, 60)
				w.put("first", "1")
				var ids []string
				for i := range uploads {
					ids = append(ids, w.InitiateUpload(bucketName, fmt.Sprintf("up/%03d", i)))
					time.Sleep(apart)
				}
				time.Sleep(time.Hour)
				r := newRestarting(t, w.bucket)
				r.run(1, time.Hour)
				w.put("second", "1")
				r.run(1, time.Hour)
				time.Sleep(5 * lookback)
				w.put("third", "1")
				r.run(1, time.Hour)
				for _, id := range ids {
					w.complete(id, "1")
				}
				for range sized(12, 5) {
					r.run(50, 5*lookback)
				}
				repeats := 0
				for i := range uploads {
					_, came := r.last[fmt.Sprintf("up/%03d", i)]
					assert.Check(t, came, "upload %d never came", i)
				}
				for _, n := range r.count {
					repeats += n - 1
				}
				assert.Check(t, is.Equal(repeats, 0))
			})
		})
	}
}

// The clock of a store may be set back while the source is stopped.
func TestP1_AClockThatIsSetBackWhileTheSourceIsStopped(t *testing.T) {
	for _, by := range []time.Duration{-30 * time.Second, -5 * time.Minute, -time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClocked(t, 1000, 10*time.Second)
				c.writeAndRead(10, func(int) {})
				c.off.Store(int64(by))
				for i := range 5 {
					c.write(100 + i)
					time.Sleep(time.Second)
				}
				c.run(1000, 3*lookback)
				for _, v := range c.versions {
					assert.Check(t, c.count[nameOf(v)] >= 1, "%s never came", nameOf(v))
				}
			})
		})
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// inWorldWithAClock runs test on a server whose clock is off by what off holds.
func inWorldWithAClock(t *testing.T, config s3test.Config, off *atomic.Int64, test func(*testing.T, *world)) {
	t.Helper()
	config.Clock = func() time.Time { return time.Now().Add(time.Duration(off.Load())) }
	inWorld(t, s3test.Enabled, config, test)
}

func TestServersClock_SetBackWhileTheSourceIsStoppedLosesNothing(t *testing.T) {
	var off atomic.Int64
	inWorldWithAClock(t, s3test.Config{}, &off, func(t *testing.T, w *world) {
		it := w.start("")
		time.Sleep(time.Minute)
		w.put("a", "1")
		last := positions(w.read(it))[0]
		it.Close()
		off.Store(int64(-10 * time.Minute))
		w.put("b", "1")
		assert.Check(t, is.Contains(said(w.read(w.start(last))), "create b=1"))
	})
}

// What a proxy makes of the Date tells when the clock was set back, but not to when.
func TestServersClock_SetBackWithADateThatIsAheadLosesNothing(t *testing.T) {
	var off atomic.Int64
	inWorldWithAClock(t, s3test.Config{DateOffset: time.Hour}, &off, func(t *testing.T, w *world) {
		it := w.start("")
		w.put("a", "1")
		w.read(it)
		off.Store(int64(-10 * time.Minute))
		w.put("a", "2")
		assert.Check(t, is.Contains(said(w.read(it)), "update a=2"))
	})
}

// A Date that is late holds the watermark back, so that everything younger stays in
// the window.
func TestRestart_WithADateThatIsLateRepeatsNothing(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{DateOffset: -time.Hour}, func(t *testing.T, w *world) {
		const objects = 100
		for i := range objects {
			w.put(fmt.Sprintf("k%02d", i), "1")
		}
		last, all := "", 0
		for range 5 {
			it := w.start(last)
			changes := w.readSome(it, 40)
			it.Close()
			if all += len(changes); len(changes) > 0 {
				last = changes[len(changes)-1].Position.String()
			}
		}
		assert.Check(t, is.Equal(all, objects))
	})
}

// A null version is delivered in place of the one that it replaced. The next one may
// have an earlier time, of another front end.
func TestNullVersion_WithAnEarlierTimeThanWhatItReplacedIsDelivered(t *testing.T) {
	inWorld(t, s3test.Unversioned, s3test.Config{}, func(t *testing.T, w *world) {
		it := w.start("")
		time.Sleep(time.Minute)
		var read atomic.Bool
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "GetObject" && read.CompareAndSwap(false, true) {
				w.put("a", "2")
			}
			return s3test.Fault{}
		})
		w.put("a", "1")
		changes, err := next(t.Context(), it, 1)
		assert.NilError(t, err)
		assert.Check(t, is.DeepEqual(said(changes), []string{"create a=2"}))
		w.Put(bucketName, "a", []byte("3"), s3test.At(time.Now().Add(-5*time.Second)))
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create a=3"}))
	})
}

// While several listings in a row tell that a clock was set back, it goes on, and may
// come close to what it showed before.
func TestServerClock_ASlowSeriesOfListingsTellsAsWell(t *testing.T) {
	local := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	reached := local.Add(time.Minute)
	c := serverClock{date: local, at: local}
	for n := 1; ; n++ {
		local = local.Add(10 * time.Second)
		by, suspected := c.take(&reading{began: local, date: local, dateAt: local}, reached, 20*time.Second)
		if n == believed {
			assert.Check(t, is.Equal(by, 50*time.Second))
			return
		}
		assert.Check(t, suspected)
	}
}

// An object may have to be asked for several times, while a marker and another object
// come in its place within a second.
func TestNullVersion_WhoseMarkerWasListedBeforeItsReplacementWasRead(t *testing.T) {
	inWorld(t, s3test.Unversioned, s3test.Config{}, func(t *testing.T, w *world) {
		config := defaults()
		config.PollingPeriod = 100 * time.Millisecond
		it := w.startWith(config, "")
		time.Sleep(time.Minute)
		w.SetVersioning(bucketName, s3test.Suspended)
		var readable atomic.Bool
		w.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "GetObject" && !readable.Load() {
				return s3test.SlowDown()
			}
			return s3test.Fault{}
		})
		w.put("a", "1")
		time.Sleep(150 * time.Millisecond)
		w.delete("a")
		time.Sleep(150 * time.Millisecond)
		w.put("a", "2")
		readable.Store(true)
		assert.Check(t, is.DeepEqual(said(w.read(it)), []string{"create a=2"}))
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// readKilled reads from a position on, and is killed after every so many records,
// until none comes any more.
func (w *world) readKilled(config Config, from string, every int) (all []Change) {
	w.t.Helper()
	for {
		it := w.startWith(config, from)
		changes := w.readSome(it, every)
		it.Close()
		if len(changes) == 0 {
			return all
		}
		all = append(all, changes...)
		assert.Assert(w.t, len(all) < 10_000, "it makes no progress")
		from = all[len(all)-1].Position.String()
	}
}

// The changes of the second in which the source starts are out of order with the
// snapshot, so that a sketch can't tell them. They come again at most once.
func TestRestart_AmongManyChangesOfTheFirstSecondMakesProgress(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.put("z", "1")
		it := w.start("")
		first := w.readSome(it, 1)
		it.Close()
		const changes = 200
		for i := range changes {
			w.put(fmt.Sprintf("k%03d", i), "1")
		}
		all := w.readKilled(defaults(), first[0].Position.String(), 40)
		came := map[string]int{}
		for _, c := range all {
			came[c.Version.Key]++
		}
		delete(came, "z")
		assert.Check(t, is.Equal(len(came), changes))
		assert.Check(t, len(all) < 2*changes, "%d records of %d changes", len(all), changes)
	})
}

// Where only the latest changes are wanted, those that are left out have a place in
// the order of delivery as well.
func TestRestart_InABacklogOfTheLatestChangesRepeatsNothing(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		config := defaults()
		config.LatestOnly = true
		it := w.startWith(config, "")
		time.Sleep(time.Minute)
		w.put("first", "1")
		first := w.readSome(it, 1)
		it.Close()
		time.Sleep(time.Second)
		const keys = 300
		for version := range 3 {
			for i := range keys {
				w.put(fmt.Sprintf("k%03d", i), fmt.Sprint(version))
				time.Sleep(20 * time.Millisecond)
			}
		}
		all := w.readKilled(config, first[0].Position.String(), 50)
		assert.Check(t, is.Equal(len(all), keys))
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

// truth writes down all that a bucket ever held, as its server orders it. Every
// write to the bucket goes through it.
type truth struct {
	server *s3test.Server
	config s3test.Config

	mu      sync.Mutex
	listing []*entry            // what the bucket holds now, in the order of a listing
	lines   map[string][]*entry // of each key, all that it ever held, oldest first
	pending []*pendingUpload    // in the order of their initiation
	began   []*pendingUpload    // all that ever were
	purged  bool                // a version was deleted for good
	// disordered says that the keys of a listing were not in the order of their bytes.
	disordered bool
	ahead      atomic.Int64 // of the server's clock; other than the local one
}

// entry is a version or a delete marker that a bucket held.
type entry struct {
	s3test.Object
	appeared    time.Time
	gone        bool      // replaced, or deleted for good,
	goneAt      time.Time // and when
	wasState    bool      // it was the newest of its key when it appeared
	onObject    bool      // it stood on an object at some time,
	onNothing   bool      // and on nothing, or on a delete marker
	stateAtOpen bool      // it was the state of its key when the source opened for the first time
	indexInLine int       // once all is written
}

type pendingUpload struct {
	id, key      string
	initiated    time.Time // by the server's clock
	began, ended time.Time // local
}

// newTruth makes a server, and what writes down what its bucket holds.
func newTruth(config s3test.Config, versioning s3test.Versioning) *truth {
	tr := &truth{lines: map[string][]*entry{}}
	config.Clock = func() time.Time { return time.Now().Add(time.Duration(tr.ahead.Load())) }
	tr.config, tr.server = config, s3test.New(config)
	tr.server.CreateBucket(bucketName, versioning)
	return tr
}

// now is the server's time. It must be called with the lock held, or by the only
// one who sets the clock.
func (tr *truth) now() time.Time { return tr.config.Clock() }

// date is the Date of an answer; zero if it has none.
func (tr *truth) date() time.Time {
	if tr.config.NoDate {
		return time.Time{}
	}
	return tr.now().Add(tr.config.DateOffset).Truncate(time.Second)
}

// set sets the server's clock forward, or back.
func (tr *truth) set(by time.Duration) { tr.write(func() { tr.ahead.Add(int64(by)) }) }

// write changes the bucket and takes down what became of it.
func (tr *truth) write(change func()) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	change()
	objects := tr.server.Versions(bucketName)
	tr.listing = tr.listing[:0]
	tr.disordered = tr.disordered || !slices.IsSortedFunc(objects, func(a, b s3test.Object) int { return strings.Compare(a.Key, b.Key) })
	held := map[string][]s3test.Object{}
	for _, o := range objects {
		o.LastModified = tr.shown(o.LastModified)
		held[o.Key] = append(held[o.Key], o)
	}
	for _, o := range objects {
		if _, known := tr.lines[o.Key]; !known {
			tr.lines[o.Key] = nil
		}
	}
	for key, line := range tr.lines {
		tr.lines[key] = follow(line, held[key])
	}
	for _, o := range objects {
		if o.IsLatest {
			tr.listing = append(tr.listing, living(tr.lines[o.Key])...)
		}
	}
}

// shown is a time as the server lists it.
func (tr *truth) shown(t time.Time) time.Time {
	if tr.config.Milliseconds {
		return t.Truncate(time.Millisecond)
	}
	return t.Truncate(time.Second)
}

// living returns what a key holds, newest first.
func living(line []*entry) (alive []*entry) {
	for _, e := range slices.Backward(line) {
		if !e.gone {
			alive = append(alive, e)
		}
	}
	return alive
}

// follow brings the line of a key up to what it holds now, newest first.
func follow(line []*entry, held []s3test.Object) []*entry {
	place := len(line) // of what is older than the versions so far
	for _, o := range held {
		i := slices.IndexFunc(line[:place], func(e *entry) bool { return !e.gone && e.is(o) })
		if i < 0 {
			line = slices.Insert(line, place, &entry{Object: o, appeared: time.Now(), wasState: o.IsLatest})
			continue
		}
		line[i].IsLatest = o.IsLatest
		place = i
	}
	for _, e := range line {
		if !e.gone && !slices.ContainsFunc(held, e.is) {
			e.gone, e.goneAt = true, time.Now()
		}
	}
	alive := living(line)
	for i, e := range alive {
		if i+1 < len(alive) && !alive[i+1].DeleteMarker {
			e.onObject = true
		} else {
			e.onNothing = true
		}
	}
	return line
}

// is tells whether e and o are the same version, as far as a listing can tell.
func (e *entry) is(o s3test.Object) bool {
	if e.VersionID != bucket.NullVersion {
		return e.VersionID == o.VersionID
	}
	return e.VersionID == o.VersionID && e.ETag == o.ETag && e.LastModified.Equal(o.LastModified) && e.DeleteMarker == o.DeleteMarker
}

// open notes the state at which a source opens for the first time.
func (tr *truth) open() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, line := range tr.lines {
		for _, e := range line {
			e.stateAtOpen = e.IsLatest && !e.gone
		}
	}
}

// put writes an object to each of the keys, with a time that is off.
func (tr *truth) put(keys []string, body func() string, off time.Duration) {
	tr.write(func() {
		for _, key := range keys {
			tr.server.Put(bucketName, key, []byte(body()), s3test.At(tr.now().Add(off)))
		}
	})
}

func (tr *truth) delete(keys []string) {
	tr.write(func() {
		for _, key := range keys {
			tr.server.Delete(bucketName, key)
		}
	})
}

// purge deletes the n-th version of the bucket, and those after it, for good.
func (tr *truth) purge(n, many int) {
	tr.write(func() {
		for i := range many {
			if len(tr.listing) > 0 {
				e := tr.listing[(n+i)%len(tr.listing)]
				tr.server.DeleteVersion(bucketName, e.Key, e.VersionID)
				tr.purged = true
			}
		}
	})
}

func (tr *truth) initiate(keys []string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, key := range keys {
		up := &pendingUpload{id: tr.server.InitiateUpload(bucketName, key), key: key, initiated: tr.shown(tr.now()), began: time.Now()}
		tr.pending = append(tr.pending, up)
		tr.began = append(tr.began, up)
	}
}

// complete ends the n-th upload in progress, and those after it, with bodies or
// without an object.
func (tr *truth) complete(n, many int, body func() string) {
	tr.write(func() {
		for range min(many, len(tr.pending)) {
			n %= len(tr.pending)
			up := tr.pending[n]
			up.ended = time.Now()
			tr.pending = slices.Delete(tr.pending, n, n+1)
			if body == nil {
				tr.server.AbortUpload(bucketName, up.id)
			} else {
				tr.server.CompleteUpload(bucketName, up.id, []byte(body()))
			}
		}
	})
}

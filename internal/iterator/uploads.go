// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
)

const (
	// maxUploads bounds the uploads in progress that are kept in memory.
	maxUploads = 1_000_000
	// maxUploadPages bounds the pages of a listing, which may hold few uploads or
	// none.
	maxUploadPages = 10_000
	// refusedPause is how long it takes until uploads are listed again after the
	// store has refused to.
	refusedPause = 5 * time.Minute
)

// uploadListing is a whole listing of the uploads in progress.
type uploadListing struct {
	refused bool // the store does not list them
	uploads map[position.Fingerprint]listedUpload
	// When the listing began and ended, locally.
	began, ended time.Time
	// reached is a second that the store's clock had reached when it began.
	reached int64
	isFirst bool
}

// listedUpload are the uploads of one key that were initiated in one second.
type listedUpload struct {
	count  int
	second int64
}

// run lists the uploads in progress every half look-back, until ctx ends. An upload
// that begins and ends in between is young enough for the look-back itself. A fault
// does not lose what was listed so far, and a refusal is followed by another try
// later.
func (p *pending) run(ctx context.Context) {
	refused := false
	for ctx.Err() == nil {
		l, err := p.list(ctx)
		if ctx.Err() != nil {
			return
		}
		pause := p.lookback / 2
		if err != nil {
			if !refused {
				p.log.Warn().Err(err).Msgf("multipart uploads in progress can't be listed: an upload that takes longer than %s may be missed", p.lookback)
			}
			l, pause = &uploadListing{refused: true}, max(p.lookback, refusedPause)
		}
		refused = err != nil
		p.latest.Store(l)
		p.try.Do(func() { close(p.tried) })
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}

// list lists the uploads in progress. While S3 is unavailable it tries again.
func (p *pending) list(ctx context.Context) (*uploadListing, error) {
	l := &uploadListing{uploads: map[position.Fingerprint]listedUpload{}, began: time.Now(), reached: p.reached.Load(), isFirst: p.latest.Load() == nil}
	var after bucket.UploadMarker
	for pages, more := 1, true; more; pages++ {
		var page bucket.UploadPage
		err := bucket.Retry(ctx, func(ctx context.Context) (err error) {
			page, err = p.store.ListUploads(ctx, p.prefix, after)
			if err != nil {
				p.try.Do(func() { close(p.tried) })
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, u := range page.Uploads {
			id := position.OfUpload(u.Key, u.Initiated)
			l.uploads[id] = listedUpload{count: l.uploads[id].count + 1, second: u.Initiated.Unix()}
		}
		if len(l.uploads) > maxUploads {
			return nil, fmt.Errorf("more than %d uploads are in progress", maxUploads)
		}
		if page.More && page.Next == after {
			return nil, errors.New("the listing of uploads does not advance")
		}
		if page.More && pages == maxUploadPages {
			return nil, fmt.Errorf("their listing has more than %d pages", maxUploadPages)
		}
		after, more = page.Next, page.More
	}
	l.ended = time.Now()
	return l, nil
}

// walkedVersions are the multipart versions that a snapshot has met before uploads
// were listed for the first time. Others like them, of the same keys, have appeared
// since.
type walkedVersions struct {
	active bool
	open   bool   // more may be added
	until  string // unless open, the last key that was met before the listing
	ids    map[position.Fingerprint]struct{}
	since  time.Time // local: everything met until then is among them
}

// maxWalked bounds how many such versions are kept in memory.
const maxWalked = 1_000_000

func (w *walkedVersions) add(v bucket.Version, id position.Fingerprint) {
	if w.missed(v) {
		w.ids[id] = struct{}{}
	}
}

func (w *walkedVersions) has(id position.Fingerprint) bool {
	_, ok := w.ids[id]
	return w.active && ok
}

// missed tells whether the key of v was met before uploads were listed.
func (w *walkedVersions) missed(v bucket.Version) bool {
	return w.active && (w.open || v.Key <= w.until)
}

// walk begins a snapshot. What a resumed one has met before is not known.
func (p *pending) walk(began time.Time, fresh bool) {
	p.before = walkedVersions{active: fresh, open: true, ids: map[position.Fingerprint]struct{}{}, since: began}
	if !fresh {
		p.take()
	}
}

// walked notes that a snapshot has got a page, and before it all keys up to one.
// The first listing of uploads, if it ended before the page was asked for, tells
// all about the keys that follow.
func (p *pending) walked(key string) {
	w := &p.before
	if !w.active || !w.open {
		return
	}
	l := p.latest.Load()
	switch {
	case l != nil && (l.refused || key == "" && !l.ended.After(w.since)):
		p.take()
		p.before = walkedVersions{}
	case l != nil && !l.ended.After(w.since):
		p.take()
		w.open, w.until = false, key
	case len(w.ids) > maxWalked:
		p.log.Warn().Msg("multipart uploads in progress could not be listed for long: one that was in progress when the source started may be missed")
		p.before = walkedVersions{}
	default:
		w.since = time.Now()
	}
}

// lostUploads are the uploads of a position that have ended and can't be told one
// by one: any multipart version since the earliest of them may be one.
type lostUploads struct {
	active          bool
	earliest, until int64  // seconds
	after           string // a key: those of the earliest second are after it
	dealt           map[position.Fingerprint]struct{}
}

func (l *lostUploads) has(v bucket.Version, id position.Fingerprint) bool {
	second := v.LastModified.Unix()
	if !l.active || second < l.earliest || second >= l.until || second == l.earliest && v.Key <= l.after && l.after != "" {
		return false
	}
	_, dealt := l.dealt[id]
	return !dealt
}

// start begins to look for uploads since a second.
func (l *lostUploads) start(earliest, until int64, after string) {
	if l.active {
		earliest, after = min(earliest, l.earliest), ""
	}
	*l = lostUploads{active: true, earliest: earliest, until: until, after: after, dealt: map[position.Fingerprint]struct{}{}}
}

// carry adds to the items of findings since when uploads are lost after each of them,
// so that a restart resumes there. left is the earliest second of what is left to the
// next scan.
func (l *lostUploads) carry(items []*item, findings []*finding, left int64) {
	if !l.active {
		return
	}
	earliest, key := left, ""
	for n, i := range slices.Backward(items) {
		i.lost, i.lostAfterKey = min(earliest, l.until), i.checkpoint.Key < key
		v := &findings[n].version
		switch second := v.LastModified.Unix(); {
		case !findings[n].awaited || second > earliest:
		case second == earliest && earliest != left:
			key = min(key, v.Key)
		default:
			earliest, key = second, v.Key
			if second == left {
				key = ""
			}
		}
	}
}

func (l *lostUploads) add(id position.Fingerprint) {
	if l.active {
		l.dealt[id] = struct{}{}
	}
}

// resolve finds out which uploads of a position have ended while the source was
// stopped: those that the first listing does not show.
func (p *pending) resolve(first *uploadListing) {
	if p.unresolved == nil {
		return
	}
	var still position.Sketch
	for id, u := range first.uploads {
		if u.second < p.carriedBefore {
			still.Add(id)
		}
	}
	difference := p.unresolved.Sketch.Minus(&still)
	ended, _, ok := difference.Decode(nil)
	if !ok {
		p.lost.start(p.unresolved.Earliest, p.carriedBefore, "")
		p.log.Warn().Time("since", time.Unix(p.lost.earliest, 0).UTC()).
			Msg("many multipart uploads ended while the source was stopped: older objects that were uploaded in parts may be delivered again")
	}
	for _, id := range ended {
		p.awaited[id] = &awaitedUpload{second: p.unresolved.Earliest, ended: 1, until: first.ended.Add(p.lookback)}
	}
	p.unresolved = nil
}

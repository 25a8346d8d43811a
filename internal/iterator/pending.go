// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	"github.com/rs/zerolog"
)

// firstListing bounds how long a snapshot waits for the first listing of uploads.
// That is usually one request, and makes walkedVersions unnecessary.
const firstListing = time.Second

// pending are the multipart uploads that may still become a version. It has the
// time at which its upload was initiated, maybe days ago, so a scan for young
// versions would miss it. An upload is awaited from the listing of uploads that
// shows it until a look-back after the one that does not any more.
//
// A goroutine of its own lists the uploads. The other methods belong to the
// reading goroutine, except for awaits and concerns, which the collectors of a scan
// may call concurrently while nothing else is called.
type pending struct {
	store    Store
	prefix   string
	lookback time.Duration
	log      *zerolog.Logger

	tried  chan struct{} // closed once the first listing has succeeded or failed
	try    sync.Once
	latest atomic.Pointer[uploadListing] // the last whole one, nil: none yet
	// reached is a second that the store's clock has reached: the watermark.
	reached atomic.Int64

	taken   *uploadListing // what the other fields reflect
	awaited map[position.Fingerprint]*awaitedUpload
	// listed is a second that the store's clock had reached when the taken listing
	// began: what was initiated before is awaited, or visible to a scan.
	listed int64

	before     walkedVersions
	unresolved *position.Uploads // of the position, until the first listing
	// covered are versions that a resumed snapshot covers, before a listing tells which
	// uploads were in progress, and the uploads that they may have been.
	covered map[position.Fingerprint]position.Fingerprint
	lost    lostUploads

	carried       position.Uploads // what positions carry
	carriedBefore int64            // the second before which an upload is carried
	nextCarried   int64            // the earliest second of those that are not
	isChanged     bool             // since changed was called
}

func newPending(store Store, config Config, log *zerolog.Logger, from position.Position) *pending {
	p := &pending{
		store: store, prefix: config.Prefix, log: log, tried: make(chan struct{}),
		lookback: config.Lookback, awaited: map[position.Fingerprint]*awaitedUpload{},
		covered: map[position.Fingerprint]position.Fingerprint{},
		listed:  from.Window().SinceMultipart + newWindows(config.Lookback, from.Window()).lookback,
		carried: from.Uploads, carriedBefore: from.Window().SinceMultipart,
	}
	p.reached.Store(from.Watermark.Unix())
	for _, id := range from.Uploads.Exact {
		p.awaited[id] = &awaitedUpload{second: p.carriedBefore - 1, ended: 1, until: time.Now().Add(forEver)}
	}
	if from.Uploads.Sketch != nil {
		p.unresolved = &from.Uploads
	}
	if lost := from.Uploads.Lost; lost != 0 {
		after := ""
		if from.Uploads.LostAfterKey {
			after = from.Key
		}
		p.lost.start(lost, p.carriedBefore, after)
		p.carried.Lost, p.carried.LostAfterKey = 0, false
	}
	return p
}

// forEver is longer than a source runs.
const forEver = 100 * 365 * 24 * time.Hour

// wait waits for the first listing, for a short time.
func (p *pending) wait(ctx context.Context) error {
	timer := time.NewTimer(firstListing)
	defer timer.Stop()
	select {
	case <-p.tried:
	case <-timer.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// bound returns a second: what was initiated before is awaited, or was visible to
// the last scan. While uploads can't be listed at all, only the look-back bounds it.
func (p *pending) bound(watermark int64) int64 {
	if p.taken != nil && p.taken.refused {
		return watermark
	}
	return p.listed
}

// turnBack follows a clock that was set back.
func (p *pending) turnBack(watermark int64) {
	p.listed = min(p.listed, watermark)
	p.reached.Store(watermark)
}

// take takes over the latest listing, if it is new. It is called before a scan
// begins.
func (p *pending) take() {
	l := p.latest.Load()
	if l == p.taken {
		return
	}
	p.taken = l
	if l.refused {
		return
	}
	p.resolve(l)
	for id, a := range p.awaited {
		a.update(l.uploads[id].count, l, p.lookback)
	}
	for id, u := range l.uploads {
		if p.awaited[id] == nil {
			p.awaited[id] = &awaitedUpload{second: u.second, listed: u.count}
		}
	}
	for id, upload := range p.covered {
		p.lost.add(id)
		p.match(id, upload)
	}
	p.covered = nil
	p.carry()
}

// follow is called after a scan that began at a local time, when the store's clock
// had reached a second. What the listing of uploads that was taken before does not
// show was visible to the scan. The second less the time since that listing would not
// do: the store's clock may have been set forward meanwhile. Only for the first
// listing, whose time is otherwise unknown, is such a short time trusted.
func (p *pending) follow(second int64, began time.Time) {
	l := p.taken
	switch {
	case l == nil:
	case l.refused:
		p.listed = max(p.listed, second)
	case l.isFirst && began.Sub(l.began) < 2*firstListing:
		p.listed = max(p.listed, second-int64(began.Sub(l.began)/time.Second)-1)
	default:
		p.listed = max(p.listed, l.reached)
	}
}

// endScan is called when all that a scan which began at a local time has found is
// in line, and nothing is left to the next one.
func (p *pending) endScan(began time.Time) {
	if p.taken == nil {
		return
	}
	changed := p.lost.active
	if changed {
		p.isChanged = true // positions don't carry it any more
	}
	p.before, p.lost = walkedVersions{}, lostUploads{}
	for id, a := range p.awaited {
		if a.listed == 0 && a.until.Before(began) {
			delete(p.awaited, id)
			changed = true
		}
	}
	if changed {
		p.carry()
	}
}

// carryBefore lets positions carry the uploads from before a second.
func (p *pending) carryBefore(second int64) {
	if p.unresolved != nil || p.lost.active || second <= p.carriedBefore {
		return
	}
	p.carriedBefore = second
	if second > p.nextCarried {
		p.carry()
	}
}

func (p *pending) carry() {
	if p.unresolved != nil {
		return
	}
	var uploads []position.Upload
	p.nextCarried = math.MaxInt64
	for id, a := range p.awaited {
		switch {
		case a.open() == 0:
		case a.second < p.carriedBefore:
			uploads = append(uploads, position.Upload{ID: id, Second: a.second})
		default:
			p.nextCarried = min(p.nextCarried, a.second)
		}
	}
	if carried := position.NewUploads(uploads); !carried.Equal(p.carried) {
		p.carried, p.isChanged = carried, true
	}
}

// changed returns what positions carry after an item, if that has changed since the
// last call.
func (p *pending) changed(i *item) *position.Uploads {
	if !p.isChanged && !p.lost.active {
		return nil
	}
	p.isChanged = false
	carried := p.carried
	if p.lost.active {
		carried.Lost, carried.LostAfterKey = p.lost.earliest, false
		if i.lost != 0 {
			carried.Lost, carried.LostAfterKey = i.lost, i.lostAfterKey
		}
	}
	return &carried
}

// concerns tells whether v could be taken for what an upload became that is awaited.
func (p *pending) concerns(v bucket.Version) bool {
	if len(p.awaited) == 0 || !isUpload(v) {
		return false
	}
	_, a := p.uploadOf(v)
	return a != nil
}

// uploadOf returns the upload that v may have been, and nil if none like it is
// awaited. A store may list the upload's time a second before or after that of the
// version. Then it must be one that is known to have ended.
func (p *pending) uploadOf(v bucket.Version) (position.Fingerprint, *awaitedUpload) {
	id := position.OfUpload(v.Key, v.LastModified)
	if a := p.awaited[id]; a != nil || len(p.awaited) == 0 {
		return id, a
	}
	for _, off := range [...]time.Duration{-time.Second, time.Second} {
		near := position.OfUpload(v.Key, v.LastModified.Add(off))
		if a := p.awaited[near]; a != nil && a.ended > 0 && !a.isUnknown() {
			return near, a
		}
	}
	return id, nil
}

// wasBefore tells whether v, which is older than the window, was met by a snapshot
// before uploads were listed.
func (p *pending) wasBefore(v bucket.Version) bool {
	return p.before.active && isUpload(v) && p.before.has(position.OfVersion(v))
}

func isUpload(v bucket.Version) bool { return !v.DeleteMarker && v.IsMultipart() }

// awaits tells whether v, which is older than the window, may be what an upload
// became, and is yet to be delivered. What was put in one piece is not.
func (p *pending) awaits(v bucket.Version) bool {
	if len(p.awaited) == 0 && !p.before.active && !p.lost.active || !isUpload(v) {
		return false
	}
	id := position.OfVersion(v)
	if p.before.has(id) {
		return false
	}
	if _, a := p.uploadOf(v); a != nil {
		_, dealt := a.dealt[id]
		return !dealt
	}
	return p.before.missed(v) || p.lost.has(v, id)
}

// passOver notes that v needs no delivery, and is not what an upload became that
// is still awaited.
func (p *pending) passOver(v bucket.Version) {
	if !isUpload(v) {
		return
	}
	id := position.OfVersion(v)
	p.before.add(v, id)
	if _, a := p.uploadOf(v); a != nil {
		a.deal(id)
	}
}

// cover notes that a snapshot covers v. If that could be what an upload in progress
// became, it is taken for it: the upload has ended since it was listed, unless the
// next listing shows it again.
func (p *pending) cover(v bucket.Version) {
	if !isUpload(v) {
		return
	}
	id := position.OfVersion(v)
	upload, a := p.uploadOf(v)
	p.before.add(v, id)
	if p.taken == nil && !p.before.active && a == nil && len(p.covered) < maxWalked {
		p.covered[id] = upload
		return
	}
	p.match(id, upload)
}

// match takes a version that a snapshot covers for that of an upload, if there is one.
func (p *pending) match(version, upload position.Fingerprint) {
	a := p.awaited[upload]
	if a == nil || !a.deal(version) {
		return
	}
	if !a.isOfEnded() {
		a.guessed++
	}
	p.uncarry(upload, a)
}

// uncarry takes out of what positions carry an upload of which nothing is to come.
func (p *pending) uncarry(upload position.Fingerprint, a *awaitedUpload) {
	if a.open() == 0 && a.second < p.carriedBefore && p.unresolved == nil {
		p.carried, p.isChanged = p.carried.Without(upload), true
	}
}

// shares counts the findings of a scan that may be what one upload became.
func (p *pending) shares(findings []*finding) map[position.Fingerprint]int {
	shares := map[position.Fingerprint]int{}
	for _, f := range findings {
		if !isUpload(f.version) {
			continue
		}
		if upload, a := p.uploadOf(f.version); a != nil {
			shares[upload]++
		}
	}
	return shares
}

// settle notes that a version is put in line. If it is what an upload became,
// positions don't carry that upload any more, unless the shares say that others like
// it follow: a position carries one for all of them.
func (p *pending) settle(v bucket.Version, shares map[position.Fingerprint]int) {
	if !isUpload(v) {
		return
	}
	id := position.OfVersion(v)
	p.before.add(v, id)
	p.lost.add(id)
	upload, a := p.uploadOf(v)
	if a == nil || !a.deal(id) {
		return
	}
	if !a.isOfEnded() {
		a.settled++
	}
	if shares[upload]--; shares[upload] <= 0 {
		p.uncarry(upload, a)
	}
}

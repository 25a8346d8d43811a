// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/rs/zerolog"
)

// upload is what a version has of the multipart upload that it was: the key
// and, in whole seconds, the time of initiation.
type upload struct {
	key    string
	second int64
}

func uploadOf(v bucket.Version) upload { return upload{v.Key, v.LastModified.Unix()} }

func (u upload) id() uint64 {
	id := hash(u.key, string(binary.BigEndian.AppendUint64(nil, uint64(u.second)))) //nolint:gosec // seconds are distinct either way
	return binary.BigEndian.Uint64(id[:])
}

// progress is what is known of the uploads of one key that were initiated in
// the same second, which is mostly one.
type progress struct {
	listed  int // in progress at the last listing
	open    int // listed, or ended between the last two listings
	settled int // of those that are open, whose version needs no delivery any more, as it seems
	// versions are those that they, or others of that second, became, as far as
	// they need no delivery.
	versions map[Fingerprint]struct{}
}

func (p *progress) waiting() int { return max(0, p.open-p.settled) }

// uploads are the multipart uploads that may still bring a version. It bears the
// time at which its upload was initiated, maybe days ago, so a scan for young
// versions would miss it. An upload is remembered from a listing that shows it
// until the end of the first whole scan that began after it had ended.
//
// The methods must not be called concurrently, except for has, which may be
// called concurrently with itself.
type uploads struct {
	store    Store
	prefix   string
	lookback time.Duration
	log      *zerolog.Logger

	byKey map[upload]*progress
	at    time.Time // of the server, when they were listed; zero: not yet
	next  time.Time // of the local clock, when they are to be listed again
	stop  bool      // the listing is not to be had

	// left are the uploads of a position, less those that were in the first listing.
	left *sums // nil: none

	all  sums   // all that a version is awaited of
	text string // all, for positions
}

func newUploads(store Store, config Config, log *zerolog.Logger, from Position) *uploads {
	u := &uploads{
		store: store, prefix: config.Prefix, lookback: config.Lookback, log: log,
		byKey: map[upload]*progress{}, text: from.Uploads,
	}
	if from.Uploads != "" {
		u.all, _ = parseSums(from.Uploads) // ParsePosition has read it already
		left := u.all
		u.left = &left
	}
	return u
}

// refresh lists the uploads in progress, once every half look-back. An upload
// that begins and ends in between is young enough for the look-back itself.
// While S3 is unavailable it tries again, for a part of that time; what was
// known before then still holds. Only without a first listing nothing is known,
// so that one is waited for. It returns an error only if ctx ends.
func (u *uploads) refresh(ctx context.Context) error {
	if u.stop || time.Now().Before(u.next) {
		return nil
	}
	u.next = time.Now().Add(u.lookback / 2)
	bounded := ctx
	if !u.at.IsZero() {
		var cancel context.CancelFunc
		bounded, cancel = context.WithTimeout(ctx, u.lookback/4)
		defer cancel()
	}
	listed, at, err := u.list(bounded)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, bucket.ErrUnavailable), err != nil && bounded.Err() != nil: // which may end amid a request
		u.log.Warn().Err(err).Msg("the multipart uploads in progress could not be listed, trying again later")
		return nil
	case err != nil:
		u.stop = true
		u.log.Warn().Err(err).Msgf("the multipart uploads in progress can't be listed: one that takes longer than %s will not be seen", u.lookback)
		return nil
	}
	u.turn(listed, at)
	return nil
}

// list returns how many uploads of each key and second are in progress, and
// the server's time before that.
func (u *uploads) list(ctx context.Context) (listed map[upload]int, at time.Time, err error) {
	listed = map[upload]int{}
	var after bucket.UploadMarker
	for more := true; more; {
		var page bucket.UploadPage
		err := bucket.Retry(ctx, func(ctx context.Context) (err error) {
			page, err = u.store.ListUploads(ctx, u.prefix, after)
			return err
		})
		if err != nil {
			return nil, time.Time{}, err
		}
		if at.IsZero() {
			at = page.Time
		}
		for _, l := range page.Uploads {
			listed[upload{l.Key, l.Initiated.Unix()}]++
		}
		after, more = page.Next, page.More
	}
	return listed, at, nil
}

// turn takes in a listing that was made at a server time. Uploads that are
// younger than a part of the look-back stay out of positions: not all of them
// may be listed yet, and the look-back covers them.
func (u *uploads) turn(listed map[upload]int, at time.Time) {
	if u.left != nil && u.at.IsZero() {
		for up, n := range listed {
			u.left.add(up, -n)
		}
	}
	u.at = at
	for up, p := range u.byKey {
		p.listed, p.open = listed[up], max(p.open, listed[up])
		// What is still listed was not settled: it was another of that second.
		p.settled = min(p.settled, p.open-p.listed)
	}
	for up, n := range listed {
		if u.byKey[up] == nil {
			u.byKey[up] = &progress{listed: n, open: n}
		}
	}
	u.sum(at.Add(-u.lookback / 4).Unix())
}

// hold returns watermark, or the last time at which the look-back still reaches
// the uploads that began after the last listing.
func (u *uploads) hold(watermark time.Time) time.Time {
	if u.stop {
		return watermark
	}
	return earlier(watermark, u.at.Add(u.lookback-u.lookback/4))
}

// has tells whether v may be what an upload became, and is yet to be delivered.
// What was put in one piece, in the second in which an upload was initiated, is
// not.
func (u *uploads) has(v bucket.Version) bool {
	if v.DeleteMarker || !v.IsMultipart() {
		return false
	}
	if p := u.openedWith(v); p != nil {
		_, settled := p.versions[fingerprint(v)]
		return !settled
	}
	return u.left != nil && u.left.may(v)
}

// openedWith returns the open uploads of v's key and second, nil if there are none.
func (u *uploads) openedWith(v bucket.Version) *progress {
	if p := u.byKey[uploadOf(v)]; p != nil && p.open > 0 {
		return p
	}
	return nil
}

// settle notes that v needs no delivery any more.
func (u *uploads) settle(v bucket.Version) {
	if !u.has(v) {
		return
	}
	up := uploadOf(v)
	if p := u.openedWith(v); p != nil {
		if p.versions == nil {
			p.versions = map[Fingerprint]struct{}{}
		}
		p.versions[fingerprint(v)] = struct{}{}
		if p.waiting() == 0 {
			return
		}
		p.settled++
	} else {
		u.left.add(up, -1)
	}
	u.all.add(up, -1)
	u.text = u.all.String()
}

// forget drops the uploads that have ended. It is called after a whole scan
// that began after the last listing.
func (u *uploads) forget() {
	u.left = nil
	for up, p := range u.byKey {
		if p.listed == 0 {
			delete(u.byKey, up)
			continue
		}
		p.settled = max(0, p.settled-(p.open-p.listed))
		p.open = p.listed
	}
	u.sum(u.all.until)
}

// sum makes what positions carry of the uploads initiated up to a second.
func (u *uploads) sum(until int64) {
	u.all = sums{until: until}
	if u.left != nil {
		u.all.merge(u.left)
	}
	for up, p := range u.byKey {
		u.all.add(up, p.waiting())
	}
	u.text = u.all.String()
}

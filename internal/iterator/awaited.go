// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/position"
)

// awaitedUpload are the uploads of one key that were initiated in one second,
// usually one.
type awaitedUpload struct {
	second  int64
	listed  int       // in progress at the last listing
	ended   int       // that left the listing, and of which no version was found
	settled int       // of those that are listed, whose version was found
	guessed int       // of those that are listed, whose version a snapshot seems to have met
	early   int       // of those that a position carries, whose version was found before a listing was taken
	until   time.Time // local: how long it is awaited that what has ended appears
	// dealt are the versions that need no delivery and could be taken for one, and
	// dealtAt is when the last was added, locally.
	dealt   map[position.Fingerprint]struct{}
	dealtAt time.Time
}

// open is how many versions are still to come.
func (a *awaitedUpload) open() int { return max(0, a.listed-a.settled-a.guessed) + a.ended }

// isUnknown tells whether no listing has told yet if what a position carries has ended.
func (a *awaitedUpload) isUnknown() bool { return time.Until(a.until) > forEver/2 }

// update follows a listing.
func (a *awaitedUpload) update(listed int, l *uploadListing, lookback time.Duration) {
	until := l.ended.Add(lookback)
	// Then it may show uploads whose versions were found since.
	isOlder := l.began.Before(a.dealtAt)
	switch left := a.listed - listed; {
	case left > 0:
		a.ended += max(0, left-a.settled-a.guessed)
		a.guessed = max(0, a.guessed-max(0, left-a.settled))
		a.settled = max(0, a.settled-left)
		a.until = until
	case a.listed == 0 && listed > 0: // what a position carries is still in progress
		if isOlder {
			a.settled = min(a.early, listed)
		}
		a.ended = max(0, a.ended-listed+a.settled)
	}
	if a.isUnknown() {
		a.until = until
	}
	if !isOlder {
		a.guessed = 0
	}
	a.listed, a.early = listed, 0
}

// isOfEnded takes a version for that of an upload that has ended, if there is one.
func (a *awaitedUpload) isOfEnded() bool {
	if a.ended == 0 {
		return false
	}
	a.ended--
	a.early++
	return true
}

// deal notes that a version needs no delivery. It returns whether that is new.
func (a *awaitedUpload) deal(id position.Fingerprint) bool {
	if _, dealt := a.dealt[id]; dealt {
		return false
	}
	if a.dealt == nil {
		a.dealt = map[position.Fingerprint]struct{}{}
	}
	a.dealt[id], a.dealtAt = struct{}{}, time.Now()
	return true
}

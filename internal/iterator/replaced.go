// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/position"
)

// replacements are, by key, the null versions that were delivered in place of one
// that they had replaced before it could be read. Scans that found them, or states
// in between, have put those in line as well.
type replacements map[string]replacement

type replacement struct {
	id             position.Fingerprint
	modified       int64 // second
	sent, answered int64 // its GET, by the queue's logical clock
}

// maxReplacements bounds how many are remembered.
const maxReplacements = 10_000

// admits tells whether an item is to be delivered: it is not if its state was
// delivered already, or is older than what was delivered in its place. What else
// comes of the key lets the replacement be delivered again, after it, so that the
// last record is the last state.
func (r replacements) admits(i *item, delivered *position.State) bool {
	v := i.finding.version
	isNull := v.VersionID == bucket.NullVersion
	if last, ok := r[v.Key]; ok {
		// A GET that was sent after the answer to the other one has read a later state,
		// whatever the times say: front ends have clocks of their own. What was listed
		// before the other one was asked for is an earlier state, unless it came back.
		second, wasListed := v.LastModified.Unix(), !i.replaced && i.listed < last.sent
		older := i.sent < last.answered && (second < last.modified || wasListed ||
			second == last.modified && !v.DeleteMarker && i.answered < last.answered) ||
			wasListed && second < last.modified
		switch {
		case isNull && position.OfVersion(v) == last.id:
			if !i.replaced {
				delete(r, v.Key)
			}
			return false
		case isNull && older:
			i.checkpoint.Marks = nil
			return false
		default:
			delete(r, v.Key)
			delivered.Forget(last.id)
		}
	}
	if i.replaced && i.err == nil {
		if len(r) == maxReplacements {
			clear(r)
		}
		r[v.Key] = replacement{id: position.OfVersion(v), modified: v.LastModified.Unix(), sent: i.sent, answered: i.answered}
	}
	return true
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package position holds what a source remembers between two runs: which version
// its last record was of, up to when it has delivered everything, and which
// versions inside the look-back window it has delivered. It holds values: it
// lists nothing and asks no clock.
package position

import "time"

// Mode tells which part of a source's life a position belongs to.
type Mode byte

// The modes, as positions spell them.
const (
	ModeSnapshot Mode = 's'
	ModeChanges  Mode = 'c'
)

// Position is where a source is after a record: all that it needs to resume as if
// it had never been stopped. The zero Position is the beginning.
type Position struct {
	Mode Mode
	// Key and Modified are those of the record. A snapshot resumes after Key.
	Key      string
	Modified time.Time
	// VersionID tells people which version the record was of. It may be empty.
	VersionID string
	// Last identifies the version of the record.
	Last Fingerprint
	// Start is the server's time before the first listing: what existed then is
	// the snapshot, what came later are changes. It is kept during the snapshot. It
	// is zero if the server did not tell its time.
	Start time.Time
	// Watermark is the second up to which all changes were delivered, except for
	// those that the look-back may still bring.
	Watermark time.Time
	// Since and SinceMultipart are the seconds since which Delivered is complete.
	// Nothing older is looked for; what was a multipart upload has a bound of its
	// own, because it may become visible long after its time.
	Since, SinceMultipart time.Time
	// Store identifies the endpoint, bucket and prefix that the position belongs
	// to. It is empty in positions of connectors before v0.10.
	Store string
	// Through is the latest time by which a delivered version was ordered. If Wide,
	// that is all that is known. Otherwise it is that of the record, and a version
	// of the same time was delivered if its key comes first.
	Through time.Time
	Wide    bool
	// Delivered are the versions since Since that need no delivery any more.
	Delivered Delivered
	// Uploads are the multipart uploads from before SinceMultipart that may still
	// become a version.
	Uploads Uploads
}

// Delivered is what a position carries of a Seen: its versions one by one while
// they are few, and sketches in two ranges of time beyond that.
type Delivered struct {
	Exact         []Mark // in the order of their IDs
	Older, Recent *Sketch
	Ahead         []Fingerprint // some of those that are in neither sketch, because their times are ahead
}

// IsSketch tells whether the versions are not listed one by one.
func (d Delivered) IsSketch() bool { return d.Older != nil }

// Beginning is before every time that a version has. A window since then holds
// everything.
var Beginning = time.Date(1, time.January, 1, 0, 0, 1, 0, time.UTC)

// IsZero tells whether p is the beginning.
func (p Position) IsZero() bool { return p.Mode == 0 }

// Window returns the window of what was delivered.
func (p Position) Window() Window {
	return Window{Since: p.Since.Unix(), SinceMultipart: p.SinceMultipart.Unix(), Watermark: p.Watermark.Unix()}
}

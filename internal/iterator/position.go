// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Errors of ParsePosition, for errors.Is.
var (
	// ErrPosition says that a text is no position.
	ErrPosition = errors.New("invalid position")
	// ErrNewerPosition says that a later version of the connector wrote the
	// position.
	ErrNewerPosition = errors.New("position of a newer format")
)

// Mode tells which part of a source's life a position belongs to.
type Mode byte

// The modes, as positions spell them.
const (
	ModeSnapshot Mode = 's'
	ModeChanges  Mode = 'c'
)

// positionFormat is the version of the extension that String writes.
const positionFormat = 1

// Position is where a source stands after a record: all that it needs to go on
// as if it had never been stopped. The zero Position is the beginning.
type Position struct {
	Mode Mode
	// Key and Modified are those of the record; in a snapshot, the snapshot
	// goes on behind Key. VersionID tells people which version it was.
	Key       string
	VersionID string
	Modified  time.Time
	// Start is the server time before the first listing: what existed then is
	// the snapshot, what came later are changes.
	Start time.Time
	// Watermark is the second of a change up to which all were delivered, but for
	// those that the look-back may still bring. It does not depend on when S3 was
	// asked, so that a change that is delivered again has, as a rule, the position
	// that it had.
	Watermark time.Time
	// Floor bounds the look-back: nothing older is looked for. It is set when
	// the source continues the work of a connector that kept whole seconds only.
	Floor time.Time
	// Known are the versions inside the look-back window that need no delivery
	// any more.
	Known []Known
	// Uploads stand for the multipart uploads that may still bring a version of
	// their own, old time; empty if there are none. See sums.
	Uploads string
	// More says that Known did not hold all of them.
	More bool
}

// IsZero tells whether p is the beginning.
func (p Position) IsZero() bool { return p.Mode == 0 }

// String returns the text that ParsePosition reads:
//
//	key_c1634049397;v1;start=…;watermark=…;modified=…;version=…;known=…;uploads=…
//
// The part before the semicolon is what connectors before v0.10 wrote. What
// follows holds no underscore, so a key may hold whatever it likes.
func (p Position) String() string {
	var b strings.Builder
	b.Grow(len(p.Key) + len(p.VersionID) + len(p.Uploads) + len(p.Known)*knownSize + otherSize)
	seconds := p.Modified.Unix()
	if p.Mode == ModeSnapshot {
		seconds = p.Start.Unix()
	} else if seconds < 0 { // a store that keeps the times of old files
		seconds = p.Watermark.Unix()
	}
	fmt.Fprintf(&b, "%s_%c%d;v%d", p.Key, p.Mode, seconds, positionFormat)
	writeTime := func(name string, t time.Time) {
		if !t.IsZero() {
			b.WriteString(";" + name + "=" + t.UTC().Format(time.RFC3339Nano))
		}
	}
	writeTime("start", p.Start)
	writeTime("watermark", p.Watermark)
	writeTime("floor", p.Floor)
	writeTime("modified", p.Modified)
	if p.VersionID != "" {
		b.WriteString(";version=" + strings.ReplaceAll(url.QueryEscape(p.VersionID), "_", "%5F"))
	}
	if len(p.Known) > 0 {
		b.WriteString(";known=" + base64.RawStdEncoding.EncodeToString(p.appendKnown(make([]byte, 0, len(p.Known)*knownSize))))
	}
	if p.Uploads != "" {
		b.WriteString(";uploads=" + p.Uploads)
	}
	if p.More {
		b.WriteString(";more")
	}
	return b.String()
}

// How many bytes of text a Known version takes, and all the rest, about.
const (
	knownSize = 14
	otherSize = 250
)

// ParsePosition reads what String wrote, and what connectors before v0.10
// wrote. The latter know whole seconds only, so the source then starts at the
// beginning of that second. The empty text is the beginning.
func ParsePosition(s string) (Position, error) {
	if s == "" {
		return Position{}, nil
	}
	i := strings.LastIndexByte(s, '_')
	if i < 0 || i+2 > len(s)-1 {
		return Position{}, fmt.Errorf("%w %q: want key_s<seconds> or key_c<seconds>", ErrPosition, s)
	}
	p := Position{Key: s[:i], Mode: Mode(s[i+1])}
	if p.Mode != ModeSnapshot && p.Mode != ModeChanges {
		return Position{}, fmt.Errorf("%w %q: mode %q is neither s nor c", ErrPosition, s, s[i+1])
	}
	digits, extension, extended := strings.Cut(s[i+2:], ";")
	seconds, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || seconds < 0 || seconds > maxSeconds {
		return Position{}, fmt.Errorf("%w %q: %q is no Unix time", ErrPosition, s, digits)
	}
	if !extended {
		second := time.Unix(seconds, 0).UTC()
		p.Start, p.Watermark, p.Floor, p.Modified = second, second, second, second
		return p, nil
	}
	if err := p.parseExtension(extension); err != nil {
		return Position{}, fmt.Errorf("position %q: %w", s, err)
	}
	if p.Start.IsZero() || p.Watermark.IsZero() {
		return Position{}, fmt.Errorf("%w %q: start or watermark is missing", ErrPosition, s)
	}
	return p, nil
}

// maxSeconds is the end of the year 9999, the last that RFC 3339 can express.
const maxSeconds = 253402300799

func (p *Position) parseExtension(extension string) error {
	format, fields, _ := strings.Cut(extension, ";")
	number, err := strconv.ParseUint(strings.TrimPrefix(format, "v"), 10, 31)
	switch {
	case err != nil || number == 0 || !strings.HasPrefix(format, "v"):
		return fmt.Errorf("%w: %q is no format version", ErrPosition, format)
	case number > positionFormat:
		return fmt.Errorf("%w: it is of format %d and this connector knows %d; use the version that wrote it, or a later one",
			ErrNewerPosition, number, positionFormat)
	}
	var known string // relative to the watermark, so it is read last
	for fields != "" {
		var field string
		field, fields, _ = strings.Cut(fields, ";")
		name, value, _ := strings.Cut(field, "=")
		if name == "known" {
			known = value
			continue
		}
		if err := p.parseField(name, value); err != nil {
			return fmt.Errorf("%w: field %q: %w", ErrPosition, name, err)
		}
	}
	if err := p.parseKnown(known); err != nil {
		return fmt.Errorf("%w: field %q: %w", ErrPosition, "known", err)
	}
	return nil
}

func (p *Position) parseField(name, value string) (err error) {
	switch name {
	case "start":
		p.Start, err = parseTime(value)
	case "watermark":
		p.Watermark, err = parseTime(value)
	case "floor":
		p.Floor, err = parseTime(value)
	case "modified":
		p.Modified, err = time.Parse(time.RFC3339Nano, value)
		p.Modified = p.Modified.UTC()
	case "version":
		p.VersionID, err = url.QueryUnescape(value)
	case "uploads":
		p.Uploads = value
		_, err = parseSums(value)
	case "more":
		p.More = true
	default:
		err = errors.New("unknown field")
	}
	return err
}

func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, err
	}
	if t = t.UTC(); t.Unix() < 0 || t.Unix() > maxSeconds {
		return time.Time{}, errors.New("time out of range")
	}
	return t, nil
}

// appendKnown appends, for each known version, its fingerprint and how many
// seconds before the watermark it was modified.
func (p *Position) appendKnown(raw []byte) []byte {
	for _, k := range p.Known {
		raw = append(raw, k.ID[:]...)
		raw = binary.AppendVarint(raw, p.Watermark.Unix()-k.Modified.Unix())
	}
	return raw
}

func (p *Position) parseKnown(s string) error {
	raw, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil {
		return err
	}
	const size = len(Fingerprint{})
	for len(raw) > 0 {
		if len(raw) < size {
			return errors.New("it is cut off")
		}
		before, n := binary.Varint(raw[size:])
		if n <= 0 || before > maxSeconds || before < -maxSeconds {
			return errors.New("time out of range")
		}
		modified := time.Unix(p.Watermark.Unix()-before, 0).UTC()
		p.Known = append(p.Known, Known{ID: Fingerprint(raw), Modified: modified})
		raw = raw[size+n:]
	}
	return nil
}

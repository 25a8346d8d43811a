// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Errors of Parse, for errors.Is.
var (
	// ErrInvalid says that a string is not a position.
	ErrInvalid = errors.New("invalid position")
	// ErrNewer says that a later version of the connector wrote the position.
	ErrNewer = errors.New("position of a newer format")
)

const (
	// format is the version of the extension that String writes.
	format = 1
	// maxVersionID is how long a version id may be to be written out.
	maxVersionID = 40
	// maxSeconds is the end of the year 9999, the last that RFC 3339 can express.
	maxSeconds = 253402300799
)

// String returns what Parse reads, at most 1 KiB more than the key:
//
//	key_c1634049397;v1;watermark=…;since=…;modified=…;version=…;delivered=…
//
// The part before the semicolon is what connectors before v0.10 wrote. The rest
// contains no underscore, so that a key may contain anything.
func (p Position) String() string {
	seconds := p.Modified.Unix()
	if p.Mode == ModeSnapshot && !p.Start.IsZero() {
		seconds = p.Start.Unix()
	} else if seconds < 0 { // a store that keeps the times of old files
		seconds = max(0, p.Watermark.Unix())
	}
	b := make([]byte, 0, len(p.Key)+1024)
	b = append(b, p.Key...)
	b = append(b, '_', byte(p.Mode))
	b = strconv.AppendInt(b, seconds, 10)
	b = append(b, ";v"...)
	b = strconv.AppendInt(b, format, 10)
	if p.Mode == ModeSnapshot {
		b = appendTime(b, "start", p.Start)
	}
	b = appendTime(b, "watermark", p.Watermark)
	b = appendTime(b, "since", p.Since)
	if !p.SinceMultipart.Equal(p.Since) {
		b = appendTime(b, "multipart", p.SinceMultipart)
	}
	b = appendTime(b, "modified", p.Modified)
	id := strings.ReplaceAll(url.QueryEscape(p.VersionID), "_", "%5F")
	written := len(id) <= maxVersionID && p.Uploads.Lost == 0 // which takes its room
	if id != "" && written {
		b = append(append(b, ";version="...), id...)
	}
	if known := p.Last != (Fingerprint{}); known && (!written || p.Last != hash(p.Key, p.VersionID)) {
		b = appendBytes(b, "last", p.Last[:])
	}
	if p.Wide || !p.Through.Equal(p.Modified) {
		b = appendTime(b, "through", p.Through)
	}
	if p.Wide {
		b = append(b, ";wide"...)
	}
	if p.Store != "" {
		b = append(append(b, ";store="...), p.Store...)
	}
	b = p.appendDelivered(b)
	return string(p.Uploads.append(b))
}

func appendTime(b []byte, name string, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	b = append(append(append(b, ';'), name...), '=')
	return t.UTC().AppendFormat(b, time.RFC3339Nano)
}

func appendBytes(b []byte, name string, value []byte) []byte {
	if len(value) == 0 {
		return b
	}
	b = append(append(append(b, ';'), name...), '=')
	return base64.RawStdEncoding.AppendEncode(b, value)
}

func (p Position) appendDelivered(b []byte) []byte {
	if d := p.Delivered; d.IsSketch() {
		b = appendBytes(b, "older", d.Older.bytes())
		b = appendBytes(b, "recent", d.Recent.bytes())
		return appendBytes(b, "ahead", appendFingerprints(nil, d.Ahead))
	}
	raw := make([]byte, 0, 10*len(p.Delivered.Exact))
	for _, m := range p.Delivered.Exact {
		before := (p.Watermark.Unix() - m.Second) << 1
		if m.Multipart {
			before |= 1
		}
		raw = binary.AppendVarint(append(raw, m.ID[:]...), before)
	}
	return appendBytes(b, "delivered", raw)
}

func (u Uploads) append(b []byte) []byte {
	if u.Lost != 0 {
		b = appendTime(b, "lost", time.Unix(u.Lost, 0))
	}
	if u.LostAfterKey {
		b = append(b, ";after"...)
	}
	if u.Sketch == nil {
		return appendBytes(b, "uploads", appendFingerprints(nil, u.Exact))
	}
	b = appendBytes(b, "uploading", u.Sketch.bytes())
	return appendTime(b, "earliest", time.Unix(u.Earliest, 0))
}

func appendFingerprints(raw []byte, ids []Fingerprint) []byte {
	for _, id := range ids {
		raw = append(raw, id[:]...)
	}
	return raw
}

// Parse reads what String wrote, and what connectors before v0.10 wrote. The
// latter keep whole seconds only, so the source then starts at the beginning of
// that second. The empty string is the beginning.
func Parse(s string) (Position, error) {
	if s == "" {
		return Position{}, nil
	}
	i := strings.LastIndexByte(s, '_')
	if i < 0 || i+2 > len(s)-1 {
		return Position{}, fmt.Errorf("%w %s: want key_s<seconds> or key_c<seconds>", ErrInvalid, quote(s))
	}
	p := Position{Key: s[:i], Mode: Mode(s[i+1])}
	if p.Mode != ModeSnapshot && p.Mode != ModeChanges {
		return Position{}, fmt.Errorf("%w %s: mode %q is neither s nor c", ErrInvalid, quote(s), s[i+1])
	}
	digits, extension, extended := strings.Cut(s[i+2:], ";")
	seconds, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || seconds < 0 || seconds > maxSeconds {
		return Position{}, fmt.Errorf("%w %s: %q is not a Unix time", ErrInvalid, quote(s), digits)
	}
	if !extended {
		second := time.Unix(seconds, 0).UTC()
		p.Start, p.Watermark, p.Since, p.SinceMultipart, p.Modified, p.Through = second, second, second, second, second, second
		return p, nil
	}
	if err := p.parseExtension(extension); err != nil {
		return Position{}, fmt.Errorf("position %s: %w", quote(s), err)
	}
	return p, nil
}

// quote quotes a position and cuts it to a length that fits a message.
func quote(s string) string {
	const most = 200
	if len(s) > most {
		return fmt.Sprintf("%q (cut)", s[:most])
	}
	return strconv.Quote(s)
}

func (p *Position) parseExtension(extension string) error {
	version, fields, _ := strings.Cut(extension, ";")
	number, err := strconv.ParseUint(strings.TrimPrefix(version, "v"), 10, 31)
	switch {
	case err != nil || number == 0 || !strings.HasPrefix(version, "v"):
		return fmt.Errorf("%w: %q is not a format version", ErrInvalid, version)
	case number > format:
		return fmt.Errorf("%w: it has format %d and this connector reads up to %d; use the version that wrote it, or a later one",
			ErrNewer, number, format)
	}
	f := fieldReader{p: p}
	for fields != "" {
		var field string
		field, fields, _ = strings.Cut(fields, ";")
		name, value, _ := strings.Cut(field, "=")
		if err := f.read(name, value); err != nil {
			return fmt.Errorf("%w: field %q: %w", ErrInvalid, name, err)
		}
	}
	if err := f.finish(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

// fieldReader reads the fields of an extension into p.
type fieldReader struct {
	p     *Position
	exact []byte // relative to the watermark, so it is read last
}

func (f *fieldReader) read(name, value string) (err error) {
	p := f.p
	switch name {
	case "start":
		p.Start, err = parseTime(value)
	case "watermark":
		p.Watermark, err = parseTime(value)
	case "since":
		p.Since, err = parseTime(value)
	case "multipart":
		p.SinceMultipart, err = parseTime(value)
	case "modified":
		p.Modified, err = parseTime(value)
	case "through":
		p.Through, err = parseTime(value)
	case "wide":
		p.Wide = true
	case "version":
		p.VersionID, err = url.QueryUnescape(value)
	case "store":
		p.Store = value
	case "earliest":
		p.Uploads.Earliest, err = parseSecond(value)
	case "lost":
		p.Uploads.Lost, err = parseSecond(value)
	case "after":
		p.Uploads.LostAfterKey = true
	default:
		return f.readDelivered(name, value)
	}
	return err
}

// readDelivered reads the fields that hold fingerprints.
func (f *fieldReader) readDelivered(name, value string) error {
	d, u := &f.p.Delivered, &f.p.Uploads
	raw, err := base64.RawStdEncoding.Strict().DecodeString(value)
	switch name {
	case "last":
		err = cmp.Or(err, parseFingerprint(raw, &f.p.Last))
	case "delivered":
		f.exact = raw
	case "older":
		d.Older, err = parseSketch(raw, err)
	case "recent":
		d.Recent, err = parseSketch(raw, err)
	case "ahead":
		d.Ahead, err = parseFingerprints(raw, maxAhead, err)
	case "uploads":
		u.Exact, err = parseFingerprints(raw, maxExactUploads, err)
	case "uploading":
		u.Sketch, err = parseSketch(raw, err)
	default:
		err = errors.New("unknown field")
	}
	return err
}

// finish sets what other fields decide, and checks that the fields fit together.
func (f *fieldReader) finish() error {
	p := f.p
	switch {
	case p.Watermark.IsZero() || p.Since.IsZero():
		return errors.New("watermark or since is missing")
	case (p.Delivered.Older == nil) != (p.Delivered.Recent == nil), p.Delivered.IsSketch() && f.exact != nil:
		return errors.New("older, recent and delivered do not fit together")
	case p.Uploads.Sketch == nil && p.Uploads.Earliest != 0, p.Uploads.Sketch != nil && p.Uploads.Exact != nil:
		return errors.New("uploads, uploading and earliest do not fit together")
	}
	if p.SinceMultipart.IsZero() {
		p.SinceMultipart = p.Since
	}
	if p.Through.IsZero() {
		p.Through = p.Modified
	}
	if p.Last == (Fingerprint{}) && p.VersionID != "" {
		p.Last = hash(p.Key, p.VersionID)
	}
	return f.parseExact()
}

func (f *fieldReader) parseExact() error {
	const size = len(Fingerprint{})
	raw := f.exact
	for len(raw) > 0 {
		if len(raw) < size || len(f.p.Delivered.Exact) == maxExact {
			return errors.New("delivered has a wrong length")
		}
		before, n := binary.Varint(raw[size:])
		if n <= 0 || before > 2*maxSeconds || before < -2*maxSeconds {
			return errors.New("delivered has a time out of range")
		}
		second := f.p.Watermark.Unix() - before>>1
		f.p.Delivered.Exact = append(f.p.Delivered.Exact, Mark{ID: Fingerprint(raw), Second: second, Order: second, Multipart: before&1 == 1})
		raw = raw[size+n:]
	}
	return nil
}

func parseFingerprint(raw []byte, id *Fingerprint) error {
	if len(raw) != len(id) {
		return errors.New("a fingerprint of another size")
	}
	*id = Fingerprint(raw)
	return nil
}

// parseFingerprints reads fingerprints, unless their text could not be decoded.
func parseFingerprints(raw []byte, most int, decoded error) (ids []Fingerprint, err error) {
	const size = len(Fingerprint{})
	if decoded != nil {
		return nil, decoded
	}
	if len(raw)%size != 0 || len(raw) > most*size {
		return nil, errors.New("it has a wrong length")
	}
	for ; len(raw) > 0; raw = raw[size:] {
		ids = append(ids, Fingerprint(raw))
	}
	return ids, nil
}

func parseSecond(s string) (int64, error) {
	t, err := parseTime(s)
	return t.Unix(), err
}

func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, err
	}
	if t = t.UTC(); t.Year() < minYear || t.Unix() > maxSeconds {
		return time.Time{}, errors.New("time out of range")
	}
	return t, nil
}

// minYear is the first year of a time. Stores that keep the times of files may
// have times before 1970.
const minYear = 1

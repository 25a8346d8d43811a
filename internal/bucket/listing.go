// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The elements of a listing of versions.
const (
	elementListing      = "ListVersionsResult"
	elementVersion      = "Version"
	elementDeleteMarker = "DeleteMarker"
	elementKey          = "Key"
	elementVersionID    = "VersionId"
	elementIsLatest     = "IsLatest"
	elementLastModified = "LastModified"
	elementETag         = "ETag"
	elementSize         = "Size"
)

// maxListing is more bytes than an answer with a page of entries has.
const maxListing = 64 << 20

// listing is an answer to ListObjectVersions, as it was sent.
type listing struct {
	truncated string
	encoding  string
	next      Marker
	versions  []Version
}

// readListing reads the whole of an answer. It uses buffer and leaves nothing in it.
func (p *Page) readListing(body io.Reader, buffer *bytes.Buffer) error {
	defer buffer.Reset()
	if _, err := buffer.ReadFrom(io.LimitReader(body, maxListing)); err != nil {
		return err
	}
	if !utf8.Valid(buffer.Bytes()) {
		return fmt.Errorf("%w: no UTF-8", errXML)
	}
	l := listing{versions: make([]Version, 0, pageSize)}
	if err := l.read(&xmlReader{data: buffer.Bytes()}); err != nil {
		return err
	}
	return l.page(p)
}

func (l *listing) read(r *xmlReader) error {
	if root, _, err := r.child(); err != nil || root != elementListing {
		return cmp.Or(err, fmt.Errorf("%w: element %q is no listing of versions", errXML, root))
	}
	for {
		name, ok, err := r.child()
		if err != nil || !ok {
			return err
		}
		switch name {
		case elementVersion, elementDeleteMarker:
			v := Version{DeleteMarker: name == elementDeleteMarker}
			err = v.read(r)
			l.versions = append(l.versions, v)
		case "IsTruncated":
			l.truncated, err = readString(r)
		case "EncodingType":
			l.encoding, err = readString(r)
		case "NextKeyMarker":
			l.next.Key, err = readString(r)
		case "NextVersionIdMarker":
			l.next.VersionID, err = readString(r)
		default:
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
}

// read reads the fields of the entry that is open and closes it.
func (v *Version) read(r *xmlReader) error {
	v.VersionID = NullVersion
	for {
		name, ok, err := r.child()
		if err != nil || !ok {
			return err
		}
		switch name {
		case elementKey, elementVersionID, elementETag, elementSize, elementLastModified, elementIsLatest:
			err = v.readField(r, name)
		default:
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
}

func (v *Version) readField(r *xmlReader, name string) error {
	text, err := r.text()
	if err != nil {
		return err
	}
	switch name {
	case elementKey:
		v.Key = string(text)
	case elementVersionID:
		if string(text) != NullVersion && len(text) > 0 {
			v.VersionID = string(text)
		}
	case elementETag:
		v.ETag = string(text)
	case elementSize:
		v.Size, err = strconv.ParseInt(string(text), 10, 64)
	case elementLastModified:
		v.LastModified, err = time.Parse(time.RFC3339Nano, string(text))
	case elementIsLatest:
		v.IsLatest = string(text) == "true"
	}
	return err
}

func readString(r *xmlReader) (string, error) {
	text, err := r.text()
	return string(text), err
}

// page makes the entries and what follows them a page's.
func (l *listing) page(p *Page) error {
	more, err := strconv.ParseBool(l.truncated)
	if err != nil {
		return errors.New("IsTruncated is missing")
	}
	decode := keyDecoder(l.encoding)
	for i := range l.versions {
		v := &l.versions[i]
		if v.Key, err = decode(v.Key); err != nil {
			return err
		}
		if err := checkEntry(v.Key, v.Size); err != nil {
			return err
		}
	}
	if l.next.Key, err = decode(l.next.Key); err != nil {
		return err
	}
	if n := len(l.versions); n > 0 && l.next.Key == "" {
		l.next = Marker{Key: l.versions[n-1].Key, VersionID: l.versions[n-1].VersionID}
	}
	p.Versions, p.More, p.Next = l.versions, more, l.next
	return nil
}

// checkEntry refuses what can't be the entry of an object.
func checkEntry(key string, size int64) error {
	if key == "" || size < 0 {
		return fmt.Errorf("key %q with %d bytes", key, size)
	}
	return nil
}

// keyDecoder returns what turns a listing's key into the key. Stores that know
// no encoding do not echo it, and answer keys as they are.
func keyDecoder(encoding string) func(string) (string, error) {
	if !strings.EqualFold(encoding, "url") {
		return func(key string) (string, error) { return key, nil }
	}
	return func(key string) (string, error) {
		decoded, err := url.QueryUnescape(key)
		if err != nil {
			return "", fmt.Errorf("key %q: %w", key, err)
		}
		return decoded, nil
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The elements of listings.
const (
	elementVersion       = "Version"
	elementDeleteMarker  = "DeleteMarker"
	elementContents      = "Contents"
	elementUpload        = "Upload"
	elementKey           = "Key"
	elementVersionID     = "VersionId"
	elementIsLatest      = "IsLatest"
	elementLastModified  = "LastModified"
	elementETag          = "ETag"
	elementSize          = "Size"
	elementStorageClass  = "StorageClass"
	elementRestoreStatus = "RestoreStatus"
)

// maxEntries is more entries than a page of any store has.
const maxEntries = 10_000

var (
	// errListing says that an answer is not the listing that was asked for.
	errListing = errors.New("the answer is not a listing of S3")
	// errErrorAnswer says that a success holds an error.
	errErrorAnswer = errors.New("the answer is an error")
	// errOtherListing says that a store answered a listing of objects where one
	// of versions was asked for.
	errOtherListing = errors.New("the answer is a listing of objects")
)

// listing is an answer to a request for a listing, as it was sent.
type listing struct {
	truncated string
	encoding  string
	next      Marker       // of versions
	token     string       // of objects: where the next page begins
	nextPart  UploadMarker // of uploads
	versions  []Version
	uploads   []MultipartUpload
	quote     func(string) string
}

// kindOfListing is what a listing holds.
type kindOfListing int

const (
	ofVersions kindOfListing = iota
	ofObjects
	ofUploads
)

// readListing reads the whole document of a listing. Its error wraps errXML or
// one of the errors above, and is not one of the network. What it shows of the
// document has passed through quote.
func readListing(document []byte, kind kindOfListing, quote func(string) string) (*listing, error) {
	if !utf8.Valid(document) {
		return nil, fmt.Errorf("%w: %w: it is not UTF-8", errListing, errXML)
	}
	l := &listing{quote: quote}
	r := &xmlReader{data: document, quote: quote}
	if err := checkRoot(r, kind); err != nil {
		return nil, err
	}
	for {
		name, ok, err := r.child()
		if err != nil {
			return nil, err
		}
		if !ok {
			return l, l.decode()
		}
		if err := l.readElement(r, kind, name); err != nil {
			return nil, err
		}
		if len(l.versions)+len(l.uploads) > maxEntries {
			return nil, fmt.Errorf("%w: a page of more than %d entries", errListing, maxEntries)
		}
	}
}

// checkRoot opens the root element. Some stores call a listing of versions by
// the name that the request once had.
func checkRoot(r *xmlReader, kind kindOfListing) error {
	root, _, err := r.child()
	if err != nil {
		return fmt.Errorf("%w: %w", errListing, err)
	}
	found := map[string]kindOfListing{
		"ListVersionsResult": ofVersions, "ListBucketVersionsResult": ofVersions,
		"ListBucketResult": ofObjects, "ListMultipartUploadsResult": ofUploads,
	}
	switch got, known := found[root]; {
	case known && got == kind:
		return nil
	case known && got == ofObjects && kind == ofVersions:
		return errOtherListing
	case strings.EqualFold(root, "Error"):
		return errErrorAnswer
	default:
		return fmt.Errorf("%w: element %s", errListing, r.quote(root))
	}
}

func (l *listing) readElement(r *xmlReader, kind kindOfListing, name string) (err error) {
	switch {
	case kind == ofVersions && (name == elementVersion || name == elementDeleteMarker):
		return l.addVersion(r, Version{DeleteMarker: name == elementDeleteMarker})
	case kind == ofObjects && name == elementContents:
		return l.addVersion(r, Version{IsLatest: true})
	case kind == ofUploads && name == elementUpload:
		return l.addUpload(r)
	}
	var field *string
	switch name {
	case "IsTruncated":
		field = &l.truncated
	case "EncodingType":
		field = &l.encoding
	case "NextKeyMarker":
		field = &l.next.Key
	case "NextVersionIdMarker":
		field = &l.next.VersionID
	case "NextUploadIdMarker":
		field = &l.nextPart.UploadID
	case "NextContinuationToken":
		field = &l.token
	default:
		return r.skip()
	}
	*field, err = readString(r)
	return err
}

func (l *listing) addVersion(r *xmlReader, v Version) error {
	if l.versions == nil {
		l.versions = make([]Version, 0, pageSize)
	}
	err := v.read(r)
	l.versions = append(l.versions, v)
	return err
}

func (l *listing) addUpload(r *xmlReader) error {
	var u MultipartUpload
	err := u.read(r)
	l.uploads = append(l.uploads, u)
	return err
}

// forgetArchived takes no version for archived. Other stores than AWS may give any
// class to what can be read, and need not tell what is restored: only a GET tells.
func (l *listing) forgetArchived() {
	for i := range l.versions {
		l.versions[i].Archived = false
	}
}

func readString(r *xmlReader) (string, error) {
	text, err := r.text()
	return string(text), err
}

// isTruncated tells whether another page follows. A listing that does not say so
// must not pass for the last page.
func (l *listing) isTruncated() (bool, error) {
	more, err := strconv.ParseBool(l.truncated)
	if err != nil {
		return false, fmt.Errorf("%w: IsTruncated is %s", errListing, l.quote(l.truncated))
	}
	return more, nil
}

// decode turns keys into those of the objects, and checks the entries.
func (l *listing) decode() (err error) {
	decode := l.keyDecoder()
	for i := range l.versions {
		v := &l.versions[i]
		listed := v.Key
		if v.Key, err = decode(listed); err != nil {
			return err
		}
		if v.Key != listed {
			v.EncodedKey = listed
		}
		if v.Key == "" || v.Size < 0 || v.LastModified.IsZero() {
			return fmt.Errorf("%w: key %s with %d bytes and time %s", errListing, l.quote(v.Key), v.Size, v.LastModified)
		}
	}
	for i := range l.uploads {
		u := &l.uploads[i]
		if u.Key, err = decode(u.Key); err != nil {
			return err
		}
		if u.Key == "" || u.Initiated.IsZero() {
			return fmt.Errorf("%w: an upload without key or time", errListing)
		}
	}
	l.next.Key, err = decode(l.next.Key)
	l.nextPart.Key = l.next.Key
	return err
}

// keyDecoder returns what turns a listing's key into the key. Stores that know
// no encoding do not echo it, and answer keys as they are.
func (l *listing) keyDecoder() func(string) (string, error) {
	if !strings.EqualFold(l.encoding, "url") {
		return func(key string) (string, error) { return key, nil }
	}
	return func(key string) (string, error) {
		decoded, err := url.QueryUnescape(key)
		if err != nil {
			return "", fmt.Errorf("%w: key %s is not percent-encoded", errListing, l.quote(key))
		}
		return decoded, nil
	}
}

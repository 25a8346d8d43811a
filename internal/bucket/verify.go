// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// errShort says that a body ended before the bytes that its answer announced.
var errShort = errors.New("the body ends early")

// unknown is the length of a body that its answer does not announce.
const unknown = -1

// stateOf returns the state that an answer holds, by its header: the one that
// was asked for or, if that was the latest null version, the current one. Its
// error wraps ErrCorrupt or ErrGone.
func (b *Bucket) stateOf(r read, header http.Header) (Version, error) {
	if header.Get(storedEncoding) == gzip && header.Get("Content-Encoding") == "" {
		return Version{}, corrupt("it was decompressed on the way")
	}
	id, etag := header.Get("X-Amz-Version-Id"), header.Get("ETag")
	length, err := b.contentLength(header)
	if err != nil {
		return Version{}, err
	}
	// A store that is read without its versions may name them all the same.
	isNull := id == "" || id == NullVersion || b.listing.Load() == listsObjects
	isListed := etag == "" || sameETag(etag, r.version.ETag)
	if bareETag(r.version.ETag) == "" { // the store lists none
		isListed = r.id != "" || length == r.version.Size
	}
	switch {
	case r.id == "" && !isNull:
		return Version{}, errAbove
	case r.id == "" && !isListed:
		return b.currentState(r.version, length, header)
	case r.id == NullVersion && !isNull, r.id != "" && r.id != NullVersion && id != "" && id != r.id:
		return Version{}, corrupt("its version id is %s", b.Quote(id))
	case r.id == NullVersion && !isListed:
		return Version{}, fmt.Errorf("%w: the null version has ETag %s", ErrGone, b.Quote(etag))
	case !isListed:
		return Version{}, corrupt("its ETag is %s and not %s", b.Quote(etag), b.Quote(r.version.ETag))
	case length != unknown && length != r.version.Size:
		return Version{}, corrupt("it has %d bytes and not %d", length, r.version.Size)
	case etag == "" && bareETag(r.version.ETag) != "" && !hasFullChecksum(header):
		return Version{}, corrupt("it has neither an ETag nor a checksum")
	}
	return r.version, nil
}

// storedEncoding is where Google Cloud Storage tells the Content-Encoding of an
// object that it may have decompressed.
const storedEncoding = "X-Goog-Stored-Content-Encoding"

// mayBeDecompressed tells whether an answer may be an object with the
// Content-Encoding gzip that was decompressed on the way, as by Google Cloud Storage
// and Cloudflare R2. It then has neither that header nor a length.
// See https://cloud.google.com/storage/docs/transcoding
func mayBeDecompressed(header http.Header) bool {
	return header.Get("Content-Encoding") == "" && header.Get("Content-Length") == ""
}

// currentState describes the null version that has replaced the listed one. Only
// the answer itself tells what it must be like, so that it must say all of it.
func (b *Bucket) currentState(listed Version, length int64, header http.Header) (Version, error) {
	modified, err := http.ParseTime(header.Get("Last-Modified"))
	if err != nil || length == unknown || modified.Before(listed.LastModified.Truncate(time.Second)) && modified.Unix() <= 0 {
		return Version{}, corrupt("it has another ETag, %s, and no length or time", b.Quote(header.Get("ETag")))
	}
	return Version{
		Key: listed.Key, VersionID: NullVersion, ETag: header.Get("ETag"), Size: length, LastModified: modified, IsLatest: true,
		StorageClass: header.Get("X-Amz-Storage-Class"),
	}, nil
}

// contentLength returns the length that an answer announces, or unknown.
func (b *Bucket) contentLength(header http.Header) (int64, error) {
	value := header.Get("Content-Length")
	if value == "" {
		return unknown, nil
	}
	length, err := strconv.ParseInt(value, 10, 64)
	if err != nil || length < 0 {
		return 0, corrupt("its Content-Length is %s", b.Quote(value))
	}
	return length, nil
}

// verifyBody checks the bytes that came.
func (b *Bucket) verifyBody(body []byte, size int64, header http.Header) error {
	got := int64(len(body))
	length, err := b.contentLength(header)
	switch {
	case err != nil:
		return err
	case got < size && length != unknown: // which stateOf has found to be size
		return fmt.Errorf("%w: %d bytes came and %d were announced", errShort, got, length)
	case got < size:
		return corrupt("it has %d bytes and not %d", got, size)
	case got > size:
		return corrupt("it has more than %d bytes", size)
	}
	return b.verifyChecksum(body, header)
}

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}

// sameETag compares ETags. Some stores answer one without quotes; proxies that
// compress mark it as weak.
func sameETag(a, b string) bool { return strings.EqualFold(bareETag(a), bareETag(b)) }

func bareETag(etag string) string { return strings.Trim(strings.TrimPrefix(etag, "W/"), `"`) }

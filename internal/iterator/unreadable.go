// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"errors"
	"fmt"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/rs/zerolog"
)

// TooLargeError says that an object is larger than the source may read.
type TooLargeError struct {
	Object      string // its key, quoted
	Size, Limit int64  // bytes; a Size of 0 is not known
}

func (e *TooLargeError) Error() string {
	if e.Size == 0 {
		return fmt.Sprintf("object %s: it is larger than the %d bytes that are allowed", e.Object, e.Limit)
	}
	return fmt.Sprintf("object %s: its %d bytes are more than the %d that are allowed", e.Object, e.Size, e.Limit)
}

// UnreadableError says that S3 lists an object that can't be read, while others
// can. Err is the last answer.
type UnreadableError struct {
	Version bucket.Version
	Object  string // its key and version id, quoted
	Reason  string // one word: the class of Err
	Err     error
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("object %s can't be read (%s): %v", e.Object, e.Reason, e.Err)
}

func (e *UnreadableError) Unwrap() error { return e.Err }

func (f fetcher) unreadable(v bucket.Version, reason string, err error) error {
	object := fmt.Sprintf("%s version %s", f.quote(v.Key), f.quote(v.VersionID))
	return &UnreadableError{Version: v, Object: object, Reason: reason, Err: err}
}

// explain turns the error of a GET that will not pass into one of an object, if it
// is about this object only.
func (f fetcher) explain(v bucket.Version, err error) error {
	if errors.Is(err, bucket.ErrTooLarge) {
		return &TooLargeError{Object: f.quote(v.Key)}
	}
	for _, class := range []struct {
		kind   error
		reason string
	}{
		{bucket.ErrArchived, "archived"},
		{bucket.ErrEncrypted, "encrypted"},
		{bucket.ErrForbidden, "forbidden"},
		{bucket.ErrCorrupt, "corrupt"},
		{bucket.ErrGone, "missing"},
		{bucket.ErrEncoding, "misspelled"},
		{bucket.ErrInvalid, "refused"},
	} {
		if errors.Is(err, class.kind) {
			return f.unreadable(v, class.reason, err)
		}
	}
	if errors.As(err, new(*stayedUnavailableError)) {
		return f.unreadable(v, "unavailable", err)
	}
	return err
}

// reasonOf returns why an object may be left out, by class. It is empty if the
// error ends the reading.
func reasonOf(err error) string {
	var unreadable *UnreadableError
	if errors.As(err, &unreadable) {
		return unreadable.Reason
	}
	if errors.As(err, new(*TooLargeError)) {
		return "too large"
	}
	if errors.Is(err, bucket.ErrGone) {
		return "gone"
	}
	return ""
}

// skips tells whether an object is left out because of an error.
func (it *Iterator) skips(err error) bool {
	switch reasonOf(err) {
	case "":
		return false
	case "gone":
		return true // a later change, or nothing, replaces it
	case "too large":
		return it.config.SkipLarge
	default:
		return it.config.SkipUnreadable
	}
}

// skip counts an object that is left out, and says so.
func (it *Iterator) skip(i *item) {
	reason := reasonOf(i.err)
	it.skipped[reason]++
	level, v := zerolog.WarnLevel, i.finding.version
	if reason == "gone" {
		level = zerolog.InfoLevel
	}
	it.log.WithLevel(level).Err(i.err).Str("key", it.config.quote(v.Key)).Str("version", it.config.quote(v.VersionID)).Int64("size", v.Size).
		Str("reason", reason).Int("skipped", it.skipped[reason]).Msg("an object was skipped")
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/listing"
	"github.com/conduitio/conduit-connector-s3/internal/position"
)

// isListed tells whether the store lists a version. It waits until S3 is available.
func (f fetcher) isListed(ctx context.Context, v bucket.Version) (bool, error) {
	found := &finder{want: v}
	err := f.walk(ctx, v.Key, found)
	if err == nil && found.count == 0 && v.EncodedKey != "" {
		err = f.checkSpelling(ctx, v)
	}
	return found.found, err
}

// checkSpelling checks whether an absent key exists in another spelling, because the
// store does not encode keys in listings as it says. It lists the keys that the entry
// may mean. If they exist, their entries are decoded into keys that were not requested,
// which is bucket.ErrEncoding.
func (f fetcher) checkSpelling(ctx context.Context, v bucket.Version) error {
	spellings := []string{v.EncodedKey}
	if plusKept, err := url.PathUnescape(v.EncodedKey); err == nil && plusKept != v.EncodedKey {
		spellings = append(spellings, plusKept)
	}
	for _, key := range spellings {
		if key == v.Key {
			continue
		}
		err := bucket.Retry(ctx, func(ctx context.Context) error {
			_, err := f.store.ListVersions(ctx, key, bucket.Marker{})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// confirm finds out what became of a null version, of which object seems to be
// another state. A listing tells whether the store only spells its ETag otherwise, or
// whether it was replaced. With other versions of its key around, that is
// bucket.ErrGone: the next scan tells the order of the new state among them.
func (f fetcher) confirm(ctx context.Context, v bucket.Version, object *bucket.Object, alone bool) error {
	found := &finder{want: v}
	err := f.walk(ctx, v.Key, found)
	switch {
	case err != nil:
		return err
	case found.found:
		object.Version = v
	case !alone || found.count != 1:
		return fmt.Errorf("object %s: %w: it was overwritten", f.quote(v.Key), bucket.ErrGone)
	}
	return nil
}

// walk lists a key. It waits until S3 is available.
func (f fetcher) walk(ctx context.Context, key string, visitor listing.Visitor) error {
	err := listing.New(f.store, key, 1).Walk(ctx, "", visitor)
	if errors.Is(err, errPassed) {
		return nil
	}
	return err
}

// finder looks for one version.
type finder struct {
	want  bucket.Version
	found bool
	count int // of the versions of its key, up to it
}

// errPassed ends a listing whose further entries don't matter.
var errPassed = errors.New("the listing has passed the key")

func (*finder) Answered(bucket.Page) {}

func (f *finder) Visit(v bucket.Version, _ *bucket.Version) error {
	if v.Key != f.want.Key {
		return errPassed
	}
	f.count++
	// Null versions with the same bytes and second have one fingerprint. Delivering one
	// of them delivers all, so any of them is the wanted version.
	if position.OfVersion(v) == position.OfVersion(f.want) {
		f.found = true
		return errPassed
	}
	return nil
}

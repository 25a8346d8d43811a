// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/rs/zerolog"
)

// What a store is known to list. It is known for good once a listing has shown an
// entry.
const (
	listsUnknown int32 = iota
	listsVersions
	listsObjects
)

// listVersions lists a page of versions, or of objects if the store can't list
// versions.
func (b *Bucket) listVersions(ctx context.Context, prefix string, after Marker, size int32) (Page, error) {
	known := b.listing.Load()
	if known == listsObjects {
		return b.listObjects(ctx, prefix, after, size)
	}
	page, err := b.requestVersions(ctx, prefix, after, size)
	switch isOutside := after.Key != "" && !strings.HasPrefix(after.Key, prefix); {
	case err == nil && (len(page.Versions) > 0 || page.More):
		b.listing.CompareAndSwap(listsUnknown, listsVersions)
		return page, nil
	case err == nil && known == listsUnknown:
		return b.checkEmpty(ctx, page, prefix, after, size)
	case err == nil:
		return page, nil
	case isOutside && isRefusedListing(err) && !errors.Is(err, errOtherListing): // as MinIO answers
		return Page{}, fmt.Errorf("%w: the listing was to resume after key %s, which does not begin with the prefix %s: %s",
			ErrInvalid, b.Quote(after.Key), b.Quote(prefix), err.Error())
	case known == listsUnknown && isRefusedListing(err):
		return b.tryObjects(ctx, prefix, after, size, err)
	case known == listsVersions && errors.Is(err, ErrUnsupported):
		return Page{}, fmt.Errorf("%w: %v", ErrUnavailable, err) //nolint:errorlint // it did before, so it is no refusal
	default:
		return Page{}, err
	}
}

// isRefusedListing tells whether an error may come from a store that does not
// know the listing of versions.
func isRefusedListing(err error) bool {
	if errors.Is(err, ErrUnsupported) || errors.Is(err, errOtherListing) {
		return true
	}
	var refused *refusedError
	ok := errors.As(err, &refused)
	return ok && errors.Is(err, ErrInvalid) &&
		(refused.status == http.StatusBadRequest || refused.status == http.StatusNotFound)
}

// tryObjects lists objects because versions were refused. If that is refused as
// well, refusal is the answer to both.
func (b *Bucket) tryObjects(ctx context.Context, prefix string, after Marker, size int32, refusal error) (Page, error) {
	page, err := b.listObjects(ctx, prefix, after, size)
	switch {
	case err == nil:
		b.listOnlyObjects(ctx, refusal)
		return page, nil
	case errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrMalformed) || ctx.Err() != nil:
		return Page{}, err
	default:
		return Page{}, refusal
	}
}

// checkEmpty finds out whether a listing of versions is empty because nothing is
// there, or because the store lists no versions. What was put between two
// requests must not decide that, so versions are listed again.
func (b *Bucket) checkEmpty(ctx context.Context, page Page, prefix string, after Marker, size int32) (Page, error) {
	objects, err := b.listObjects(ctx, prefix, after, 1)
	switch {
	case ctx.Err() != nil:
		return Page{}, err
	case err != nil && errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrMalformed):
		return page, nil // the next listing finds it out: this request must not delay it
	case err != nil:
		b.listing.CompareAndSwap(listsUnknown, listsVersions)
		return page, nil //nolint:nilerr // s3:ListBucket is not needed to list versions
	case len(objects.Versions) == 0:
		return page, nil
	}
	page, err = b.requestVersions(ctx, prefix, after, size)
	if err != nil {
		return Page{}, err
	}
	if len(page.Versions) > 0 || page.More {
		b.listing.CompareAndSwap(listsUnknown, listsVersions)
		return page, nil
	}
	b.listOnlyObjects(ctx, fmt.Errorf("%s %s: the answer is empty, and the bucket is not", opListVersions, b.Quote(b.name)))
	return b.listObjects(ctx, prefix, after, size)
}

// listOnlyObjects makes all listings to come list objects, and says so once.
func (b *Bucket) listOnlyObjects(ctx context.Context, reason error) {
	if b.listing.CompareAndSwap(listsUnknown, listsObjects) {
		zerolog.Ctx(ctx).Warn().Err(reason).
			Msg("the store can't list versions and is read like a bucket without versioning: overwritten and deleted objects will not be seen")
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/rs/zerolog"
)

// pageSize is how many entries are asked for; S3 answers 1,000 at most.
const pageSize = 1000

// ErrStuck says that a listing answers with a next page that does not lie
// behind this one, so that following it would never end.
var ErrStuck = errors.New("listing does not advance")

// Version is one entry of a listing of versions: a state of an object, or a
// delete marker.
type Version struct {
	Key          string
	VersionID    string // NullVersion for what was written without versioning
	ETag         string // as S3 sends it, in quotes; empty for a delete marker
	Size         int64
	LastModified time.Time
	IsLatest     bool
	DeleteMarker bool
}

// Marker is where a listing of versions goes on: behind this version of this
// key or, without a version id, behind every version of the key.
type Marker struct {
	Key       string
	VersionID string
}

// Page is one answer of a listing of versions.
type Page struct {
	Versions []Version // in the order of the listing: keys ascending, newest version first
	Next     Marker    // where the next page begins, if More
	More     bool
	Time     time.Time // the server's time when it answered
}

// ListVersions lists one page of the versions of the keys that begin with
// prefix, behind after. A store without versions answers its objects, each as
// the null version. It returns ErrStuck if Next does not lie behind after.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
func (b *Bucket) ListVersions(ctx context.Context, prefix string, after Marker) (Page, error) {
	page, err := b.listVersions(ctx, prefix, after, pageSize)
	if err != nil {
		return Page{}, err
	}
	if page.More && !page.Next.behind(after) {
		return Page{}, fmt.Errorf("ListObjectVersions %q after key %q: %w", b.name, after.Key, ErrStuck)
	}
	return page, nil
}

// behind tells whether m lies behind prev as far as that can be seen: version
// ids have no order.
func (m Marker) behind(prev Marker) bool {
	return m.Key > prev.Key || m.Key == prev.Key && m.VersionID != prev.VersionID
}

func (b *Bucket) listVersions(ctx context.Context, prefix string, after Marker, size int32) (Page, error) {
	if b.listing.Load() == listsObjects {
		return b.listObjects(ctx, prefix, after, size)
	}
	in := &s3.ListObjectVersionsInput{
		Bucket: &b.name, Prefix: aws.String(prefix), MaxKeys: aws.Int32(size),
		EncodingType: types.EncodingTypeUrl,
	}
	if after.Key != "" {
		in.KeyMarker = aws.String(after.Key)
		if after.VersionID != "" {
			in.VersionIdMarker = aws.String(after.VersionID)
		}
	}
	attempt, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var page Page
	_, err := b.client.ListObjectVersions(attempt, in, b.readVersions(&page), readDate(&page.Time))
	req := request{operation: "ListObjectVersions", action: "s3:ListBucketVersions", key: after.Key}
	err = b.explain(ctx, req, err)
	switch {
	case err == nil:
		b.listing.Store(listsVersions)
		return page, nil
	case errors.Is(err, ErrUnsupported) && b.listing.CompareAndSwap(listsUnknown, listsObjects):
		zerolog.Ctx(ctx).Warn().Err(err).Msg("the store can't list versions: overwritten and deleted objects will not be seen")
		return b.listObjects(ctx, prefix, after, size)
	case errors.Is(err, ErrUnsupported) && b.listing.Load() == listsVersions:
		return Page{}, fmt.Errorf("%w: %v", ErrUnavailable, err) //nolint:errorlint // it did before, so it is no refusal
	default:
		return Page{}, err
	}
}

// What a store is known to list. It is found out once, by the first listing.
const (
	listsUnknown int32 = iota
	listsVersions
	listsObjects
)

// listObjects serves stores that know no versions, such as Cloudflare R2.
func (b *Bucket) listObjects(ctx context.Context, prefix string, after Marker, size int32) (Page, error) {
	in := &s3.ListObjectsV2Input{
		Bucket: &b.name, Prefix: aws.String(prefix), MaxKeys: aws.Int32(size), EncodingType: types.EncodingTypeUrl,
	}
	if after.Key != "" {
		in.StartAfter = aws.String(after.Key)
	}
	attempt, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var page Page
	out, err := b.client.ListObjectsV2(attempt, in, readDate(&page.Time))
	if err != nil {
		return Page{}, b.explain(ctx, request{operation: "ListObjectsV2", action: "s3:ListBucket", key: after.Key}, err)
	}
	decode := keyDecoder(string(out.EncodingType))
	for _, o := range out.Contents {
		key, err := decode(aws.ToString(o.Key))
		if err := errors.Join(err, checkEntry(key, aws.ToInt64(o.Size))); err != nil {
			return Page{}, b.explain(ctx, request{operation: "ListObjectsV2", key: after.Key}, fmt.Errorf("%w: %w", errBody, err))
		}
		page.Versions = append(page.Versions, Version{
			Key:          key,
			VersionID:    NullVersion,
			ETag:         aws.ToString(o.ETag),
			Size:         aws.ToInt64(o.Size),
			LastModified: aws.ToTime(o.LastModified),
			IsLatest:     true,
		})
	}
	page.More = aws.ToBool(out.IsTruncated)
	if n := len(page.Versions); n > 0 {
		page.Next = Marker{Key: page.Versions[n-1].Key}
	}
	return page, nil
}

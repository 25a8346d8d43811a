// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// pageSize is how many entries are asked for; S3 answers 1,000 at most.
const pageSize = 1000

// ErrStuck says that a listing answers with a next page that is not after this
// one, so that following it would never end.
var ErrStuck = errors.New("listing does not advance")

// ErrEncoding says that a listing says that its keys are URL-encoded, and that they
// are not, or not as in S3.
var ErrEncoding = errors.New("the store does not encode keys as its listing says (EncodingType)")

// NullVersion is the version id of what was written without versioning.
const NullVersion = "null"

// Version is one entry of a listing of versions: a state of an object, or a
// delete marker.
type Version struct {
	Key          string
	EncodedKey   string // the key as the listing spells it, if that is another string
	VersionID    string // NullVersion for what was written without versioning
	ETag         string // as S3 sends it, in quotes; empty for a delete marker
	Size         int64
	LastModified time.Time
	IsLatest     bool
	DeleteMarker bool
	StorageClass string // as listed; empty is STANDARD
	// Archived says that S3 would refuse to read it until it is restored. It does not
	// know the archive tiers of INTELLIGENT_TIERING, which a listing does not show, nor
	// other stores: there Get returns ErrArchived.
	// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/archived-objects.html
	Archived bool
}

// IsMultipart tells whether a version was stored as a multipart upload: its ETag
// ends in the number of its parts.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
func (v Version) IsMultipart() bool { return strings.Contains(v.ETag, "-") }

// Marker is where a listing of versions resumes: after this version of this key
// or, without a version id, after every version of the key.
type Marker struct {
	Key       string
	VersionID string
}

// Page is one answer of a listing of versions.
type Page struct {
	Versions []Version // in the order of the listing: keys ascending, newest version first
	Next     Marker    // where the next page begins, if More
	More     bool
	Time     time.Time // of the answer's Date header; zero if the answer has none or it can't be read
}

// ListVersions lists one page of the versions of the keys that begin with
// prefix, after a marker. The objects of a store or bucket that can't list
// versions are returned as null versions; the first listing finds that out.
// It returns ErrMalformed if the answer is not a listing, ErrEncoding if a key that
// was decoded does not begin with prefix, and ErrInvalid if the store refuses a marker
// that is outside of prefix. The caller must check that Next advances.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
func (b *Bucket) ListVersions(ctx context.Context, prefix string, after Marker) (Page, error) {
	page, err := b.listVersions(ctx, prefix, after, pageSize)
	if err != nil {
		return Page{}, err
	}
	return page, b.checkPrefix(page, prefix)
}

// checkPrefix checks that keys were decoded into what was asked for.
func (b *Bucket) checkPrefix(page Page, prefix string) error {
	for i := range page.Versions {
		if v := &page.Versions[i]; v.EncodedKey != "" && !strings.HasPrefix(v.Key, prefix) {
			return fmt.Errorf("list keys with prefix %s in %s: %w: %s stands for %s, which has another prefix",
				b.Quote(prefix), b.Quote(b.name), ErrEncoding, b.Quote(v.EncodedKey), b.Quote(v.Key))
		}
	}
	return nil
}

// requestVersions sends one request for a page of versions.
func (b *Bucket) requestVersions(ctx context.Context, prefix string, after Marker, size int32) (Page, error) {
	in := &s3.ListObjectVersionsInput{
		Bucket: &b.name, Prefix: aws.String(prefix), MaxKeys: aws.Int32(size), EncodingType: types.EncodingTypeUrl,
		OptionalObjectAttributes: []types.OptionalObjectAttributes{types.OptionalObjectAttributesRestoreStatus},
	}
	if after.Key != "" {
		in.KeyMarker = aws.String(after.Key)
		if after.VersionID != "" {
			in.VersionIdMarker = aws.String(after.VersionID)
		}
	}
	attempt, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req := request{operation: opListVersions, action: "s3:ListBucketVersions", key: after.Key}
	var l *listing
	var page Page
	_, err := b.client.ListObjectVersions(attempt, in, b.readPage(ofVersions, &l), readDate(&page.Time))
	if err == nil {
		err = page.takeVersions(l)
	}
	if err != nil {
		return Page{}, b.explain(ctx, req, err)
	}
	return page, nil
}

// takeVersions makes the entries and the markers of l those of the page.
func (p *Page) takeVersions(l *listing) (err error) {
	if l == nil {
		return malformed(errListing)
	}
	if p.More, err = l.isTruncated(); err != nil {
		return malformed(err)
	}
	p.Versions, p.Next = l.versions, l.next
	if n := len(p.Versions); n > 0 && p.Next.Key == "" {
		p.Next = Marker{Key: p.Versions[n-1].Key, VersionID: p.Versions[n-1].VersionID}
	}
	return nil
}

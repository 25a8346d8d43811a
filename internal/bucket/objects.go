// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// maxEmptyPages bounds the pages without an entry that are followed to the next
// one by their continuation token.
const maxEmptyPages = 1000

// listObjects lists one page of the objects after a key, each as the null
// version, for stores that can't list versions, such as Cloudflare R2.
func (b *Bucket) listObjects(ctx context.Context, prefix string, after Marker, size int32) (Page, error) {
	token := ""
	for range maxEmptyPages {
		page, next, err := b.requestObjects(ctx, prefix, after.Key, token, size)
		if err != nil || len(page.Versions) > 0 || !page.More {
			return page, err
		}
		if next == "" || next == token {
			break
		}
		token = next
	}
	return Page{}, fmt.Errorf("%s %s after key %s: an empty page that leads to no other one: %w",
		opListObjects, b.Quote(b.name), b.Quote(after.Key), ErrStuck)
}

// requestObjects sends one request for a page of objects. next is the token of
// the page after it.
func (b *Bucket) requestObjects(ctx context.Context, prefix, after, token string, size int32) (page Page, next string, err error) {
	in := &s3.ListObjectsV2Input{
		Bucket: &b.name, Prefix: aws.String(prefix), MaxKeys: aws.Int32(size), EncodingType: types.EncodingTypeUrl,
		StartAfter: optional(after), ContinuationToken: optional(token),
		OptionalObjectAttributes: []types.OptionalObjectAttributes{types.OptionalObjectAttributesRestoreStatus},
	}
	attempt, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var l *listing
	_, err = b.client.ListObjectsV2(attempt, in, b.readPage(ofObjects, &l), readDate(&page.Time))
	if err == nil {
		err = page.takeObjects(l)
	}
	if err != nil {
		return Page{}, "", b.explain(ctx, request{operation: opListObjects, action: "s3:ListBucket", key: after}, err)
	}
	return page, l.token, nil
}

// takeObjects makes the entries of l those of the page.
func (p *Page) takeObjects(l *listing) (err error) {
	if l == nil {
		return malformed(errListing)
	}
	if p.More, err = l.isTruncated(); err != nil {
		return malformed(err)
	}
	p.Versions = l.versions
	if n := len(p.Versions); n > 0 {
		p.Next = Marker{Key: p.Versions[n-1].Key}
	}
	return nil
}

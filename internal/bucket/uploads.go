// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// MultipartUpload is one that is in progress.
type MultipartUpload struct {
	Key       string
	Initiated time.Time
}

// UploadMarker is where a listing of uploads resumes: after this upload of this
// key.
type UploadMarker struct {
	Key      string
	UploadID string
}

// UploadPage is one answer of a listing of uploads.
type UploadPage struct {
	Uploads []MultipartUpload
	Next    UploadMarker // where the next page begins, if More
	More    bool
	Time    time.Time // of the answer's Date header; zero if the answer has none or it can't be read
}

// ListUploads lists one page of the multipart uploads in progress to keys that
// begin with prefix, after a marker. It returns ErrStuck if Next is not after the
// marker, and ErrMalformed if the answer is not a listing.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
func (b *Bucket) ListUploads(ctx context.Context, prefix string, after UploadMarker) (UploadPage, error) {
	in := &s3.ListMultipartUploadsInput{
		Bucket: &b.name, Prefix: aws.String(prefix), MaxUploads: aws.Int32(pageSize),
		EncodingType: types.EncodingTypeUrl,
	}
	if after.Key != "" {
		in.KeyMarker, in.UploadIdMarker = aws.String(after.Key), aws.String(after.UploadID)
	}
	attempt, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req := request{operation: opListUploads, action: "s3:ListBucketMultipartUploads", key: after.Key}
	var l *listing
	var page UploadPage
	_, err := b.client.ListMultipartUploads(attempt, in, b.readPage(ofUploads, &l), readDate(&page.Time))
	if err == nil {
		err = page.take(l)
	}
	if err != nil {
		return UploadPage{}, b.explain(ctx, req, err)
	}
	if page.More && (page.Next == after || page.Next.Key < after.Key) {
		return UploadPage{}, fmt.Errorf("%s %s after key %s: %w", opListUploads, b.Quote(b.name), b.Quote(after.Key), ErrStuck)
	}
	return page, nil
}

// take makes the entries and the markers of l those of the page.
func (p *UploadPage) take(l *listing) (err error) {
	if l == nil {
		return malformed(errListing)
	}
	if p.More, err = l.isTruncated(); err != nil {
		return malformed(err)
	}
	p.Uploads, p.Next = l.uploads, l.nextPart
	return nil
}

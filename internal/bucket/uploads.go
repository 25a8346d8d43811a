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
)

// MultipartUpload is one that is in progress.
type MultipartUpload struct {
	Key       string
	Initiated time.Time
}

// UploadMarker is where a listing of uploads goes on: behind this upload of
// this key.
type UploadMarker struct {
	Key      string
	UploadID string
}

// UploadPage is one answer of a listing of uploads.
type UploadPage struct {
	Uploads []MultipartUpload
	Next    UploadMarker // where the next page begins, if More
	More    bool
	Time    time.Time // the server's time when it answered
}

// ListUploads lists one page of the multipart uploads in progress to keys that
// begin with prefix, behind after. It returns ErrStuck if Next does not lie
// behind after.
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
	req := request{operation: "ListMultipartUploads", action: "s3:ListBucketMultipartUploads", key: after.Key}
	var page UploadPage
	out, err := b.client.ListMultipartUploads(attempt, in, readDate(&page.Time))
	if err != nil {
		return UploadPage{}, b.explain(ctx, req, err)
	}
	if err := page.read(out); err != nil {
		return UploadPage{}, b.explain(ctx, req, fmt.Errorf("%w: %w", errBody, err))
	}
	if page.More && (page.Next == after || page.Next.Key < after.Key) {
		return UploadPage{}, fmt.Errorf("ListMultipartUploads %q after key %q: %w", b.name, after.Key, ErrStuck)
	}
	return page, nil
}

func (p *UploadPage) read(out *s3.ListMultipartUploadsOutput) error {
	decode := keyDecoder(string(out.EncodingType))
	p.Uploads = make([]MultipartUpload, 0, len(out.Uploads))
	for _, u := range out.Uploads {
		key, err := decode(aws.ToString(u.Key))
		if err != nil {
			return err
		}
		if key == "" || u.Initiated == nil {
			return errors.New("an upload without key or time")
		}
		p.Uploads = append(p.Uploads, MultipartUpload{Key: key, Initiated: *u.Initiated})
	}
	next, err := decode(aws.ToString(out.NextKeyMarker))
	p.More = aws.ToBool(out.IsTruncated)
	p.Next = UploadMarker{Key: next, UploadID: aws.ToString(out.NextUploadIdMarker)}
	return err
}

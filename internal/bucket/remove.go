// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Remove deletes the object of a key, as Delete does. It blocks while S3 is
// unavailable and ctx lives.
func (b *Bucket) Remove(ctx context.Context, key string) error {
	return Retry(ctx, func(ctx context.Context) error { return b.Delete(ctx, key) })
}

// Delete deletes the object of a key. A missing object is not an error. In a
// bucket with versioning it puts a delete marker above the versions.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	req := request{operation: opDelete, action: "s3:DeleteObject", key: key}
	err := b.send(ctx, req, requestTimeout, func(ctx context.Context) error {
		_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &key})
		return err
	})
	if errors.Is(err, ErrGone) { // as some stores answer
		return nil
	}
	return err
}

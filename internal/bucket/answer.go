// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// onAnswer calls read with each answer of S3 before the SDK reads it.
func onAnswer(id string, read func(*http.Response) error) func(*s3.Options) {
	mw := middleware.DeserializeMiddlewareFunc(id, func(
		ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
	) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		if resp, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil {
			err = read(resp.Response)
		}
		return out, metadata, err
	})
	return s3.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(mw, middleware.After)
	})
}

// readDate stores the server's time.
func readDate(t *time.Time) func(*s3.Options) {
	return onAnswer("readDate", func(resp *http.Response) error {
		if resp.StatusCode != http.StatusOK {
			return nil
		}
		date, err := http.ParseTime(resp.Header.Get("Date"))
		if err != nil {
			return fmt.Errorf("read the Date header: %w", err)
		}
		*t = date
		return nil
	})
}

// readVersions reads a page of ListObjectVersions itself, because the SDK
// returns versions and delete markers apart: their common order, which is the
// order of events, would be lost. It leaves the SDK an empty answer.
func (b *Bucket) readVersions(page *Page) func(*s3.Options) {
	return onAnswer("readVersions", func(resp *http.Response) error {
		if resp.StatusCode != http.StatusOK {
			return nil
		}
		defer resp.Body.Close()
		buffer := b.buffer()
		defer b.buffers.Put(buffer)
		if err := page.readListing(resp.Body, buffer); err != nil {
			return fmt.Errorf("read the listing: %w", err)
		}
		resp.Body = io.NopCloser(strings.NewReader("<ListVersionsResult/>"))
		return nil
	})
}

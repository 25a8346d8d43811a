// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// maxPooled bounds a buffer that is kept for the next answer.
const maxPooled = 4 << 20

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

// readDate stores the server's time. Without a Date header that can be read, it
// stays as it is.
func readDate(t *time.Time) func(*s3.Options) {
	return onAnswer("readDate", func(resp *http.Response) error {
		if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil && resp.StatusCode == http.StatusOK {
			*t = date
		}
		return nil
	})
}

// readPage reads a listing itself and leaves the SDK an empty answer: the SDK
// returns versions and delete markers in separate lists, which loses the order of
// events, and allocates memory for each entry that an endpoint invents. An error
// in a successful answer is left to the SDK.
func (b *Bucket) readPage(kind kindOfListing, to **listing) func(*s3.Options) {
	return onAnswer("readPage", func(resp *http.Response) error {
		if resp.StatusCode != http.StatusOK {
			return nil
		}
		defer resp.Body.Close()
		buffer, ok := b.answers.Get().(*bytes.Buffer)
		if !ok {
			buffer = new(bytes.Buffer)
		}
		defer func() {
			if buffer.Reset(); buffer.Cap() <= maxPooled {
				b.answers.Put(buffer)
			}
		}()
		if _, err := buffer.ReadFrom(resp.Body); err != nil {
			return fmt.Errorf("read the listing: %w", err)
		}
		l, err := readListing(buffer.Bytes(), kind, b.Quote)
		switch {
		case errors.Is(err, errErrorAnswer):
			resp.Body = io.NopCloser(bytes.NewReader(bytes.Clone(buffer.Bytes())))
			return nil
		case err != nil:
			return malformed(err)
		}
		if !b.isAWS {
			l.forgetArchived()
		}
		*to = l
		resp.Body = io.NopCloser(strings.NewReader("<Result/>"))
		return nil
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"
)

// send calls do once, for as long as timeout, and explains its error.
func (b *Bucket) send(ctx context.Context, req request, timeout time.Duration, do func(context.Context) error) error {
	attempt, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return b.explain(ctx, req, do(attempt))
}

// errNoAnswer says that an attempt was given up. It is a time-out of the attempt,
// not of the caller's context.
var errNoAnswer = fmt.Errorf("the store reads or answers too slowly: %w", context.DeadlineExceeded)

// sendBody calls do once with a reader of body, and explains its error. It gives
// up when the store does not read on for stallTimeout, or does not answer for
// storedTimeout after it has read all of the body.
func (b *Bucket) sendBody(ctx context.Context, req request, body []byte, do func(context.Context, io.ReadSeeker) error) error {
	attempt, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(storedTimeout, func() { cancel(errNoAnswer) })
	defer timer.Stop()
	err := do(attempt, &timedBody{bytes.NewReader(body), timer})
	if err != nil && context.Cause(attempt) == errNoAnswer { //nolint:errorlint // it is the very same
		err = errNoAnswer
	}
	return b.explain(ctx, req, err)
}

// timedBody sets the timer to the time-out of what comes next, whenever a part of
// the body is read.
type timedBody struct {
	body  *bytes.Reader
	timer *time.Timer
}

func (t *timedBody) Read(p []byte) (int, error) {
	n, err := t.body.Read(p)
	if t.body.Len() == 0 {
		t.timer.Reset(storedTimeout)
	} else {
		t.timer.Reset(stallTimeout)
	}
	return n, err
}

func (t *timedBody) Seek(offset int64, whence int) (int64, error) { return t.body.Seek(offset, whence) }

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"
)

// Access is what a bucket is checked for.
type Access int

const (
	// ReadAccess is needed to list the versions below a prefix.
	ReadAccess Access = iota
	// WriteAccess is needed to put objects.
	WriteAccess
)

const (
	// verifyTimeout bounds the check of a configuration.
	verifyTimeout = 3 * time.Second
	// connectTimeout bounds how long Connect tries to reach S3.
	connectTimeout = 10 * time.Second
)

// Verify checks cfg against S3, for a few seconds at most. It returns an error
// only if S3 refuses. If S3 can't be reached, it logs that and returns nil, and
// Connect tries again.
func Verify(ctx context.Context, cfg Config, access Access, prefix string) error {
	b, err := New(cfg, nil)
	if err != nil {
		return err
	}
	defer b.Close()
	bounded, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	_, err = b.Check(bounded, access, prefix)
	if errors.Is(err, ErrUnavailable) || err != nil && bounded.Err() != nil && ctx.Err() == nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("the bucket could not be checked")
		return nil
	}
	return err
}

// Connect returns a client of cfg's bucket once Check succeeds, and the
// server's time, which is zero if S3 does not tell it. While S3 is unavailable it
// tries again, for 10 seconds at most.
func Connect(ctx context.Context, cfg Config, access Access, prefix string) (*Bucket, time.Time, error) {
	b, err := New(cfg, nil)
	if err != nil {
		return nil, time.Time{}, err
	}
	bounded, cancel := context.WithTimeoutCause(ctx, connectTimeout,
		fmt.Errorf("no answer within %s; check aws.endpoint, aws.region and the network", connectTimeout))
	defer cancel()
	var now time.Time
	err = retryFor(bounded, maxMalformedFirst, func(ctx context.Context) (err error) {
		now, err = b.Check(ctx, access, prefix)
		return err
	})
	if err != nil {
		b.Close()
		return nil, time.Time{}, err
	}
	return b, now, nil
}

// Check asks S3 whether the bucket exists, is in the region and lets these
// credentials in, and returns the server's time. Writing does not need the
// permission to list, and only a write tells whether it is allowed. So with
// WriteAccess, a refused listing is not an error, and the time is zero.
func (b *Bucket) Check(ctx context.Context, access Access, prefix string) (time.Time, error) {
	if access == ReadAccess {
		page, err := b.listVersions(ctx, prefix, Marker{}, 1)
		return page.Time, err
	}
	page, err := b.listObjects(ctx, prefix, Marker{}, 1)
	if errors.Is(err, ErrForbidden) {
		return page.Time, nil
	}
	return page.Time, err
}

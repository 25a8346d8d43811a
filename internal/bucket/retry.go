// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/rs/zerolog"
)

// maxBackoff bounds the wait between two attempts of a request.
const maxBackoff = 20 * time.Second

// Retry calls op until its error is no ErrUnavailable any more, with an
// exponential, jittered back-off between the calls, and returns what op
// returned last. It blocks for as long as S3 is unavailable; when ctx ends, it
// returns ctx's error together with the last one of op. Before each wait it
// warns through ctx's logger. An op may call it itself.
func Retry(ctx context.Context, op func(context.Context) error) error {
	backoff := retry.NewExponentialJitterBackoff(maxBackoff)
	for attempt := 0; ; attempt++ {
		err := op(ctx)
		if !errors.Is(err, ErrUnavailable) || errors.Is(err, context.Cause(ctx)) {
			return err
		}
		wait, waitErr := backoff.BackoffDelay(attempt, err)
		if waitErr != nil {
			wait = maxBackoff
		}
		zerolog.Ctx(ctx).Warn().Err(err).Dur("wait", wait).Msg("s3 is unavailable, trying again")
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
	}
}

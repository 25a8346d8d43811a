// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"
)

const (
	// maxBackoff bounds the wait between two attempts of a request.
	maxBackoff = 20 * time.Second
	// maxMalformed bounds the attempts that are answered by ErrMalformed, one
	// after the other.
	maxMalformed = 8
	// maxMalformedFirst bounds them while a bucket is opened, where they are
	// likely to come from a wrong endpoint. All the waits are less than
	// connectTimeout.
	maxMalformedFirst = 4
)

// givenUpError is a malformed answer that came again and again. It is not
// ErrUnavailable any more.
type givenUpError struct {
	last  error
	times int
}

func (e *givenUpError) Error() string { return fmt.Sprintf("%v (%d times)", e.last, e.times) }

func (*givenUpError) Is(target error) bool { return target == ErrMalformed || target == ErrInvalid }

// Retry calls op until it returns something other than ErrUnavailable, with an
// exponential back-off and jitter between the calls, and returns op's last error.
// It blocks for as long as S3 is unavailable. When ctx ends, it returns ctx's error
// together with the last one of op. Before each wait it
// warns through ctx's logger. An op may call it itself.
//
// A malformed answer is likely to stay: after 8 calls in a row that returned
// ErrMalformed, Retry returns an error that is ErrMalformed and ErrInvalid, and
// not ErrUnavailable.
func Retry(ctx context.Context, op func(context.Context) error) error {
	return retryFor(ctx, maxMalformed, op)
}

// retryFor is Retry with another bound of malformed answers.
func retryFor(ctx context.Context, maxMalformed int, op func(context.Context) error) error {
	jitter := newJitter()
	malformed := 0
	for attempt := 0; ; attempt++ {
		err := op(ctx)
		if !errors.Is(err, ErrUnavailable) || errors.Is(err, context.Cause(ctx)) {
			return err
		}
		if !errors.Is(err, ErrMalformed) {
			malformed = 0
		} else if malformed++; malformed == maxMalformed {
			return &givenUpError{err, malformed}
		}
		wait := backoff(attempt, jitter)
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

// newJitter is seeded with the time: enough to keep instances from retrying in
// step, and under virtual time the same each time.
func newJitter() *rand.Rand {
	return rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0)) //nolint:gosec // no secret depends on it
}

// backoff is exponential with full jitter: up to a second after the first attempt,
// twice that after each further one, and at most maxBackoff.
func backoff(attempt int, jitter *rand.Rand) time.Duration {
	longest := min(maxBackoff, time.Second<<min(attempt, 10))
	return time.Duration(jitter.Int64N(int64(longest)))
}

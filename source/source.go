// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package source is the source side of the connector. It turns the changes
// that package iterator finds into batches of records. It does not know how
// changes are found or how requests are sent to S3.
package source

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/iterator"
	"github.com/conduitio/conduit-connector-s3/internal/position"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// Source reads a bucket: its objects first, then every change. Its methods must
// not be called concurrently, except Ack.
type Source struct {
	sdk.UnimplementedSource

	config   Config
	bucket   *bucket.Bucket
	iterator *iterator.Iterator
	batches  batching

	logLarge sync.Once
}

// NewSource returns a source that is not configured yet.
func NewSource() sdk.Source { return sdk.SourceWithMiddleware(&Source{}) }

// Config returns the configuration that the SDK fills and validates.
func (s *Source) Config() sdk.SourceConfig { return &s.config }

// Open connects to the bucket and begins to read after position in the
// background. While S3 can't be reached it tries again for 10 seconds.
func (s *Source) Open(ctx context.Context, at opencdc.Position) error {
	from, err := position.Parse(string(at))
	if err != nil {
		return err
	}
	config, err := s.config.iterator()
	if err != nil {
		return err
	}
	b, now, err := bucket.Connect(ctx, s.config.Config, bucket.ReadAccess, s.config.Prefix)
	if err != nil {
		return fmt.Errorf("open source: %w", err)
	}
	s.bucket, config.Quote = b, b.Quote
	s.iterator = iterator.Start(ctx, b, config, from, now)
	s.batches.takeOver(&s.config.SourceWithBatch)
	return nil
}

// Read returns the next record. It blocks until there is one or ctx ends.
func (s *Source) Read(ctx context.Context) (opencdc.Record, error) {
	return s.batches.one(ctx, s.read)
}

// ReadN returns the next batch of records: see batching. It blocks until there
// is a record or ctx ends. n does not matter: the SDK asks for one record at a
// time when it leaves the batching to the source.
func (s *Source) ReadN(ctx context.Context, _ int) ([]opencdc.Record, error) {
	return s.batches.collect(ctx, s.read)
}

func (s *Source) read(ctx context.Context) (opencdc.Record, error) {
	c, err := s.iterator.Next(ctx)
	if err != nil {
		return opencdc.Record{}, explain(err)
	}
	rec := newRecord(s.config.Bucket, c)
	if limit, known := messageLimit(); known && sizeOf(rec) > limit {
		s.logLarge.Do(func() {
			sdk.Logger(ctx).Info().Str("key", s.bucket.Quote(c.Version.Key)).Int("size", sizeOf(rec)).Int("limit", limit).
				Msg("a record is larger than a standalone destination receives; for such a destination, raise Conduit's option " + recordSizeOption)
		})
	}
	return rec, nil
}

// explain names the parameters, and the option of Conduit, that an error is about.
func explain(err error) error {
	if errors.As(err, new(*iterator.UnreadableError)) {
		return fmt.Errorf("%w; to leave such objects out, set %s to %q", err, ConfigOnUnreadable, actionSkip)
	}
	var large *iterator.TooLargeError
	ok := errors.As(err, &large)
	if !ok {
		return err
	}
	option := ""
	if limit, known := messageLimit(); large.Size+addedByConduit > int64(limit) {
		set := "now"
		if !known {
			set = "by default"
		}
		option = fmt.Sprintf("; a standalone destination also needs Conduit's option %s, %s %d bytes, to be larger than the record", recordSizeOption, set, limit)
	}
	return fmt.Errorf("%w; raise %s, or set %s to %q%s", err, ConfigMaxObjectSize, ConfigOnLargeObject, actionSkip, option)
}

// Ack does nothing: the engine keeps the position, which is all that a restart
// needs.
func (s *Source) Ack(context.Context, opencdc.Position) error { return nil }

// Teardown stops the reading, waits until it has stopped and closes the idle
// connections to S3. It may be called without Open.
func (s *Source) Teardown(context.Context) error {
	if s.iterator != nil {
		s.iterator.Close()
	}
	if s.bucket != nil {
		s.bucket.Close()
	}
	return nil
}

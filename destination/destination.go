// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package destination writes the records of a pipeline as objects. It owns the
// destination's parameters, the names of the objects and what is acknowledged
// when; it knows neither the layout of an object nor S3's requests.
package destination

import (
	"context"
	"errors"
	"fmt"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// store is where objects go; a *bucket.Bucket is one. It is safe for concurrent
// use. Store and Remove block while S3 is unavailable. A Store that returns nil has
// stored the object.
type store interface {
	Store(ctx context.Context, in bucket.StoreInput) error
	Remove(ctx context.Context, key string) error
	Close()
}

// writer is a mode. Its write stores recs and returns how many of them, counted
// from the first, are stored, and why the one behind them is not.
type writer interface {
	write(ctx context.Context, recs []opencdc.Record) (int, error)
}

// Destination writes records as objects. The SDK calls its methods one after
// the other.
type Destination struct {
	sdk.UnimplementedDestination
	config  Config
	connect func(context.Context, *Config) (store, error)

	store  store
	writer writer
	limit  int // of records an object
}

// NewDestination returns a destination that is not configured yet.
func NewDestination() sdk.Destination {
	return sdk.DestinationWithMiddleware(&Destination{connect: connect})
}

func connect(ctx context.Context, c *Config) (store, error) {
	b, _, err := bucket.Connect(ctx, c.Config, bucket.WriteAccess, c.Prefix)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Config returns the configuration that the SDK fills.
func (d *Destination) Config() sdk.DestinationConfig { return &d.config }

// Open returns when the bucket is there and lets the credentials in. For a few
// seconds it tries again if S3 can't be reached; a refusal ends it at once.
func (d *Destination) Open(ctx context.Context) error {
	s, err := d.connect(ctx, &d.config)
	if err != nil {
		return fmt.Errorf("open destination: %w", err)
	}
	d.store = s
	d.takeOverBatching()
	d.writer, err = d.newWriter(newSchemas(ctx))
	return err
}

// newWriter returns the writer of the configured mode.
func (d *Destination) newWriter(schemas format.Schemas) (writer, error) {
	up := uploads{
		store:       d.store,
		concurrency: d.config.UploadConcurrency,
		partSize:    d.config.UploadPartSize,
		options:     d.config.options(),
	}
	if d.config.Mode == modeObjects {
		lines, err := format.New(format.Options{Format: format.JSON})
		return &mirror{uploads: up, prefix: d.config.Prefix, json: lines}, err
	}
	folders, partitionErr := d.config.partition()
	encoder, encoderErr := d.config.encoder(schemas)
	if err := errors.Join(partitionErr, encoderErr); err != nil {
		return nil, err
	}
	return newBatches(up, encoder, planner{encoder, folders, d.config.Prefix, d.limit}), nil
}

// Write stores recs, in order, and returns how many of them are in objects that
// S3 has confirmed, which are those that may be acknowledged. It blocks for as
// long as S3 is unavailable and ctx lives. An error is about the record behind
// those that are stored: it can't be encoded, or S3 refuses its object.
//
// Two things around it are the SDK's. It decodes records that have a schema
// before they come here, and if it can't decode one, it refuses the whole batch.
// And it refuses all that stands behind a refused record with that record's
// error, although nothing is wrong with it.
func (d *Destination) Write(ctx context.Context, recs []opencdc.Record) (int, error) {
	stored, err := d.writer.write(ctx, recs)
	return stored, explain(err, len(recs)-stored)
}

// explain says what becomes of the records behind a refused one: the SDK
// refuses the rest of a batch with the same error.
func explain(err error, left int) error {
	var refused *format.RecordError
	if errors.As(err, &refused) && left > 1 {
		return fmt.Errorf("%w (not written with it: the %d records behind it)", err, left-1)
	}
	return err
}

// Teardown frees the connections to S3.
func (d *Destination) Teardown(context.Context) error {
	if d.store != nil {
		d.store.Close()
	}
	return nil
}

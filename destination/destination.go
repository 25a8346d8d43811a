// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package destination writes the records of a pipeline as objects. It owns the
// destination's parameters, the names of the objects, and when records are
// acknowledged. It must not know the content of objects or the requests of S3.
package destination

import (
	"context"
	"errors"
	"fmt"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/crash"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// store stores objects, as a *bucket.Bucket does. It is safe for concurrent use.
// Store and Remove block while S3 is unavailable. When Store returns nil, the object
// is stored.
type store interface {
	Store(ctx context.Context, in bucket.StoreInput) error
	Remove(ctx context.Context, key string) error
	Close()
}

// mode writes records in one of the modes.
type mode interface {
	// write stores recs. It returns how many of them are stored, counted from the
	// first, and why the next one is not.
	write(ctx context.Context, recs []opencdc.Record) (int, error)
}

// Destination writes records as objects. The SDK never calls two of its methods at
// the same time.
type Destination struct {
	sdk.UnimplementedDestination
	config  Config
	connect func(context.Context, *Config) (store, error)

	store   store
	schemas *schemas
	mode    mode
	limit   int // of records in an object
}

// NewDestination returns a destination that is not configured yet.
func NewDestination() sdk.Destination {
	return withMiddleware(&Destination{connect: connect})
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

// Open returns when the bucket exists and accepts the credentials. It retries for a
// few seconds if S3 can't be reached. A refusal is returned immediately.
func (d *Destination) Open(ctx context.Context) error {
	s, err := d.connect(ctx, &d.config)
	if err != nil {
		return fmt.Errorf("open destination: %w", err)
	}
	d.store = s
	d.takeOverBatching()
	d.schemas = newSchemas(ctx)
	d.mode, err = d.newMode(d.schemas)
	return err
}

// newMode returns the configured mode.
func (d *Destination) newMode(schemas format.Schemas) (mode, error) {
	objects := storer{
		store:       d.store,
		concurrency: d.config.UploadConcurrency,
		partSize:    d.config.UploadPartSize,
		options:     d.config.options(),
	}
	if d.config.Mode == modeObjects {
		return &objectsMode{storer: objects, prefix: d.config.Prefix, checker: &value.Checker{}}, nil
	}
	folders, partitionErr := d.config.partition()
	encoder, encoderErr := d.config.encoder(schemas)
	if err := errors.Join(partitionErr, encoderErr); err != nil {
		return nil, err
	}
	return newBatchesMode(objects, planner{
		encoder: encoder, partition: folders, prefix: d.config.Prefix,
		limit: d.limit, maxBytes: d.config.ObjectMaxBytes, sizer: format.NewSizer(encoder),
	}, d.config.layout()), nil
}

// Write stores recs, in order, and returns how many of them, counted from the
// first, are in objects that S3 has confirmed. Those may be acknowledged. It
// blocks until S3 is available or ctx ends. An error is about the record after
// those: it can't be encoded, or S3 refuses its object.
//
// Records that have a schema are decoded before Write: see decoding.
func (d *Destination) Write(ctx context.Context, recs []opencdc.Record) (stored int, err error) {
	err = crash.Catch(func() (err error) {
		stored, err = d.mode.write(ctx, recs)
		return err
	})
	return stored, err
}

// explain adds to the error of a refused record what happens to the records after
// it, because the SDK refuses the rest of a batch with the same error.
func explain(err error, left int) error {
	var refused *value.RecordError
	if errors.As(err, &refused) && left > 1 {
		return fmt.Errorf("%w (not written either: %d records after it)", err, left-1)
	}
	return err
}

// Teardown closes the connections to S3.
func (d *Destination) Teardown(context.Context) error {
	if d.schemas != nil {
		d.schemas.close()
	}
	if d.store != nil {
		d.store.Close()
	}
	return nil
}

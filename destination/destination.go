// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package destination writes the records of a pipeline as objects. It owns the
// destination's parameters, the names of the objects and what is acknowledged
// when; it knows neither the layout of an object nor S3's requests.
package destination

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// store is where objects go; a *bucket.Bucket is one. A Put that returns nil has
// stored the object; one that returns bucket.ErrUnavailable may be tried again.
type store interface {
	Put(ctx context.Context, key string, body []byte, opts bucket.PutOptions) error
	Close()
}

// Destination writes records as objects. The SDK calls its methods one after
// the other.
type Destination struct {
	sdk.UnimplementedDestination
	config  Config
	connect func(context.Context, *Config) (store, error)

	store   store
	encoder format.Encoder
	names   *namer
	limit   int // of records an object
}

// New returns a destination that is yet to be configured.
func New() sdk.Destination {
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
	serializer, err := d.config.serializer()
	if err != nil {
		return err
	}
	d.encoder, err = format.New(format.Options{Format: d.config.Format, Serializer: serializer})
	if err != nil {
		return err
	}
	d.store, err = d.connect(ctx, &d.config)
	if err != nil {
		return fmt.Errorf("open destination: %w", err)
	}
	d.names = &namer{prefix: d.config.Prefix, extension: d.encoder.Extension(), clock: time.Now}
	d.takeOverBatching()
	return nil
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
	stored := 0
	for stored < len(recs) {
		n, err := d.writeBatch(ctx, recs[stored:stored+min(len(recs)-stored, d.limit)])
		stored += n
		if err != nil {
			return stored, explain(err, len(recs)-stored)
		}
	}
	return stored, nil
}

// writeBatch stores recs up to the first that can't be encoded and returns the
// number of those at their head that are stored.
func (d *Destination) writeBatch(ctx context.Context, recs []opencdc.Record) (int, error) {
	var refused error
	for i, rec := range recs {
		if refused = d.encoder.Check(rec); refused != nil {
			recs = recs[:i]
			break
		}
	}
	for _, group := range d.encoder.Groups(recs) {
		if err := d.writeObject(ctx, pick(recs, group)); err != nil {
			return group[0], err // no other group begins between those that are stored and this one
		}
	}
	return len(recs), refused
}

// pick returns the records of a group.
func pick(recs []opencdc.Record, group []int) []opencdc.Record {
	picked := make([]opencdc.Record, len(group))
	for i, index := range group {
		picked[i] = recs[index]
	}
	return picked
}

// writeObject stores one object that holds recs.
func (d *Destination) writeObject(ctx context.Context, recs []opencdc.Record) error {
	var body bytes.Buffer // not used again: a request that was given up may still read it
	if err := d.encoder.Encode(&body, recs); err != nil {
		return err
	}
	key := d.names.name(recs)
	return bucket.Retry(ctx, func(ctx context.Context) error {
		return d.store.Put(ctx, key, body.Bytes(), bucket.PutOptions{ContentType: d.encoder.ContentType()})
	})
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

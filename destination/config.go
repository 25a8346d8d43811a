// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// maxPrefix is what S3's limit of 1,024 bytes a key leaves for a prefix.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const maxPrefix = 1024 - 64

// Config holds the destination's parameters.
type Config struct {
	sdk.DefaultDestinationMiddleware `defaults:"sdk.batch.size=1000,sdk.batch.delay=1s" examples:"sdk.batch.size=10000,sdk.batch.delay=2s,sdk.rate.perSecond=5000,sdk.rate.burst=10000,sdk.record.format=template,sdk.record.format.options={{ toJson .Payload.After }}"`
	bucket.Config

	// What stands literally in front of each object's name: "logs/" writes into
	// a folder, "conduit-" gives "conduit-….json".
	Prefix string `json:"prefix" example:"logs/"`
	// The format of the objects that are written: "json" (one record a line) or
	// "parquet".
	Format string `json:"format" validate:"required,inclusion=json|parquet" example:"parquet"`
}

// Validate returns all that is wrong with the parameters, each named, or, if
// they are fine, what S3 has to say against the bucket. That S3 can't be
// reached within a few seconds is no error here: Open tries again.
func (c *Config) Validate(ctx context.Context) error {
	_, serializerErr := c.serializer()
	_, formatErr := format.New(format.Options{Format: c.Format})
	err := errors.Join(
		c.DefaultDestinationMiddleware.Validate(ctx),
		c.Config.Validate(),
		serializerErr,
		formatErr,
		c.validatePrefix(),
		c.validateDelay(),
	)
	if err != nil {
		return err
	}
	return bucket.Verify(ctx, c.Config, bucket.WriteAccess, c.Prefix)
}

func (c *Config) validatePrefix() error {
	switch {
	case len(c.Prefix) > maxPrefix:
		return fmt.Errorf("%s: %d bytes are more than the %d that S3's limit for a key leaves", ConfigPrefix, len(c.Prefix), maxPrefix)
	case !utf8.ValidString(c.Prefix):
		return fmt.Errorf("%s: keys must be UTF-8", ConfigPrefix)
	default:
		return nil
	}
}

func (c *Config) validateDelay() error {
	if c.BatchDelay < 0 {
		return fmt.Errorf("%s: %v is less than 0", ConfigSdkBatchDelay, c.BatchDelay)
	}
	return nil
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// Config holds the source's parameters.
type Config struct {
	sdk.DefaultSourceMiddleware `defaults:"sdk.schema.extract.payload.enabled=false,sdk.schema.extract.key.enabled=false" examples:"sdk.batch.size=1000,sdk.batch.delay=1s,sdk.schema.context.name=warehouse"`
	bucket.Config

	// Only objects whose keys begin with this prefix are read.
	Prefix string `json:"prefix" example:"logs/2026/"`
	// The time between the starts of two scans for changes, longer than 0.
	PollingPeriod time.Duration `json:"pollingPeriod" default:"1s" example:"30s"`
}

// Validate names every parameter that is wrong. If none is, it asks S3 whether
// the bucket exists and may be listed, and returns S3's definite no.
func (c *Config) Validate(ctx context.Context) error {
	errs := []error{c.DefaultSourceMiddleware.Validate(ctx), c.Config.Validate()}
	if c.PollingPeriod <= 0 {
		errs = append(errs, fmt.Errorf("%s: %s is not longer than 0", ConfigPollingPeriod, c.PollingPeriod))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return bucket.Verify(ctx, c.Config, bucket.ReadAccess, c.Prefix)
}

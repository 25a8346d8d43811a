// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/iterator"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// Config holds the source's parameters.
type Config struct {
	sdk.DefaultSourceMiddleware `defaults:"sdk.batch.size=1000,sdk.batch.delay=10ms,sdk.schema.extract.payload.enabled=false,sdk.schema.extract.key.enabled=false" examples:"sdk.batch.size=5000,sdk.batch.delay=100ms,sdk.schema.context.name=warehouse"`
	bucket.Config

	// Only objects whose keys begin with this prefix are read.
	Prefix string `json:"prefix" example:"logs/2026/"`
	// The time between the starts of two scans for changes, longer than 0. Each
	// scan lists the whole prefix: a short period shows changes sooner, a long one
	// costs fewer requests.
	PollingPeriod time.Duration `json:"pollingPeriod" default:"1s" example:"30s"`
	// Which changes of an object are delivered: "all" of its versions, or only
	// the "latest" one that a scan finds, which spares reading those that are
	// already overwritten.
	Versions string `json:"versions" default:"all" validate:"inclusion=all|latest" example:"latest"`
	// How far back a scan looks for changes that became visible late, at least
	// 1s: S3's times are whole seconds and its servers' clocks differ. For a
	// bucket that is replicated to, longer than the replication lags; the more
	// changes fall into it, the more may be repeated after a restart.
	Lookback time.Duration `json:"lookback" default:"1m" example:"15m"`
	// The number of objects that are read from S3 at a time. More are faster
	// while the network's latency is the limit, and use more connections.
	FetchConcurrency int `json:"fetch.concurrency" default:"16" validate:"gt=0,lt=1025" example:"64"`
	// The number of bytes of objects that are read ahead and wait for delivery.
	// A larger buffer keeps more reads of large objects under way, and uses that
	// much more memory. An object that is larger than the buffer passes alone.
	FetchBufferSize int64 `json:"fetch.bufferSize" default:"67108864" validate:"gt=0" example:"268435456"`
	// The number of parts of a large prefix that a scan lists at a time. More
	// make scans shorter and may bring S3 to throttle; with 1 a scan is sequential.
	ScanConcurrency int `json:"scan.concurrency" default:"8" validate:"gt=0,lt=257" example:"16"`
	// The size in bytes up to which objects are read, 0 for no limit. An object
	// is held in memory as a whole, and Conduit passes no record larger than 4 MB
	// to a standalone connector unless its option
	// `connectors.max-receive-record-size` is raised.
	MaxObjectSize int64 `json:"maxObjectSize" default:"0" validate:"gt=-1" example:"4000000"`
	// What happens at an object larger than `maxObjectSize`: "fail" ends the
	// source with an error that names the object, "skip" logs it and goes on
	// without it.
	OnLargeObject string `json:"onLargeObject" default:"fail" validate:"inclusion=fail|skip" example:"skip"`
}

// The values of the parameters that have names.
const (
	versionsLatest    = "latest"
	onLargeObjectSkip = "skip"
)

// minLookback is what S3's times of whole seconds hide.
const minLookback = time.Second

// Validate names every parameter that is wrong. If none is, it asks S3 whether
// the bucket exists and may be listed, and returns S3's definite no.
func (c *Config) Validate(ctx context.Context) error {
	errs := []error{c.DefaultSourceMiddleware.Validate(ctx), c.Config.Validate()}
	if c.PollingPeriod <= 0 {
		errs = append(errs, fmt.Errorf("%s: %s is not longer than 0", ConfigPollingPeriod, c.PollingPeriod))
	}
	if c.Lookback < minLookback {
		errs = append(errs, fmt.Errorf("%s: %s is shorter than %s", ConfigLookback, c.Lookback, minLookback))
	}
	if c.BatchDelay != nil && *c.BatchDelay < 0 {
		errs = append(errs, fmt.Errorf("%s: %s is less than 0", ConfigSdkBatchDelay, *c.BatchDelay))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return bucket.Verify(ctx, c.Config, bucket.ReadAccess, c.Prefix)
}

// iterator returns the settings of the iterator.
func (c *Config) iterator() iterator.Config {
	return iterator.Config{
		Prefix:           c.Prefix,
		PollingPeriod:    c.PollingPeriod,
		Lookback:         c.Lookback,
		LatestOnly:       c.Versions == versionsLatest,
		FetchConcurrency: c.FetchConcurrency,
		FetchBuffer:      c.FetchBufferSize,
		ScanConcurrency:  c.ScanConcurrency,
		MaxObjectSize:    c.MaxObjectSize,
		SkipLarge:        c.OnLargeObject == onLargeObjectSkip,
	}
}

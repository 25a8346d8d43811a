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
	// Patterns of the keys that are read, separated by commas. If it is empty, all
	// keys are read. A pattern matches the whole key, including the prefix. "*"
	// matches any characters except "/", and "**" in place of a folder's name
	// matches any number of folders. "?" matches one character, "[a-z]" one of a
	// range, "{a,b}" one of several alternatives. A backslash makes the character
	// after it an ordinary one. Everything under `prefix` is listed, and only the
	// objects that match are requested.
	Include []string `json:"include" example:"logs/**/*.json,orders/*.{csv,tsv}"`
	// Patterns of the keys that are not read, even if `include` matches them. They
	// are written as in `include`.
	Exclude []string `json:"exclude" example:"**/_temporary/**"`
	// Whether the objects that exist at the first start are delivered. With
	// "initial" they are, and then every change. With "never" only the changes
	// after the first start are delivered.
	SnapshotMode string `json:"snapshotMode" default:"initial" validate:"inclusion=initial|never" example:"never"`
	// The time between the starts of two scans for changes, at least 10ms. Each
	// scan lists everything under `prefix`. A short period shows changes sooner. A
	// long period costs fewer requests.
	PollingPeriod time.Duration `json:"pollingPeriod" default:"1s" example:"30s"`
	// The changes of an object that are delivered. With "all", every version is
	// delivered. With "latest", only the newest version that a scan finds is
	// delivered, and overwritten versions are not read.
	Versions string `json:"versions" default:"all" validate:"inclusion=all|latest" example:"latest"`
	// How far back a scan looks for changes that became visible late, at least 1s.
	// S3's times are whole seconds and the clocks of its servers differ. For a
	// bucket that receives replicas, set a time longer than the replication takes.
	Lookback time.Duration `json:"lookback" default:"1m" example:"15m"`
	// The number of objects that are read from S3 at the same time. Higher values
	// help when latency dominates, and use more connections.
	FetchConcurrency int `json:"fetch.concurrency" default:"16" validate:"gt=0,lt=1025" example:"64"`
	// The number of bytes of objects that are read ahead of delivery. A larger
	// buffer lets more large objects be read at the same time, and uses about twice
	// as much more memory. An object larger than the buffer is read on its own.
	FetchBufferSize int64 `json:"fetch.bufferSize" default:"25165824" validate:"gt=0" example:"268435456"`
	// The number of parts of a large prefix that are listed at the same time.
	// Higher values make scans shorter, and S3 may throttle them. With 1, a scan is
	// sequential.
	ScanConcurrency int `json:"scan.concurrency" default:"8" validate:"gt=0,lt=257" example:"16"`
	// The largest size in bytes of an object that is read. 0 means no limit. Each
	// object is held in memory as a whole. If the destination is a standalone
	// connector, it also needs Conduit's option
	// `connectors.max-receive-record-size`, 4 MiB by default, to be larger than the
	// largest record. Builtin destinations have no such limit.
	MaxObjectSize int64 `json:"maxObjectSize" default:"67108864" validate:"gt=-1" example:"4000000"`
	// What happens when an object is larger than `maxObjectSize`. "fail" stops the
	// source with an error that names the object. "skip" logs a warning and
	// continues without the object.
	OnLargeObject string `json:"onLargeObject" default:"fail" validate:"inclusion=fail|skip" example:"skip"`
	// What happens when an object is listed and can't be read. It may be archived,
	// encrypted with a key that the source can't use, forbidden, or still different
	// from its listing after several attempts. "fail" stops the source with an
	// error that names the object. "skip" logs a warning, counts the object and
	// continues without it.
	OnUnreadable string `json:"onUnreadable" default:"fail" validate:"inclusion=fail|skip" example:"skip"`
}

// Values of the parameters that the code compares with.
const (
	versionsLatest    = "latest"
	snapshotModeNever = "never"
	actionSkip        = "skip"
)

const (
	// minLookback is what S3's times of whole seconds hide.
	minLookback = time.Second
	// minPollingPeriod bounds the requests that a mistyped unit can cause: each
	// costs money.
	minPollingPeriod = 10 * time.Millisecond
)

// Validate checks the parameters and returns every problem, each with the name
// of its parameter. If there is none, it asks S3 whether the bucket exists and
// may be listed, and returns an error if S3 refuses. An unreachable S3 is not an
// error here, since Open tries again.
func (c *Config) Validate(ctx context.Context) error {
	_, patternErr := c.matcher()
	errs := []error{c.DefaultSourceMiddleware.Validate(ctx), c.Config.Validate(), patternErr}
	for _, d := range []struct {
		name       string
		value, min time.Duration
	}{
		{ConfigPollingPeriod, c.PollingPeriod, minPollingPeriod},
		{ConfigLookback, c.Lookback, minLookback},
	} {
		if d.value < d.min {
			errs = append(errs, fmt.Errorf("%s: %s is shorter than %s", d.name, d.value, d.min))
		}
	}
	if c.BatchDelay != nil && *c.BatchDelay < 0 {
		errs = append(errs, fmt.Errorf("%s: %s is less than 0", ConfigSdkBatchDelay, *c.BatchDelay))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return bucket.Verify(ctx, c.Config, bucket.ReadAccess, c.Prefix)
}

// matcher returns the function that tells which keys are read.
func (c *Config) matcher() (func(key string) bool, error) {
	include, includeErr := parsePatterns(ConfigInclude, c.Include)
	exclude, excludeErr := parsePatterns(ConfigExclude, c.Exclude)
	return matcherOf(include, exclude), errors.Join(includeErr, excludeErr)
}

// iterator returns the settings of the iterator.
func (c *Config) iterator() (iterator.Config, error) {
	matches, err := c.matcher()
	return iterator.Config{
		Prefix:           c.Prefix,
		Store:            c.Identity(c.Prefix),
		Matches:          matches,
		SnapshotNever:    c.SnapshotMode == snapshotModeNever,
		PollingPeriod:    c.PollingPeriod,
		Lookback:         c.Lookback,
		LatestOnly:       c.Versions == versionsLatest,
		FetchConcurrency: c.FetchConcurrency,
		FetchBuffer:      c.FetchBufferSize,
		ScanConcurrency:  c.ScanConcurrency,
		MaxObjectSize:    c.MaxObjectSize,
		SkipLarge:        c.OnLargeObject == actionSkip,
		SkipUnreadable:   c.OnUnreadable == actionSkip,
	}, err
}

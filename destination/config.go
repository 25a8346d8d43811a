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

// maxKey is S3's limit for a key, in bytes, and maxPrefix what it leaves for a
// prefix in front of an object's name.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const (
	maxKey    = 1024
	maxPrefix = maxKey - 64
)

// The modes.
const (
	modeBatches = "batches"
	modeObjects = "objects"
)

// Config holds the destination's parameters.
type Config struct {
	sdk.DefaultDestinationMiddleware `defaults:"sdk.batch.size=1000,sdk.batch.delay=100ms" examples:"sdk.batch.size=10000,sdk.batch.delay=2s,sdk.rate.perSecond=5000,sdk.rate.burst=10000,sdk.record.format=template,sdk.record.format.options={{ toJson .Payload.After }}"`
	bucket.Config
	FormatConfig
	UploadConfig
	StorageConfig

	// What an object holds. With "batches", an object holds many records, in the
	// format that `format` names. With "objects", each record is an object of
	// its own. Its key is `prefix` followed by the record's key, its bytes are
	// those of `payload.after`, and a delete deletes it, so one bucket can
	// follow another. This sends one request per record.
	Mode string `json:"mode" default:"batches" validate:"inclusion=batches|objects" example:"objects"`
	// The beginning of each object's key. "logs/" writes into a folder,
	// "conduit-" gives "conduit-….json".
	Prefix string `json:"prefix" example:"logs/"`
	// A Go template for the folder of each record, after `prefix`. Queries that
	// filter by folder then read less. The template has .Operation, .Position,
	// .Key, .Payload.Before, .Payload.After, .Metadata (with .Metadata.Get
	// "name") and .Time. Its output is escaped as in Hive, so only slashes
	// outside of the braces separate folders. Each folder of a batch gets its
	// own objects, so many folders result in many small objects.
	Partition string `json:"partition" example:"collection={{ .Metadata.Get \"opencdc.collection\" }}/date={{ .Time.Format \"2006-01-02\" }}"`
}

// FormatConfig holds the parameters of the mode "batches" that say how records
// become bytes.
type FormatConfig struct {
	// The format of the objects: "json" (one record per line) or "parquet".
	// Required unless the mode is "objects". An empty string counts as not set.
	Format string `json:"format" validate:"inclusion=json|parquet" example:"parquet"`
	// The compression of objects in the format "json". "gzip" can be read by
	// everything, "zstd" is faster and smaller. The names of the objects then
	// end in .gz or .zst, and their Content-Encoding is set.
	Compression string `json:"compression" default:"none" validate:"inclusion=none|gzip|zstd" example:"zstd"`
	// The columns of the format "parquet". With "envelope", a row is the whole
	// record: operation, position, key, metadata and payload. With "flat", the
	// fields of the payload are columns of their own, which is easier to query.
	// They are those of `payload.before` for a delete and of `payload.after`
	// otherwise.
	ParquetLayout string `json:"parquet.layout" default:"envelope" validate:"inclusion=envelope|flat" example:"flat"`
	// The types of the format "parquet". With "exact", UUIDs, times of day and
	// bytes of a fixed size have Parquet's types for them. Spark can't read
	// files with a UUID, with a TIME before version 4.1, or with fixed bytes
	// before 3.4, and Athena can't read UUID and TIME. With "portable", UUIDs
	// and times are strings, and fixed bytes are bytes of any size.
	ParquetTypes string `json:"parquet.types" default:"exact" validate:"inclusion=exact|portable" example:"portable"`
	// The compression of the format "parquet". "zstd" is small and fast.
	// "snappy" is larger, and even old readers support it.
	ParquetCompression string `json:"parquet.compression" default:"zstd" validate:"inclusion=zstd|snappy|gzip|brotli|lz4_raw|none" example:"snappy"`
}

// Validate returns all that is wrong with the parameters, each named, or, if
// they are fine, what S3 has to say against the bucket. That S3 can't be
// reached within a few seconds is no error here: Open tries again.
func (c *Config) Validate(ctx context.Context) error {
	err := errors.Join(
		c.DefaultDestinationMiddleware.Validate(ctx),
		c.Config.Validate(),
		c.validateMode(),
		c.validatePrefix(),
		c.validateDelay(),
		c.UploadConfig.validate(),
		c.StorageConfig.validate(),
	)
	if err != nil {
		return err
	}
	return bucket.Verify(ctx, c.Config, bucket.WriteAccess, c.Prefix)
}

// validateMode checks the parameters of the mode, and that none of another one
// is set.
func (c *Config) validateMode() error {
	if c.Mode == modeObjects {
		return c.rejectFormat()
	}
	if c.Format == "" {
		return fmt.Errorf("%s: required with %s %q", ConfigFormat, ConfigMode, modeBatches)
	}
	_, partitionErr := c.partition()
	_, encoderErr := c.encoder(nil)
	return errors.Join(partitionErr, encoderErr, c.rejectOtherFormat())
}

// rejectFormat names what is set although records of the mode "objects" are
// written as they are.
func (c *Config) rejectFormat() error {
	layout := c.RecordFormat != nil && *c.RecordFormat != defaultLayout
	return errors.Join(
		reject(c.Format != "", ConfigFormat, ConfigMode, modeObjects),
		reject(c.Partition != "", ConfigPartition, ConfigMode, modeObjects),
		reject(c.compressed(), ConfigCompression, ConfigMode, modeObjects),
		reject(layout, ConfigSdkRecordFormat, ConfigMode, modeObjects),
		reject(c.RecordFormatOptions != "", ConfigSdkRecordFormatOptions, ConfigMode, modeObjects),
		c.rejectParquet(ConfigMode, modeObjects))
}

// rejectOtherFormat names what is set although it belongs to the other format.
func (c *Config) rejectOtherFormat() error {
	if c.Format == format.Parquet {
		return reject(c.compressed(), ConfigCompression, ConfigFormat, c.Format)
	}
	return c.rejectParquet(ConfigFormat, c.Format)
}

func (c *FormatConfig) rejectParquet(by, value string) error {
	return errors.Join(
		reject(c.ParquetLayout != "" && c.ParquetLayout != format.Envelope, ConfigParquetLayout, by, value),
		reject(c.ParquetTypes != "" && c.ParquetTypes != format.Exact, ConfigParquetTypes, by, value),
		reject(c.ParquetCompression != "" && c.ParquetCompression != "zstd", ConfigParquetCompression, by, value))
}

func (c *FormatConfig) compressed() bool { return c.Compression != "" && c.Compression != "none" }

// reject returns an error that names parameter if it is set where it means
// nothing.
func reject(set bool, parameter, by, value string) error {
	if !set {
		return nil
	}
	return fmt.Errorf("%s: means nothing with %s %q", parameter, by, value)
}

// encoder returns what the mode "batches" writes objects with.
func (c *Config) encoder(schemas format.Schemas) (format.Encoder, error) {
	serializer, err := c.serializer()
	if err != nil {
		return nil, err
	}
	return format.New(format.Options{
		Format: c.Format, Serializer: serializer, Compression: c.Compression,
		Layout: c.ParquetLayout, Types: c.ParquetTypes, Codec: c.ParquetCompression, Schemas: schemas,
	})
}

func (c *Config) partition() (partition, error) {
	p, err := newPartition(c.Partition)
	if err != nil {
		return p, fmt.Errorf("%s: %w", ConfigPartition, err)
	}
	return p, nil
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

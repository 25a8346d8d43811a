// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"errors"
	"fmt"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// The modes.
const (
	modeBatches = "batches"
	modeObjects = "objects"
)

// modes returns the names of the modes, the default first.
func modes() []string { return []string{modeBatches, modeObjects} }

// Config holds the destination's parameters.
type Config struct {
	sdk.DefaultDestinationMiddleware `defaults:"sdk.batch.size=1000,sdk.batch.delay=100ms" examples:"sdk.batch.size=10000,sdk.batch.delay=2s,sdk.rate.perSecond=5000,sdk.rate.burst=10000,sdk.record.format=template,sdk.record.format.options={{ toJson .Payload.After }}"`
	bucket.Config
	FormatConfig
	UploadConfig
	StorageConfig

	// What an object holds. With "batches", an object holds many records, in the
	// format set by `format`. With "objects", each record is one object: its key
	// is `prefix` followed by the record's key, its content is `payload.after`,
	// and a delete record deletes it. One bucket can mirror another this way. It
	// sends one request per record.
	Mode string `json:"mode" default:"batches" validate:"inclusion=batches|objects" example:"objects"`
	// The beginning of each object's key. "logs/" writes into a folder,
	// "conduit-" results in names such as "conduit-….json".
	Prefix string `json:"prefix" example:"logs/"`
	// A Go template for the folder of each record, which follows `prefix`. Queries
	// that filter by folder read less. The template has .Operation, .Position,
	// .Key, .Payload.Before, .Payload.After, .Metadata (with .Metadata.Get
	// "name") and .Time, and functions for times: epochSeconds, epochMillis,
	// epochMicros, epochNanos, inZone and date. Its output is escaped as in Hive,
	// so only slashes outside of the braces separate folders. A folder "name=…"
	// must not have the name of a column. Each folder of a batch gets its own
	// objects, so many folders mean many small objects.
	Partition string `json:"partition" example:"collection={{ .Metadata.Get \"opencdc.collection\" }}/date={{ .Time.Format \"2006-01-02\" }}"`
}

// FormatConfig holds the parameters of the mode "batches" that define the bytes of
// the objects.
type FormatConfig struct {
	// The format of the objects: "json" (one record per line) or "parquet".
	// Required unless the mode is "objects". An empty string counts as not set.
	Format string `json:"format" validate:"inclusion=json|parquet" example:"parquet"`
	// The compression of objects in the format "json". "gzip" is supported
	// everywhere, "zstd" is faster and smaller. The names of compressed objects
	// end in .gz or .zst, and their Content-Encoding is set.
	Compression string `json:"compression" default:"none" validate:"inclusion=none|gzip|zstd" example:"zstd"`
	// The size in bytes at which an object ends, before compression. It is counted
	// as lines of JSON, also in the format "parquet", whose objects are usually
	// several times smaller. A larger record is an object of its own. 0 means
	// that only `sdk.batch.size` and the batches end objects. With a limit,
	// writing takes more CPU time, because records are counted first.
	ObjectMaxBytes int `json:"object.maxBytes" default:"0" validate:"gt=-1" example:"134217728"`
	// The columns of the format "parquet". With "envelope", a row is the whole
	// record: operation, position, key, metadata and payload. With "flat", the
	// fields of the payload are columns of their own, which is easier to query.
	// They are those of `payload.before` for a delete and of `payload.after`
	// otherwise.
	ParquetLayout string `json:"parquet.layout" default:"envelope" validate:"inclusion=envelope|flat" example:"flat"`
	// The types of the format "parquet". With "portable", UUIDs and times of day
	// are strings, and bytes of a fixed size are bytes of any size, which all
	// engines can read. With "exact", they have Parquet's types for them. Spark
	// can't read files with a UUID, with a TIME before version 4.1, or with fixed
	// bytes before 3.4, and Athena can't read UUID and TIME.
	ParquetTypes string `json:"parquet.types" default:"portable" validate:"inclusion=portable|exact" example:"exact"`
	// The compression of the format "parquet". "zstd" is small and fast.
	// "snappy" is larger, and even old readers support it.
	ParquetCompression string `json:"parquet.compression" default:"zstd" validate:"inclusion=zstd|snappy|gzip|brotli|lz4_raw|none" example:"snappy"`
}

// Validate returns all errors of the parameters, each with its name. Without any,
// it asks S3 for the bucket and returns what S3 refuses. S3 being unreachable for
// a few seconds is not an error here, because Open tries again.
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

// validateMode checks the parameters of the mode, and that no parameter of the
// other mode is set.
func (c *Config) validateMode() error {
	if c.Mode == modeObjects {
		return c.rejectFormat()
	}
	if c.Format == "" {
		return fmt.Errorf("%s: is required with %s %q", ConfigFormat, ConfigMode, modeBatches)
	}
	_, encoderErr := c.encoder(nil)
	return errors.Join(c.validatePartition(), encoderErr, c.rejectOtherFormat())
}

// rejectFormat returns an error for each parameter of formats that is set. In the
// mode "objects", payloads are written unchanged.
func (c *Config) rejectFormat() error {
	layout := c.RecordFormat != nil && *c.RecordFormat != defaultLayout
	return errors.Join(
		reject(c.Format != "", ConfigFormat, ConfigMode, modeObjects),
		reject(c.Partition != "", ConfigPartition, ConfigMode, modeObjects),
		reject(c.compressed(), ConfigCompression, ConfigMode, modeObjects),
		reject(c.ObjectMaxBytes != 0, ConfigObjectMaxBytes, ConfigMode, modeObjects),
		reject(layout, ConfigSdkRecordFormat, ConfigMode, modeObjects),
		reject(c.RecordFormatOptions != "", ConfigSdkRecordFormatOptions, ConfigMode, modeObjects),
		c.rejectParquet(ConfigMode, modeObjects))
}

// rejectOtherFormat returns an error for each parameter of the other format that is
// set.
func (c *Config) rejectOtherFormat() error {
	if c.Format == format.Parquet {
		return reject(c.compressed(), ConfigCompression, ConfigFormat, c.Format)
	}
	return c.rejectParquet(ConfigFormat, c.Format)
}

func (c *FormatConfig) rejectParquet(by, value string) error {
	return errors.Join(
		reject(changed(c.ParquetLayout, format.Layouts()), ConfigParquetLayout, by, value),
		reject(changed(c.ParquetTypes, format.Types()), ConfigParquetTypes, by, value),
		reject(changed(c.ParquetCompression, format.Codecs()), ConfigParquetCompression, by, value))
}

func (c *FormatConfig) compressed() bool { return changed(c.Compression, format.Compressions()) }

// changed reports whether a value is set and is not the default, which is the
// first of its choices.
func changed(value string, choices []string) bool { return value != "" && value != choices[0] }

// reject returns an error that names a parameter if it is set where it has no
// effect.
func reject(set bool, parameter, by, value string) error {
	if !set {
		return nil
	}
	return fmt.Errorf("%s: has no effect with %s %q", parameter, by, value)
}

// encoder returns the encoder of the mode "batches".
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

func (c *Config) validateDelay() error {
	if c.BatchDelay < 0 {
		return fmt.Errorf("%s: %v is negative", ConfigSdkBatchDelay, c.BatchDelay)
	}
	return nil
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"strconv"
	"strings"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/iterator"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// The metadata of a record, beside what OpenCDC defines.
const (
	metadataBucket       = "s3.bucket"
	metadataKey          = "s3.key"
	metadataVersionID    = "s3.versionId"
	metadataETag         = "s3.etag"
	metadataSize         = "s3.size"
	metadataLastModified = "s3.lastModified"
	metadataContentType  = "s3.header.contentType"
	metadataUserPrefix   = "s3.metadata."
)

// newRecord makes the record of a change in bucket.
func newRecord(bucket string, c iterator.Change) opencdc.Record {
	metadata := newMetadata(bucket, c)
	// Conduit's protocol carries metadata as text, and S3-compatible stores
	// whatever they were sent.
	for name, value := range metadata {
		metadata[name] = strings.ToValidUTF8(value, "\uFFFD")
	}
	position := opencdc.Position(c.Position.String())
	key := opencdc.RawData(c.Version.Key)
	after := opencdc.RawData(c.Object.Body)
	switch c.Operation {
	case iterator.Snapshot:
		return sdk.Util.Source.NewRecordSnapshot(position, metadata, key, after)
	case iterator.Create:
		return sdk.Util.Source.NewRecordCreate(position, metadata, key, after)
	case iterator.Update:
		return sdk.Util.Source.NewRecordUpdate(position, metadata, key, nil, after)
	case iterator.Delete:
	}
	return sdk.Util.Source.NewRecordDelete(position, metadata, key, nil)
}

func newMetadata(bucket string, c iterator.Change) opencdc.Metadata {
	v := c.Version
	m := opencdc.Metadata{
		metadataBucket:       bucket,
		metadataKey:          v.Key,
		metadataVersionID:    v.VersionID,
		metadataLastModified: v.LastModified.UTC().Format(time.RFC3339Nano),
	}
	m.SetCollection(bucket)
	m.SetCreatedAt(v.LastModified)
	if c.Operation == iterator.Delete {
		return m
	}
	m[metadataETag] = v.ETag
	m[metadataSize] = strconv.FormatInt(v.Size, 10)
	if c.Object.ContentType != "" {
		m[metadataContentType] = c.Object.ContentType
	}
	for name, value := range c.Object.Metadata {
		m[metadataUserPrefix+name] = value
	}
	return m
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"strconv"
	"strings"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/iterator"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// The names of a record's metadata, in addition to those that OpenCDC defines.
const (
	metadataBucket       = "s3.bucket"
	metadataKey          = "s3.key"
	metadataVersionID    = "s3.versionId"
	metadataETag         = "s3.etag"
	metadataSize         = "s3.size"
	metadataLastModified = "s3.lastModified"
	metadataHeaderPrefix = "s3.header."
	metadataUserPrefix   = "s3.metadata."
)

// newRecord returns the record of a change in the named bucket.
func newRecord(bucketName string, c iterator.Change) opencdc.Record {
	metadata := newMetadata(bucketName, c)
	// Conduit's protocol carries only UTF-8, and stores keep any bytes.
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

// OpenCDC counts times in nanoseconds since 1970, in 64 bits: between these years.
const firstYear, lastYear = 1677, 2262

func newMetadata(bucketName string, c iterator.Change) opencdc.Metadata {
	v := c.Version
	m := opencdc.Metadata{
		metadataBucket:       bucketName,
		metadataKey:          v.Key,
		metadataVersionID:    v.VersionID,
		metadataLastModified: v.LastModified.UTC().Format(time.RFC3339Nano),
	}
	m.SetCollection(bucketName)
	if year := v.LastModified.Year(); year > firstYear && year < lastYear {
		m.SetCreatedAt(v.LastModified)
	}
	if c.Operation == iterator.Delete {
		return m
	}
	m[metadataETag] = v.ETag
	m[metadataSize] = strconv.FormatInt(v.Size, 10)
	for name, value := range headersOf(c.Object) {
		if value != "" {
			m[metadataHeaderPrefix+name] = value
		}
	}
	for name, value := range c.Object.Metadata {
		m[metadataUserPrefix+name] = value
	}
	return m
}

// headersOf returns the headers of an object under the names that they have in
// the metadata of a record.
func headersOf(o bucket.Object) map[string]string {
	return map[string]string{
		"contentType":        o.ContentType,
		"contentEncoding":    o.ContentEncoding,
		"contentDisposition": o.ContentDisposition,
		"contentLanguage":    o.ContentLanguage,
		"cacheControl":       o.CacheControl,
		"expires":            o.Expires,
	}
}

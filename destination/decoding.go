// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"errors"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// decoding decodes keys and payloads that have a schema before the SDK's middleware
// does. The middleware passes on what is decoded already.
//
// The middleware trusts both the bytes and the schema. Six bytes, or a schema that
// contains itself, end the process, and Conduit with it if the connector is built in:
// conduit-connector-sdk v0.14.2, destination_middleware.go (decode); hamba/avro
// v2.28.0 and v2.31.0, codec_array.go (arrayDecoder.Decode); conduit-commons v0.6.0,
// schema/avro/traverse.go (traverseSchema). It also refuses the whole batch of a record
// that can't be decoded. Here only that record is refused.
//
// Remove this type when the SDK decodes records one by one and with limits.
type decoding struct {
	sdk.Destination // with the SDK's middleware
	inner           *Destination
}

// withMiddleware returns d with the SDK's middleware, after decoding.
func withMiddleware(d *Destination) sdk.Destination {
	return &decoding{Destination: sdk.DestinationWithMiddleware(d), inner: d}
}

// Write writes recs up to the first that can't be decoded or written. It returns
// their number and the error of the next record.
func (d *decoding) Write(ctx context.Context, recs []opencdc.Record) (int, error) {
	decoded, refused := d.decode(ctx, recs)
	if decoded == 0 && refused != nil {
		return 0, explain(refused, len(recs))
	}
	stored, err := d.Destination.Write(ctx, recs[:decoded])
	if err == nil && stored == decoded {
		err = refused
	}
	return stored, explain(err, len(recs)-stored)
}

// decode decodes recs up to the first that can't be decoded. It returns their number
// and the error of the next record.
func (d *decoding) decode(ctx context.Context, recs []opencdc.Record) (int, error) {
	for i := range recs {
		if err := d.decodeRecord(ctx, &recs[i]); err != nil {
			return i, err
		}
	}
	return len(recs), nil
}

func (d *decoding) decodeRecord(ctx context.Context, rec *opencdc.Record) error {
	refuse := func(field string, err error) error {
		return &value.RecordError{Position: rec.Position, Field: field, Err: err}
	}
	extract := &d.inner.config.DestinationWithSchemaExtraction
	if enabled(extract.KeyEnabled) {
		id, ok, err := schemaOf(rec.Metadata.GetKeySchemaSubject, rec.Metadata.GetKeySchemaVersion)
		if err != nil {
			return refuse("metadata", err)
		}
		if err := d.decodeData(ctx, &rec.Key, id, ok); err != nil {
			return refuse("key", err)
		}
	}
	if enabled(extract.PayloadEnabled) {
		id, ok, err := schemaOf(rec.Metadata.GetPayloadSchemaSubject, rec.Metadata.GetPayloadSchemaVersion)
		if err != nil {
			return refuse("metadata", err)
		}
		if err := d.decodeData(ctx, &rec.Payload.Before, id, ok); err != nil {
			return refuse("payload.before", err)
		}
		if err := d.decodeData(ctx, &rec.Payload.After, id, ok); err != nil {
			return refuse("payload.after", err)
		}
	}
	return nil
}

// decodeData decodes raw data that has a schema. What was decoded before it came here,
// which only a processor does, becomes what it would be if it was decoded here.
func (d *decoding) decodeData(ctx context.Context, data *opencdc.Data, id schemaID, hasSchema bool) error {
	raw, isRaw := (*data).(opencdc.RawData)
	fields, isFields := (*data).(opencdc.StructuredData)
	if !hasSchema || !isRaw && (!isFields || fields == nil) {
		return nil
	}
	found := d.inner.schemas.find(ctx, id)
	switch {
	case isFields && found.err == nil:
		*data = opencdc.StructuredData(found.schema.Bare(fields))
		return nil
	case isFields:
		return nil // it can be written without its schema
	case found.err != nil:
		return found.err
	}
	decoded, err := found.schema.Decode(raw)
	switch {
	case err == nil:
		*data = opencdc.StructuredData(decoded)
	case len(raw) == 0:
		*data = nil // no value, as in the payload of a delete
	default:
		return err
	}
	return nil
}

// enabled returns the value of a parameter of the SDK, whose default is true.
func enabled(parameter *bool) bool { return parameter == nil || *parameter }

// schemaOf returns the schema that metadata names, and false if it names none.
func schemaOf(subject func() (string, error), version func() (int, error)) (schemaID, bool, error) {
	s, subjectErr := subject()
	v, versionErr := version()
	for _, err := range []error{subjectErr, versionErr} {
		if err != nil && !errors.Is(err, opencdc.ErrMetadataFieldNotFound) {
			return schemaID{}, false, err
		}
	}
	return schemaID{s, v}, subjectErr == nil && versionErr == nil, nil
}

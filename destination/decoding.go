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

// decoding decodes the keys and payloads that have a schema before the SDK's
// middleware would, which then finds them decoded and passes them on.
//
// The SDK's middleware hands both the bytes and the schema to libraries that
// trust them. Six bytes or a schema that holds itself end the process, and with
// it Conduit if the connector is built in. (conduit-connector-sdk v0.14.2,
// destination_middleware.go, decode; hamba/avro v2.28.0 and v2.31.0,
// codec_array.go; conduit-commons v0.6.0, schema/avro/traverse.go.) A record that
// it can't decode also costs its whole batch. Here it costs itself.
//
// Remove this type when the SDK decodes records one by one and within bounds.
type decoding struct {
	sdk.Destination // with the SDK's middleware
	inner           *Destination
}

// withMiddleware returns d with all that stands around it.
func withMiddleware(d *Destination) sdk.Destination {
	return &decoding{Destination: sdk.DestinationWithMiddleware(d), inner: d}
}

// Write writes recs up to the first that can't be decoded or written, and returns
// how many those are and why the next one is not among them.
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

// decode decodes recs up to the first that can't be. It returns how many those
// are and why the next one is not among them.
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

// decodeData decodes raw data that have a schema. Data that are decoded, or that
// have none, stay as they are.
func (d *decoding) decodeData(ctx context.Context, data *opencdc.Data, id schemaID, hasSchema bool) error {
	raw, isRaw := (*data).(opencdc.RawData)
	if !hasSchema || !isRaw {
		return nil
	}
	found := d.inner.schemas.find(ctx, id)
	if found.err != nil {
		return found.err
	}
	fields, err := found.schema.Decode(raw)
	switch {
	case err == nil:
		*data = opencdc.StructuredData(fields)
	case len(raw) == 0:
		*data = nil // no value, as in a record that deletes
	default:
		return err
	}
	return nil
}

// enabled is what the SDK's parameter says, which is true if it is not set.
func enabled(parameter *bool) bool { return parameter == nil || *parameter }

// schemaOf returns the schema that metadata name, and whether they do.
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

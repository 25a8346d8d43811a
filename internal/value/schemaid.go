// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import "github.com/conduitio/conduit-commons/opencdc"

// SchemaID identifies a schema in the registry. It is zero if a record has none.
type SchemaID struct{ Subject, Version string }

// KeySchemaOf returns the schema of a record's key.
func KeySchemaOf(m opencdc.Metadata) SchemaID {
	return SchemaID{m[opencdc.MetadataKeySchemaSubject], m[opencdc.MetadataKeySchemaVersion]}
}

// PayloadSchemaOf returns the schema of a record's payloads.
func PayloadSchemaOf(m opencdc.Metadata) SchemaID {
	return SchemaID{m[opencdc.MetadataPayloadSchemaSubject], m[opencdc.MetadataPayloadSchemaVersion]}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import "github.com/conduitio/conduit-commons/opencdc"

// SchemaID names a schema in the registry; it is zero if there is none.
type SchemaID struct{ Subject, Version string }

func KeySchemaOf(m opencdc.Metadata) SchemaID {
	return SchemaID{m[opencdc.MetadataKeySchemaSubject], m[opencdc.MetadataKeySchemaVersion]}
}

func PayloadSchemaOf(m opencdc.Metadata) SchemaID {
	return SchemaID{m[opencdc.MetadataPayloadSchemaSubject], m[opencdc.MetadataPayloadSchemaVersion]}
}

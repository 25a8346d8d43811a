// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import "github.com/conduitio/conduit-commons/opencdc"

// schemaID names a schema in the registry; it is zero if there is none.
type schemaID struct{ subject, version string }

func keySchemaOf(m opencdc.Metadata) schemaID {
	return schemaID{m[opencdc.MetadataKeySchemaSubject], m[opencdc.MetadataKeySchemaVersion]}
}

func payloadSchemaOf(m opencdc.Metadata) schemaID {
	return schemaID{m[opencdc.MetadataPayloadSchemaSubject], m[opencdc.MetadataPayloadSchemaVersion]}
}

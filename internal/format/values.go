// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/columns"
	"github.com/conduitio/conduit-connector-s3/internal/jsonlines"
)

// The layouts and the types of Parquet, see the package columns.
const (
	Envelope = columns.Envelope
	Flat     = columns.Flat
	Exact    = columns.Exact
	Portable = columns.Portable
)

// Schemas knows the schemas that records name in their metadata.
type Schemas = columns.Schemas

// Hash identifies the content of a sequence of records.
type Hash = jsonlines.Hash

// HashOf returns the hash of recs, which passed Check.
func HashOf(recs []opencdc.Record) Hash { return jsonlines.HashOf(recs) }

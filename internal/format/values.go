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

// Compressions returns the names of the compressions of JSON, the default first.
func Compressions() []string { return jsonlines.Compressions() }

// Layouts returns the names of the layouts of Parquet, the default first.
func Layouts() []string { return columns.Layouts() }

// Columns returns the names of the columns of a layout, apart from the fields of
// payloads.
func Columns(layout string) []string { return columns.Names(layout) }

// Types returns the names of the types of Parquet, the default first.
func Types() []string { return columns.Types() }

// Codecs returns the names of the codecs of Parquet, the default first.
func Codecs() []string { return columns.Codecs() }

// ErrSerializer is the error of a record that Options.Serializer fails for, or
// makes no line of.
var ErrSerializer = jsonlines.ErrSerializer

// Schemas knows the schemas that records name in their metadata.
type Schemas = columns.Schemas

// Table is the columns of objects.
type Table = columns.Table

// Hash identifies the content of a sequence of records.
type Hash = jsonlines.Hash

// HashOf returns the hash of recs, which passed Check.
func HashOf(recs []opencdc.Record) Hash { return jsonlines.HashOf(recs) }

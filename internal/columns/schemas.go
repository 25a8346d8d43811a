// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"strconv"
	"sync"

	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// Schemas knows the schemas that records name in their metadata.
type Schemas interface {
	// Schema returns the text of an Avro schema. It is called once for each that
	// it returns, and for each object again if it returns an error. The types of
	// that object are then inferred, which loses nothing but is worth a warning,
	// and the warning is up to Schema. It must be safe for concurrent use.
	Schema(subject string, version int) (string, error)
}

// schemaCache keeps the columns that schemas describe.
type schemaCache struct {
	source   Schemas
	portable bool // types, that all engines have
	mu       sync.Mutex
	columns  map[value.SchemaID]*column
}

// column returns a column for the data that a schema describes, which is unknown
// if there is no such schema. The caller may change it.
func (c *schemaCache) column(id value.SchemaID) *column {
	if c.source == nil || id == (value.SchemaID{}) {
		return &column{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.columns[id]; ok {
		return known.clone()
	}
	described, err := c.fetch(id)
	if err != nil {
		return &column{}
	}
	if c.columns == nil {
		c.columns = make(map[value.SchemaID]*column)
	}
	c.columns[id] = described
	return described.clone()
}

func (c *schemaCache) fetch(id value.SchemaID) (*column, error) {
	version, err := strconv.Atoi(id.Version)
	if err != nil {
		return nil, err
	}
	text, err := c.source.Schema(id.Subject, version)
	if err != nil {
		return nil, err
	}
	described, err := columnOf(text)
	if err == nil && c.portable {
		described.makePortable()
	}
	return described, err
}

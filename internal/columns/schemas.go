// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"strconv"
	"sync"

	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// Schemas returns the schemas that records name in their metadata.
type Schemas interface {
	// Schema returns an Avro schema as JSON. What it returns is kept, so it is called
	// at most once for each of the objects that are encoded in parallel. After an
	// error it is called again for each object, and the types of that object are
	// inferred. That loses no data, but Schema should log a warning, and answer soon
	// after many errors. It must be safe for concurrent use.
	Schema(subject string, version int) (string, error)
}

// maxSchemas is the number of schemas that are kept.
const maxSchemas = 1000

// schemaCache keeps the columns of schemas.
type schemaCache struct {
	source   Schemas
	portable bool // whether the types are portable
	mu       sync.Mutex
	columns  map[value.SchemaID]*column
}

// column returns the column of a schema, or an unknown one if there is no schema. It
// never changes.
func (c *schemaCache) column(id value.SchemaID) *column {
	if c.source == nil || id == (value.SchemaID{}) {
		return &column{}
	}
	if known := c.known(id); known != nil {
		return known
	}
	described, err := c.fetch(id) // without the lock, because it may take long
	if err != nil {
		return &column{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.columns == nil || len(c.columns) >= maxSchemas {
		c.columns = make(map[value.SchemaID]*column)
	}
	c.columns[id] = described
	return described
}

// known returns the column of a schema that was fetched before, or nil.
func (c *schemaCache) known(id value.SchemaID) *column {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.columns[id]
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

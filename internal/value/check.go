// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import (
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
)

// checkRecord returns a *FieldError if rec can't be written unchanged: because of
// an unknown operation, a string that is not valid UTF-8, or a value that JSON
// can't represent. JSON encoders would replace the bytes of such a string, and
// Parquet readers would refuse the whole file. Raw data may have any bytes.
func (c *walker) checkRecord(rec opencdc.Record) error {
	if rec.Operation < opencdc.OperationCreate || rec.Operation > opencdc.OperationSnapshot {
		return &FieldError{Field: fieldOperation, Err: fmt.Errorf("%d is unknown", rec.Operation)}
	}
	if err := c.checkMetadata(rec.Metadata); err != nil {
		return err
	}
	if err := c.checkData(FieldKey, rec.Key, &c.key); err != nil {
		return err
	}
	if err := c.checkData(FieldBefore, rec.Payload.Before, &c.before); err != nil {
		return err
	}
	return c.checkData(FieldAfter, rec.Payload.After, &c.after)
}

func (c *walker) checkMetadata(m opencdc.Metadata) error {
	var isNew bool
	c.metadata, isNew = ValuesOf(nil, &c.metadataNames, m, c.metadata[:0])
	defer clear(c.metadata)
	for i, value := range c.metadata {
		name := c.metadataNames.keys[i].name
		if isNew && !utf8.ValidString(name) || !utf8.ValidString(value) {
			c.metadataNames.keys = nil // one of them may be invalid
			return &FieldError{Field: fmt.Sprintf("%s %q", fieldMetadata, name), Err: errText}
		}
	}
	return nil
}

func (c *walker) checkData(field string, d opencdc.Data, at **KeyOrder) error {
	if s, ok := d.(opencdc.StructuredData); ok {
		if err := c.checkFields(s, at, 0); err != nil {
			return &FieldError{Field: field, Err: err}
		}
	}
	return nil
}

// Checker checks records. What it remembers of one record makes checking the next
// similar one faster.
type Checker struct {
	pool sync.Pool // of *walker
}

// Check returns a *RecordError if rec can't be written unchanged. It is safe for
// concurrent use.
func (p *Checker) Check(rec opencdc.Record) error {
	c, ok := p.pool.Get().(*walker)
	if !ok {
		c = &walker{}
	}
	defer p.pool.Put(c)
	if err := c.checkRecord(rec); err != nil {
		return Refuse(rec, err)
	}
	return nil
}

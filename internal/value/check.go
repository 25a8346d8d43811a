// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import (
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
)

// checkRecord returns a *fieldError if rec can't be kept as it is: an operation that
// is not known, a text that is no UTF-8, whose bytes JSON encoders would replace
// and for which Parquet readers would refuse the whole file, or a value that is
// no JSON. Raw data is no text and may hold any bytes.
func (c *walker) checkRecord(rec opencdc.Record) error {
	if rec.Operation < opencdc.OperationCreate || rec.Operation > opencdc.OperationSnapshot {
		return &FieldError{Field: fieldOperation, Err: fmt.Errorf("%d is not known", rec.Operation)}
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
			c.metadataNames.keys = nil // they may be what is wrong
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

// Checker are checkers that can be used again.
type Checker struct {
	Finite bool
	pool   sync.Pool
}

// Check returns a *RecordError if rec can't be kept as it is. It is safe for
// concurrent use.
func (p *Checker) Check(rec opencdc.Record) error {
	c, ok := p.pool.Get().(*walker)
	if !ok {
		c = &walker{finite: p.Finite}
	}
	defer p.pool.Put(c)
	if err := c.checkRecord(rec); err != nil {
		return Refuse(rec, err)
	}
	return nil
}

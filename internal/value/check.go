// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import (
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
)

// record returns a *fieldError if rec can't be kept as it is: an operation that
// is not known, a text that is no UTF-8, whose bytes JSON encoders would replace
// and for which Parquet readers would refuse the whole file, or a value that is
// no JSON. Raw data is no text and may hold any bytes.
func (c *walker) record(rec opencdc.Record) error {
	if rec.Operation < opencdc.OperationCreate || rec.Operation > opencdc.OperationSnapshot {
		return &FieldError{Field: fieldOperation, Err: fmt.Errorf("%d is not known", rec.Operation)}
	}
	if err := c.texts(rec.Metadata); err != nil {
		return err
	}
	if err := c.data(FieldKey, rec.Key, &c.key); err != nil {
		return err
	}
	if err := c.data(FieldBefore, rec.Payload.Before, &c.before); err != nil {
		return err
	}
	return c.data(FieldAfter, rec.Payload.After, &c.after)
}

func (c *walker) texts(m opencdc.Metadata) error {
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

func (c *walker) data(field string, d opencdc.Data, at **KeyOrder) error {
	if s, ok := d.(opencdc.StructuredData); ok {
		if err := c.fields(s, at, 0); err != nil {
			return &FieldError{Field: field, Err: err}
		}
	}
	return nil
}

// checkers are checkers that can be used again.
type Checker struct {
	Finite bool
	pool   sync.Pool
}

// check returns a *RecordError if rec can't be kept as it is. It is safe for
// concurrent use.
func (p *Checker) Check(rec opencdc.Record) error {
	c, ok := p.pool.Get().(*walker)
	if !ok {
		c = &walker{finite: p.Finite}
	}
	defer p.pool.Put(c)
	if err := c.record(rec); err != nil {
		return Refuse(rec, err)
	}
	return nil
}

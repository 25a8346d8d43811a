// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

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
func (c *checker) record(rec opencdc.Record) error {
	if rec.Operation < opencdc.OperationCreate || rec.Operation > opencdc.OperationSnapshot {
		return &fieldError{field: fieldOperation, err: fmt.Errorf("%d is not known", rec.Operation)}
	}
	if err := c.texts(rec.Metadata); err != nil {
		return err
	}
	if err := c.data(fieldKey, rec.Key, &c.key); err != nil {
		return err
	}
	if err := c.data(fieldBefore, rec.Payload.Before, &c.before); err != nil {
		return err
	}
	return c.data(fieldAfter, rec.Payload.After, &c.after)
}

func (c *checker) texts(m opencdc.Metadata) error {
	var isNew bool
	c.metadata, isNew = valuesOf(nil, &c.metadataNames, m, c.metadata[:0])
	defer clear(c.metadata)
	for i, value := range c.metadata {
		name := c.metadataNames.known[i].name
		if isNew && !utf8.ValidString(name) || !utf8.ValidString(value) {
			c.metadataNames.known = nil // they may be what is wrong
			return &fieldError{field: fmt.Sprintf("%s %q", fieldMetadata, name), err: errText}
		}
	}
	return nil
}

func (c *checker) data(field string, d opencdc.Data, at **names) error {
	if s, ok := d.(opencdc.StructuredData); ok {
		if err := c.fields(s, at, 0); err != nil {
			return &fieldError{field: field, err: err}
		}
	}
	return nil
}

// checkers are checkers that can be used again.
type checkers struct {
	finite bool
	pool   sync.Pool
}

// check returns a *RecordError if rec can't be kept as it is. It is safe for
// concurrent use.
func (p *checkers) check(rec opencdc.Record) error {
	c, ok := p.pool.Get().(*checker)
	if !ok {
		c = &checker{finite: p.finite}
	}
	defer p.pool.Put(c)
	if err := c.record(rec); err != nil {
		return refuse(rec, err)
	}
	return nil
}

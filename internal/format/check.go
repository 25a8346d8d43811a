// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"fmt"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
)

// The fields of a record, as OpenCDC names them.
const (
	fieldOperation = "operation"
	fieldPosition  = "position"
	fieldKey       = "key"
	fieldMetadata  = "metadata"
	fieldBefore    = "payload.before"
	fieldAfter     = "payload.after"
)

// record returns a *fieldError if rec can't be kept as it is: an operation that
// is not known, a text that is no UTF-8, whose bytes JSON encoders would replace
// and for which Parquet readers would refuse the whole file, or a value that is
// no JSON. Raw data is no text and may hold any bytes.
func (c checker) record(rec opencdc.Record) error {
	if rec.Operation < opencdc.OperationCreate || rec.Operation > opencdc.OperationSnapshot {
		return &fieldError{field: fieldOperation, err: fmt.Errorf("%d is not known", rec.Operation)}
	}
	for name, value := range rec.Metadata {
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return &fieldError{field: fmt.Sprintf("%s %q", fieldMetadata, name), err: errText}
		}
	}
	for _, f := range dataFields(rec) {
		if s, ok := f.data.(opencdc.StructuredData); ok {
			if err := c.fields(s, 0); err != nil {
				return &fieldError{field: f.name, err: err}
			}
		}
	}
	return nil
}

type dataField struct {
	name string
	data opencdc.Data
}

func dataFields(rec opencdc.Record) [3]dataField {
	return [3]dataField{
		{fieldKey, rec.Key},
		{fieldBefore, rec.Payload.Before},
		{fieldAfter, rec.Payload.After},
	}
}

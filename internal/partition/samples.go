// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"errors"
	"slices"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
)

// errName is the error of a folder that no object can be in.
var errName = errors.New("is not a valid folder name")

// Samples returns the folders of made-up records of each operation, raw and
// structured, with the fields that the template names. It leaves out records that the
// template fails for, because real ones may have what they lack. There is an error if
// each of the others would be refused, because of the name of its folder.
func (p Template) Samples() ([]string, error) {
	var found []string
	var refused error
	for _, rec := range p.samples() {
		folder, err := p.execute(rec)
		if err == nil {
			found = append(found, folder)
		} else if errors.Is(err, errName) {
			refused = err
		}
	}
	if len(found) > 0 {
		refused = nil
	}
	slices.Sort(found)
	return slices.Compact(found), refused
}

func (p Template) samples() []opencdc.Record {
	if p.template == nil {
		return nil
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	key, before := fieldsOf(p.template, "Key"), fieldsOf(p.template, "Payload", "Before")
	var all []opencdc.Record
	for operation := opencdc.OperationCreate; operation <= opencdc.OperationSnapshot; operation++ {
		sample := func(key, before, after opencdc.Data) {
			rec := opencdc.Record{
				Position: opencdc.Position("1"), Operation: operation, Metadata: opencdc.Metadata{},
				Key: key, Payload: opencdc.Change{Before: before, After: after},
			}
			rec.Metadata.SetCreatedAt(at)
			rec.Metadata.SetReadAt(at)
			rec.Metadata.SetCollection("collection")
			all = append(all, rec)
		}
		raw := opencdc.RawData("1")
		sample(raw, raw, raw)
		for _, value := range []any{"text", "1", 1, 1.5, true, at, at.Format(time.RFC3339)} {
			after := filled(p.named, value)
			sample(filled(key, value), filled(before, value), after)
			sample(raw, filled(before, value), after)
		}
	}
	return all
}

// filled returns named with a value for each field.
func filled(named fields, value any) opencdc.StructuredData {
	all := opencdc.StructuredData{}
	for name, below := range named {
		if inner, ok := below.(fields); ok {
			all[name] = fields(filled(inner, value))
		} else {
			all[name] = value
		}
	}
	return all
}

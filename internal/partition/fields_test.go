// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// What a source knows of a deleted row differs: all of it, its key, or nothing.
func TestPartition_OfADelete(t *testing.T) {
	const (
		country = `{{ .Payload.After.country }}`
		nested  = `{{ .Payload.After.address.city | upper }}`
		day     = `{{ .Payload.After.ts | epochMillis | date "2006-01-02" }}`
		null    = emptyFolder + "/"
	)
	whole := opencdc.StructuredData{"country": "de", "ts": 1767323045678, "address": map[string]any{"city": "Bonn"}}
	for _, test := range []struct {
		template, want string
		payload        opencdc.Change
	}{
		{country, "de/", opencdc.Change{Before: whole}},
		{nested, "BONN/", opencdc.Change{Before: whole}},
		{day, "2026-01-02/", opencdc.Change{Before: whole}},
		{country, null, opencdc.Change{}},
		{country, null, opencdc.Change{Before: opencdc.StructuredData(nil), After: opencdc.RawData(nil)}},
		{country, null, opencdc.Change{Before: opencdc.StructuredData{"id": 1}}},
		{nested, null, opencdc.Change{Before: opencdc.StructuredData{"id": 1}}},
		{country, null, opencdc.Change{After: opencdc.StructuredData{"id": 1}}},
		{country, "fr/", opencdc.Change{Before: whole, After: opencdc.StructuredData{"country": "fr"}}},
		{`{{ .Payload.After.address.city }}/{{ .Payload.After.address }}`, null + "map%5Bcity%3A%5D/", opencdc.Change{}},
		{`{{ .Payload.After.address.city }}`, null, opencdc.Change{Before: opencdc.StructuredData{"address": nil}}},
		{`{{ .Payload.After.address.city }}/{{ .Payload.After.address.zip }}`, null + "1/", opencdc.Change{Before: opencdc.StructuredData{"address": map[string]any{"zip": 1}}}},
		{`{{ $.Payload.After.country }}{{ with .Key }}/{{ $.Payload.After.id }}{{ end }}`, "de/" + null, opencdc.Change{Before: whole}},
		{day, null, opencdc.Change{}},
		{`{{ if .Payload.After }}a{{ else }}gone{{ end }}`, "gone/", opencdc.Change{}},
		{`{{ if .Payload.After }}a{{ else }}gone{{ end }}`, "a/", opencdc.Change{Before: whole}},
		{`{{ .Payload.After }}`, "raw/", opencdc.Change{Before: opencdc.RawData("raw")}},
	} {
		rec := numbered(1)
		rec.Operation, rec.Payload = opencdc.OperationDelete, test.payload
		for range 2 {
			got, err := folderOf(t, test.template, rec)
			assert.Check(t, err, test.template)
			assert.Check(t, is.Equal(got, test.want), "%s of %v", test.template, test.payload)
		}
	}
	assert.Check(t, is.Len(whole, 3), "a record is not changed")
}

// A field that any other record lacks is probably misspelled.
func TestPartition_OnlyADeleteMayLackFields(t *testing.T) {
	rec := numbered(1)
	rec.Payload = opencdc.Change{Before: opencdc.StructuredData{"country": "de"}, After: opencdc.StructuredData{"contry": "de"}}
	rec.Operation = opencdc.OperationUpdate
	_, err := folderOf(t, `{{ .Payload.After.country }}`, rec)
	assert.Check(t, is.ErrorContains(err, "country"))
}

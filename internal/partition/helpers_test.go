// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"fmt"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)

// numbered returns a raw record.
func numbered(i int) opencdc.Record {
	rec := opencdc.Record{
		Position:  opencdc.Position(fmt.Sprint(i)),
		Operation: opencdc.OperationCreate,
		Metadata:  opencdc.Metadata{opencdc.MetadataConduitSourceConnectorID: "source"},
		Key:       opencdc.RawData(fmt.Sprint("key ", i)),
		Payload:   opencdc.Change{After: opencdc.RawData(fmt.Sprint("payload ", i))},
	}
	rec.Metadata.SetCreatedAt(epoch.Add(time.Duration(i) * time.Millisecond))
	rec.Metadata.SetReadAt(epoch.Add(time.Hour))
	return rec
}

// timeless returns a record without times.
func timeless(i int) opencdc.Record {
	rec := numbered(i)
	delete(rec.Metadata, opencdc.MetadataCreatedAt)
	delete(rec.Metadata, opencdc.MetadataReadAt)
	return rec
}

// order returns a structured record.
func order() opencdc.Record {
	rec := numbered(1)
	rec.Payload.After = opencdc.StructuredData{"id": int64(1), "city": "Berlin"}
	rec.Metadata.SetCollection("orders")
	return rec
}

// BenchmarkPartition measures what it takes to give a record its folder.
func BenchmarkPartition(b *testing.B) {
	rec := order()
	for name, template := range map[string]string{
		"collection and date": `c={{ .Metadata.Get "opencdc.collection" }}/{{ .Time.Format "2006-01-02" }}`,
		"field":               `city={{ .Payload.After.city }}`,
		"time in a zone":      `{{ epochMillis .Payload.After.id | inZone "Europe/Berlin" | date "2006-01-02" }}`,
		"functions":           `{{ .Operation | upper }}/{{ mod .Payload.After.id 16 }}`,
	} {
		b.Run(name, func(b *testing.B) {
			p, err := New(template)
			assert.NilError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				_, err := p.Folder(rec)
				assert.NilError(b, err)
			}
		})
	}
}

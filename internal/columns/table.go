// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"cmp"
	"runtime"
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"golang.org/x/sync/errgroup"
)

// Table is the columns of an object, or of several. It is safe for concurrent use.
type Table struct {
	view *view
	root *column
}

// Tables returns the columns of objects: each has the records of recs with the
// indexes in one of groups, or some of them. The records of a group have the same
// collection and the same schemas.
//
// The columns of a collection keep their types as long as the encoder is used. Those of
// a field that has none yet are decided by all records together, so their order and
// which of them share an object does not matter.
func (e *Encoder) Tables(recs []opencdc.Record, groups [][]int) []*Table {
	objects := make([]*object, len(groups))
	for i, group := range groups {
		objects[i] = e.object(recs, group)
	}
	e.declare(objects)
	missing := map[string][]*object{}
	for _, o := range objects {
		if o.look(e, recs); o.found.missing {
			missing[o.collection] = append(missing[o.collection], o)
		}
	}
	for name, objects := range missing {
		e.learn(name, recs, objects)
		for _, o := range objects {
			o.look(e, recs)
		}
	}
	tables := make([]*Table, len(groups))
	for i, o := range objects {
		tables[i] = o.table(e.layout)
	}
	return tables
}

func (e *Encoder) tableOf(recs []opencdc.Record) *Table {
	all := make([]int, len(recs))
	for i := range all {
		all[i] = i
	}
	return e.Tables(recs, [][]int{all})[0]
}

// object has the records that share a table, by index, and what the plan has found
// out about their columns.
type object struct {
	records      []int
	collection   string
	keyID, id    value.SchemaID
	key, payload *column // as the schemas describe them
	view         *view
	found        survey
}

func (e *Encoder) object(recs []opencdc.Record, records []int) *object {
	o := &object{records: records}
	if len(records) > 0 {
		o.collection = recs[records[0]].Metadata[opencdc.MetadataCollection]
	}
	var hasKey, hasPayload bool
	for _, i := range records {
		rec := recs[i]
		if structured := value.KindOf(rec.Key) == value.Structured; !hasKey && (structured || o.keyID == value.SchemaID{}) {
			o.keyID, hasKey = value.KeySchemaOf(rec.Metadata), structured
		}
		structured := value.KindOf(rec.Payload.Before) == value.Structured || value.KindOf(rec.Payload.After) == value.Structured
		if !hasPayload && (structured || o.id == value.SchemaID{}) {
			o.id, hasPayload = value.PayloadSchemaOf(rec.Metadata), structured
		}
		if hasKey && hasPayload {
			break
		}
	}
	o.key, o.payload = e.schemas.column(o.keyID), e.schemas.column(o.id)
	return o
}

// declare adds the columns of the objects' schemas, in an order that does not depend
// on that of the records.
func (e *Encoder) declare(objects []*object) {
	e.catalogue.mu.Lock()
	defer e.catalogue.mu.Unlock()
	e.catalogue.forget()
	ordered := slices.Clone(objects)
	slices.SortStableFunc(ordered, func(a, b *object) int {
		return cmp.Or(compareIDs(a.keyID, b.keyID), compareIDs(a.id, b.id))
	})
	for _, o := range ordered {
		of := e.catalogue.of(o.collection)
		of.key.declare(o.keyID, o.key)
		of.payload.declare(o.id, o.payload)
	}
}

func compareIDs(a, b value.SchemaID) int {
	return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version))
}

// learn adds the columns of fields that have none.
func (e *Encoder) learn(collection string, recs []opencdc.Record, objects []*object) {
	keys, payloads := newCensus(), newCensus()
	for _, o := range objects {
		for _, i := range o.records {
			key, before, after := e.layout.data(recs[i])
			keys.count(o.view.key, key, 0)
			payloads.count(o.view.payload, before, 0)
			payloads.count(o.view.payload, after, 0)
		}
	}
	e.catalogue.mu.Lock()
	defer e.catalogue.mu.Unlock()
	of := e.catalogue.of(collection)
	of.key.learn(&of.key.column, keys)
	of.payload.learn(&of.payload.column, payloads)
}

// surveyChunk is the least number of records for which a goroutine is worth it.
const surveyChunk = 1024

// look surveys the records of an object, using all processors.
func (o *object) look(e *Encoder, recs []opencdc.Record) {
	e.catalogue.mu.Lock()
	o.view = newView(e.catalogue.of(o.collection), o.key, o.payload)
	e.catalogue.mu.Unlock()

	processors := runtime.GOMAXPROCS(0)
	chunks := slices.Collect(slices.Chunk(o.records, max(surveyChunk, (len(o.records)+processors-1)/processors)))
	surveys := make([]survey, len(chunks))
	var group errgroup.Group
	for c, chunk := range chunks {
		surveys[c].marks = make([]marks, o.view.columns)
		group.Go(func() error {
			for _, i := range chunk {
				key, before, after := e.layout.data(recs[i])
				surveys[c].metadata(o.view.metadata, recs[i].Metadata)
				surveys[c].data(o.view.key, o.view.keyRaw, key)
				surveys[c].half(o.view.before, o.view.payload, o.view.beforeRaw, before)
				surveys[c].half(o.view.after, o.view.payload, o.view.afterRaw, after)
			}
			return nil
		})
	}
	_ = group.Wait() // no goroutine returns an error
	o.found = survey{marks: make([]marks, o.view.columns)}
	for _, s := range surveys {
		o.found.merge(s)
	}
}

func (o *object) table(l layout) *Table {
	o.view.key.table(o.found.marks)
	o.view.payload.table(o.found.marks)
	for _, c := range []*column{o.view.metadata, o.view.keyRaw, o.view.before, o.view.beforeRaw, o.view.after, o.view.afterRaw} {
		c.marks = o.found.marks[c.number]
	}
	return &Table{view: o.view, root: &column{typ: record, required: true, fields: l.columns(o.view)}}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
)

// The kinds of drift that a population may have.
const (
	missing   = "fields are missing"
	nulls     = "fields are null"
	empties   = "lists, structs and texts are empty"
	scalars   = "a field is of several scalar types"
	shapes    = "a field is a scalar, a list or a struct"
	integers  = "a number is an integer or not"
	large     = "integers that no double holds"
	cased     = "fields are renamed by case"
	wide      = "1 to 3,000 fields"
	ids       = "maps keyed by ids"
	items     = "lists of several types"
	deletes   = "batches of deletes"
	raw       = "raw payloads"
	keys      = "keys are raw, structured or none"
	described = "records with a schema, of two versions"
	undefined = "NaN, infinity and both zeros"
	restarts  = "restarts"
	reserved  = "fields that are called like columns"
)

var kinds = []string{
	missing, nulls, empties, scalars, shapes, integers, large, cased, wide, ids, items, deletes, raw, keys, described, undefined, restarts, reserved,
}

// population draws records that drift: what it does is on for a whole batch or for
// single records.
type population struct {
	*rand.Rand
	on   map[string]bool
	next int
	flip map[string]bool // what all records of the batch do
}

func newPopulation(seed uint64, on ...string) *population {
	p := &population{Rand: rand.New(rand.NewPCG(seed, 0)), on: map[string]bool{}}
	for _, kind := range on {
		p.on[kind] = true
	}
	return p
}

// anyKinds returns a population of a few kinds of drift, and what they are. A restart
// is none of them: after it, other types may be decided.
func anyKinds(seed uint64) (*population, []string) {
	r := rand.New(rand.NewPCG(seed, 1))
	var on []string
	for _, kind := range kinds {
		if r.IntN(4) == 0 && kind != restarts {
			on = append(on, kind)
		}
	}
	return newPopulation(seed, on...), on
}

func (p *population) batches() []batch {
	batches := make([]batch, 2+p.IntN(5))
	for b := range batches {
		p.flip = map[string]bool{}
		for _, kind := range kinds {
			p.flip[kind] = p.on[kind] && p.IntN(4) == 0
		}
		batches[b].restart = p.on[restarts] && p.IntN(2) == 0
		for range 1 + p.IntN(8) {
			batches[b].records = append(batches[b].records, p.record())
		}
	}
	return batches
}

// does reports whether a record or field does something of a kind.
func (p *population) does(kind string) bool {
	return p.on[kind] && (p.flip[kind] && p.IntN(8) != 0 || p.IntN(8) == 0)
}

func (p *population) record() opencdc.Record {
	p.next++
	rec := opencdc.Record{
		Position: fmt.Appendf(nil, "%04d", p.next), Operation: opencdc.OperationCreate,
		Metadata: opencdc.Metadata{"n": fmt.Sprint(p.next)},
		Key:      opencdc.StructuredData{"id": p.next},
	}
	if p.does(keys) {
		rec.Key = []opencdc.Data{nil, opencdc.RawData(fmt.Sprint("k", p.next))}[p.IntN(2)]
	}
	if p.flip[deletes] {
		rec.Operation = opencdc.OperationDelete
		if p.IntN(4) == 0 {
			rec.Payload.Before = p.payload(&rec)
		}
		return rec
	}
	rec.Payload.After = p.payload(&rec)
	if p.IntN(4) == 0 {
		rec.Operation = opencdc.OperationUpdate
		rec.Payload.Before = p.payload(&rec)
	}
	return rec
}

func (p *population) payload(rec *opencdc.Record) opencdc.Data {
	switch {
	case p.does(raw):
		return opencdc.RawData(fmt.Sprint("raw", p.next))
	case rec.Metadata[opencdc.MetadataPayloadSchemaSubject] != "" || p.does(described) && rec.Payload.After == nil:
		return p.describedFields(rec)
	default:
		fields := p.fields()
		p.drift(fields)
		return opencdc.StructuredData(fields)
	}
}

func (p *population) fields() map[string]any {
	return map[string]any{
		"id": p.next, "name": fmt.Sprint("name", p.IntN(9)), "score": float64(p.IntN(90)) + 0.5, "active": p.IntN(2) == 0,
		"at": time.Unix(int64(1_700_000_000+p.IntN(1000)), 0).UTC(), "data": []byte{byte(p.IntN(256)), 0xff},
		"tags":    []any{fmt.Sprint("tag", p.IntN(3))},
		"address": map[string]any{"zip": fmt.Sprint(p.IntN(9999)), "geo": map[string]any{"lat": float64(p.IntN(90)) + 0.25}},
		"lines":   []any{map[string]any{"sku": fmt.Sprint("s", p.IntN(9)), "n": p.IntN(9)}},
	}
}

// names are those of the fields, in a fixed order.
var names = []string{"active", "address", "at", "data", "id", "lines", "name", "score", "tags"}

func (p *population) name() string { return names[p.IntN(len(names))] }

// drift changes fields in the ways that the population has.
func (p *population) drift(fields map[string]any) {
	if p.does(shapes) {
		fields[p.name()] = []any{"text", 7, []any{1}, map[string]any{"zip": "1"}, map[string]any{"other": 1}}[p.IntN(5)]
	}
	if p.does(scalars) {
		fields[p.name()] = []any{"text", 7, true, "12", time.Unix(1_700_000_000, 0).UTC(), []byte("b")}[p.IntN(6)]
	}
	if p.does(integers) {
		fields["score"], fields["id"] = p.IntN(90), []any{float64(p.next), float64(p.next) + 0.5}[p.IntN(2)]
	}
	if p.does(large) {
		fields["id"] = []any{int64(1<<53 + 1), uint64(math.MaxUint64), int64(math.MinInt64), big.NewRat(int64(p.IntN(1000)), 100)}[p.IntN(4)]
	}
	if p.does(undefined) {
		fields["score"] = []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0}[p.IntN(5)]
	}
	if p.does(items) {
		fields["tags"] = [][]any{{1}, {"a", 1}, {nil}, {map[string]any{"a": 1}}, {[]any{"x"}}}[p.IntN(5)]
		fields["lines"] = [][]any{{map[string]any{"sku": 1}}, {"line"}, {nil, map[string]any{"more": true}}}[p.IntN(3)]
	}
	if p.does(empties) {
		fields["name"], fields["tags"], fields["lines"] = "", []any{}, []any{map[string]any{}}
		fields["address"] = []any{map[string]any{}, map[string]any{"zip": nil}, map[string]any{"geo": map[string]any{}}}[p.IntN(3)]
	}
	p.driftNames(fields)
}

func (p *population) driftNames(fields map[string]any) {
	if p.does(ids) {
		users := map[string]any{}
		for range []int{1, 10, 400}[p.IntN(3)] {
			users[fmt.Sprint("u", p.IntN(100_000))] = map[string]any{"seen": p.IntN(9)}
		}
		fields["users"] = users
	}
	if p.does(wide) {
		for i := range []int{1, 40, 999, 1001, 3000}[p.IntN(5)] {
			fields[fmt.Sprintf("f%04d", i)] = i
		}
	}
	if p.does(reserved) {
		for _, name := range []string{"_rest", "__rest", "_operation", "_payload", "rest", "key_raw", "_key_raw", "a.b", "with space", `quo"te`} {
			fields[name] = p.IntN(9)
		}
	}
	for _, name := range names {
		switch {
		case p.does(missing):
			delete(fields, name)
		case p.does(nulls):
			fields[name] = nil
		case p.does(cased):
			fields[strings.ToUpper(name)] = fields[name]
			if p.IntN(2) == 0 {
				delete(fields, name)
			}
		}
	}
}

// The schemas of records that have one: a later version has more fields, and a
// wider type.
var versions = registry{
	"1": `{"type":"record","name":"row","fields":[{"name":"id","type":"int"},{"name":"name","type":["null","string"]},
		{"name":"score","type":["null","float"]},{"name":"active","type":"boolean"},
		{"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
		{"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]}`,
	"2": `{"type":"record","name":"row","fields":[{"name":"id","type":"long"},{"name":"name","type":["null","string"]},
		{"name":"score","type":["null","double"]},{"name":"active","type":["null","boolean"]},{"name":"tags","type":{"type":"array","items":"string"}},
		{"name":"at","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},
		{"name":"price","type":["null",{"type":"bytes","logicalType":"decimal","precision":20,"scale":2}]}]}`,
}

// registry is one with the versions of a schema.
type registry map[string]string

func (r registry) Schema(_ string, version int) (string, error) {
	return r[fmt.Sprint(version)], nil
}

// describedFields returns fields as a schema has them, and names it in rec.
func (p *population) describedFields(rec *opencdc.Record) opencdc.Data {
	version := rec.Metadata[opencdc.MetadataPayloadSchemaVersion]
	if version == "" {
		version = fmt.Sprint(1 + p.IntN(2))
		rec.Metadata[opencdc.MetadataPayloadSchemaSubject], rec.Metadata[opencdc.MetadataPayloadSchemaVersion] = "s", version
	}
	fields := opencdc.StructuredData{
		"id": p.next, "name": "name", "score": float32(0.5), "active": true, "at": time.Unix(int64(1_700_000_000+p.IntN(1000)), 0).UTC(),
		"price": big.NewRat(int64(p.IntN(100_000)), 100),
	}
	if version == "2" {
		fields["id"], fields["score"], fields["tags"] = int64(1<<40+p.next), 0.1, []any{"a"}
	}
	if p.IntN(3) == 0 {
		fields["name"] = nil
	}
	return fields
}

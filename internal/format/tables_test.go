// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// withValues returns a record for each value of a field v.
func withValues(values ...any) []opencdc.Record {
	recs := make([]opencdc.Record, len(values))
	for i, v := range values {
		recs[i] = structured(fmt.Sprint(i), opencdc.StructuredData{"id": i, "v": v})
	}
	return recs
}

// objectsOf returns the bytes of the objects of a batch, each of up to two records,
// which are encoded in parallel.
func objectsOf(t *testing.T, e format.Encoder, recs []opencdc.Record) [][]byte {
	t.Helper()
	all := make([]int, len(recs))
	for i := range all {
		all[i] = i
	}
	table := e.Tables(recs, [][]int{all})[0]
	var group sync.WaitGroup
	objects := make([][]byte, (len(recs)+1)/2)
	for i := range objects {
		group.Go(func() {
			var out bytes.Buffer
			assert.Check(t, e.Encode(&out, recs[2*i:min(2*i+2, len(recs))], table))
			objects[i] = out.Bytes()
		})
	}
	group.Wait()
	return objects
}

func schemasOf(t *testing.T, objects [][]byte) []string {
	t.Helper()
	var schemas []string
	for _, object := range objects {
		schema, _ := readRows(t, object)
		schemas = append(schemas, schema.String())
	}
	return schemas
}

func TestTables_OneTypeOfAllObjectsOfABatch(t *testing.T) {
	schemas := schemasOf(t, objectsOf(t, newEncoder(t, format.Parquet), withValues(1, 2, "a", "b", "c", []any{})))
	assert.Check(t, cmp.Len(slices.Compact(schemas), 1))
	assert.Check(t, cmp.Contains(schemas[0], "binary v (STRING)"))
}

func TestTables_OrderOfRecordsDoesNotMatter(t *testing.T) {
	recs := withValues(1, 2.5, "a", 3, []any{"x"}, map[string]any{"b": 1, "B": 2}, map[string]any{"b": "x"}, nil)
	first := schemasOf(t, objectsOf(t, newEncoder(t, format.Parquet), recs))
	slices.Reverse(recs)
	assert.Check(t, cmp.DeepEqual(schemasOf(t, objectsOf(t, newEncoder(t, format.Parquet), recs)), first))
}

func TestTables_BatchThatIsWrittenAgain(t *testing.T) {
	e := newEncoder(t, format.Parquet)
	recs := withValues(1, "a", 2, nil, 2.5)
	first := objectsOf(t, e, recs)
	objectsOf(t, e, withValues("a", "b", "c"))
	assert.Check(t, cmp.DeepEqual(objectsOf(t, e, recs), first))
}

func TestTables_LaterBatchesKeepTypes(t *testing.T) {
	e := newEncoder(t, format.Parquet)
	objectsOf(t, e, withValues(1))
	_, rows := readRows(t, objectsOf(t, e, withValues("a", 2.0))[0])
	for i, want := range []any{jsonValue(`"a"`), int64(2)} {
		assert.Check(t, cmp.Equal(rows[i]["payload"].(map[string]any)["after"].(map[string]any)["v"], want))
	}
}

func TestTables_CollectionsAreApart(t *testing.T) {
	e := newEncoder(t, format.Parquet)
	objectsOf(t, e, withValues(1))
	others := withValues("a")
	others[0].Metadata = opencdc.Metadata{opencdc.MetadataCollection: "other"}
	assert.Check(t, cmp.Contains(schemasOf(t, objectsOf(t, e, others))[0], "binary v (STRING)"))
}

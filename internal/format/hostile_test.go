// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// repeated returns n fields of a type, the first of which defines it.
func repeated(prefix, typ, first string, n int) string {
	all := []string{fmt.Sprintf(`{"name":"%s0","type":%s}`, prefix, first)}
	for i := 1; i < n; i++ {
		all = append(all, fmt.Sprintf(`{"name":"%s%d","type":%s}`, prefix, i, typ))
	}
	return strings.Join(all, ",")
}

// Each of its fields is less than what one may have, and all are more than
// Parquet can count.
func TestSchema_ColumnsOfAllFieldsAreBounded(t *testing.T) {
	b := `{"type":"record","name":"B","fields":[` + repeated("b", `"int"`, `"int"`, 90) + `]}`
	a := `{"type":"record","name":"A","fields":[` + repeated("a", `"B"`, b, 100) + `]}`
	text := `{"type":"record","name":"R","fields":[{"name":"first","type":"int"},` + repeated("f", `"A"`, a, 20) + `,{"name":"last","type":"int"}]}`
	fields := opencdc.StructuredData{"first": 1, "f3": map[string]any{"a0": map[string]any{"b0": 2}}, "last": 3}
	r := &registry{texts: map[string]string{"s1": text}}
	columns, rows := flatRows(t, r, described("s", "1", fields))
	assert.Check(t, cmp.Contains(columns, "\toptional int64 first"))
	assert.Check(t, cmp.Contains(columns, "\toptional binary f3 (JSON);\n"))
	assert.Check(t, cmp.Contains(columns, "\toptional int64 last"), "it does not cost the others their columns")
	assert.Check(t, cmp.DeepEqual(rows[0]["f3"], jsonValue(`{"a0":{"b0":2}}`)))
}

// An object has up to three times the columns of a schema, and Parquet counts to
// 65,535.
func TestSchema_AsManyColumnsAsThereCanBe(t *testing.T) {
	for name, c := range map[string]struct {
		typ    string
		fields int
	}{
		"too many numbers": {`"int"`, 30_000},
		"durations":        {`{"type":"fixed","name":"D","size":12,"logicalType":"duration"}`, 10_000},
	} {
		t.Run(name, func(t *testing.T) {
			again := c.typ
			if c.typ[0] == '{' {
				again = `"D"`
			}
			text := `{"type":"record","name":"R","fields":[` + repeated("f", again, c.typ, c.fields) + `]}`
			e, err := format.New(format.Options{Format: format.Parquet, Schemas: &registry{texts: map[string]string{"s1": text}}})
			assert.NilError(t, err)
			rec := described("s", "1", opencdc.StructuredData{"f1": nil})
			rec.Payload.Before, rec.Key = rec.Payload.After, rec.Payload.After
			rec.Metadata.SetKeySchemaSubject("s")
			rec.Metadata.SetKeySchemaVersion(1)
			assert.NilError(t, e.Encode(&bytes.Buffer{}, []opencdc.Record{rec}, nil))
		})
	}
}

// Bytes of a size that no Parquet file has, or none at all, are bytes of any.
func TestSchema_FixedOfOddSizes(t *testing.T) {
	for _, size := range []int{32767, 32768, 65536, 1 << 31} {
		text := fmt.Sprintf(`{"type":"record","name":"R","fields":[{"name":"v","type":["null",{"type":"fixed","name":"F","size":%d}]}]}`, size)
		value := bytes.Repeat([]byte("x"), min(size, 1<<16))
		columns, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}},
			described("s", "1", opencdc.StructuredData{"v": value}), described("s", "1", opencdc.StructuredData{"v": nil}))
		assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{"v": value}, {"v": nil}}))
		if size > 32767 {
			assert.Check(t, cmp.Equal(columns, "\toptional binary v;\n"))
		}
	}
}

// What a schema claims costs the object its declared types and nothing else.
func TestSchema_ThatNobodyCanUse(t *testing.T) {
	for name, typ := range map[string]string{
		"fixed of size -5":                 `{"type":"fixed","name":"F","size":-5}`,
		"fixed of size 2^40 and a default": `{"type":"fixed","name":"F","size":1099511627776},"default":"a"`,
		"a scale of a billion":             `{"type":"bytes","logicalType":"decimal","precision":1000000000,"scale":1000000000}`,
	} {
		t.Run(name, func(t *testing.T) {
			text := `{"type":"record","name":"R","fields":[{"name":"v","type":` + typ + `}]}`
			_, rows := flatRows(t, &registry{texts: map[string]string{"s1": text}}, described("s", "1", opencdc.StructuredData{"v": 1}))
			assert.Check(t, cmp.DeepEqual(rows, []map[string]any{{"v": int64(1)}}))
		})
	}
}

// slow is a registry that takes a second for each schema.
type slow struct{}

func (slow) Schema(string, int) (string, error) {
	<-time.After(time.Second)
	return `{"type":"record","name":"R","fields":[{"name":"v","type":"int"}]}`, nil
}

func TestSchema_ObjectsDoNotWaitForOthersSchemas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, err := format.New(format.Options{Format: format.Parquet, Layout: format.Flat, Schemas: slow{}})
		assert.NilError(t, err)
		begin := time.Now()
		var group sync.WaitGroup
		for i := range 10 {
			group.Go(func() {
				rec := described(fmt.Sprint(i), "1", opencdc.StructuredData{"v": 1})
				assert.Check(t, e.Encode(&bytes.Buffer{}, []opencdc.Record{rec}, nil))
			})
		}
		group.Wait()
		assert.Check(t, cmp.Equal(time.Since(begin), time.Second))
	})
}

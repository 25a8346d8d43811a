// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package datum_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/datum"
	"gotest.tools/v3/assert"
)

// maxAllocated is what a schema and its data may allocate, if they are no longer
// than those of the tests.
const maxAllocated = 64 << 20

// allocated returns how much memory do takes, including what it gives back.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func varints(values ...int64) (data []byte) {
	for _, v := range values {
		data = binary.AppendVarint(data, v)
	}
	return data
}

// manyUses returns a schema of a few kilobytes that describes times^levels fields.
func manyUses(levels, times int) string {
	typ := `"null"`
	for level := range levels {
		var fields []string
		for i := range times {
			if i > 0 {
				typ = fmt.Sprintf(`"L%d"`, level-1)
				if level == 0 {
					typ = `"null"`
				}
			}
			fields = append(fields, fmt.Sprintf(`{"name":"f%d","type":%s}`, i, typ))
		}
		typ = fmt.Sprintf(`{"type":"record","name":"L%d","fields":[%s]}`, level, strings.Join(fields, ","))
	}
	return typ
}

func TestDecode_ClaimsAreRefused(t *testing.T) {
	const huge = 1 << 40
	cases := map[string]struct {
		schema string
		data   []byte
		want   error
	}{
		"items that need bytes":        {fieldOf(`{"type":"array","items":"int"}`), varints(huge), datum.ErrShort},
		"items of no bytes":            {fieldOf(`{"type":"array","items":"null"}`), varints(huge), datum.ErrTooLarge},
		"records of no bytes":          {fieldOf(`{"type":"array","items":{"type":"record","name":"E","fields":[]}}`), varints(huge), datum.ErrTooLarge},
		"wide records of no bytes":     {fieldOf(`{"type":"array","items":` + manyUses(1, 5000) + `}`), varints(huge), datum.ErrTooLarge},
		"fixed of no bytes":            {fieldOf(`{"type":"array","items":{"type":"fixed","name":"F","size":0}}`), varints(huge), datum.ErrTooLarge},
		"arrays of arrays":             {fieldOf(`{"type":"array","items":{"type":"array","items":"null"}}`), varints(huge, huge), datum.ErrTooLarge},
		"a block of the least number":  {fieldOf(`{"type":"array","items":"null"}`), varints(math.MinInt64, 0), datum.ErrInvalid},
		"a block with a size":          {fieldOf(`{"type":"array","items":"int"}`), varints(-huge, huge), datum.ErrShort},
		"entries of a map":             {fieldOf(`{"type":"map","values":"null"}`), varints(huge), datum.ErrShort},
		"a long string":                {fieldOf(`"string"`), varints(huge), datum.ErrShort},
		"a string of a negative size":  {fieldOf(`"string"`), varints(-1), datum.ErrInvalid},
		"a long name of an entry":      {fieldOf(`{"type":"map","values":"null"}`), varints(1, huge), datum.ErrShort},
		"a large fixed":                {fieldOf(`{"type":"fixed","name":"F","size":2147483647}`), varints(1), datum.ErrShort},
		"a large fixed decimal":        {fieldOf(`{"type":"fixed","name":"F","size":2147483647,"logicalType":"decimal","precision":9}`), varints(1), datum.ErrShort},
		"a decimal of a million bytes": {fieldOf(`{"type":"bytes","logicalType":"decimal","precision":9}`), append(varints(1e6), make([]byte, 1e6)...), datum.ErrTooLarge},
		"a record always in itself":    {`{"type":"record","name":"R","fields":[{"name":"f","type":"R"}]}`, nil, datum.ErrTooLarge},
		"a record often in itself":     {`{"type":"record","name":"R","fields":[{"name":"f","type":["null","R"]}]}`, []byte(strings.Repeat("\x02", 1e6)), datum.ErrTooLarge},
		"arrays of itself":             {`{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"array","items":"R"}}]}`, []byte(strings.Repeat("\x02", 1e6)), datum.ErrTooLarge},
		"2^60 fields of no bytes":      {manyUses(60, 2), nil, datum.ErrTooLarge},
		"no such branch":               {fieldOf(`["null","int"]`), varints(2), datum.ErrInvalid},
		"no branches":                  {fieldOf(`[]`), varints(0), datum.ErrInvalid},
		"no such symbol":               {fieldOf(`{"type":"enum","name":"E","symbols":["a"]}`), varints(-1), datum.ErrInvalid},
		"a boolean of 2":               {fieldOf(`"boolean"`), []byte{2}, datum.ErrInvalid},
		"an int of 33 bits":            {fieldOf(`"int"`), varints(1 << 32), datum.ErrInvalid},
		"a number of 11 bytes":         {fieldOf(`"long"`), []byte(strings.Repeat("\xff", 11)), datum.ErrInvalid},
		"bytes that are left":          {fieldOf(`"int"`), varints(1, 2), datum.ErrLong},
		"nothing":                      {fieldOf(`"double"`), nil, datum.ErrShort},
		"no fields":                    {`"string"`, varints(0), datum.ErrInvalid},
		"no fields, this time":         {`["null",` + fieldOf(`"int"`) + `]`, varints(0), datum.ErrInvalid},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			memory := allocated(func() {
				_, err := parse(t, c.schema).Decode(c.data)
				assert.ErrorIs(t, err, c.want)
			})
			assert.Check(t, memory < maxAllocated, "%d bytes", memory)
		})
	}
}

func TestDecode_ErrorsNameTheField(t *testing.T) {
	s := parse(t, `{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"map","values":{"type":"record","name":"S","fields":[{"name":"b","type":"string"}]}}}]}`)
	_, err := s.Decode(append(varints(1, 1), "k\x08abc"...))
	assert.Error(t, err, `field "a.k.b": the data end in the middle of a value: it has 4 bytes, and 3 are left`)
}

// The value of a mebibyte that is an array of booleans is its bytes many times
// over, and no claim.
func TestDecode_SmallItemsAreNoClaim(t *testing.T) {
	const count = 1 << 20
	data := append(append(varints(count), make([]byte, count)...), 0)
	got, err := parse(t, fieldOf(`{"type":"array","items":"boolean"}`)).Decode(data)
	assert.NilError(t, err)
	items, _ := got["f"].([]any)
	assert.Equal(t, len(items), count)
}

func TestParse_Refuses(t *testing.T) {
	deep := strings.Repeat(`{"type":"array","items":`, 1000) + `"int"` + strings.Repeat("}", 1000)
	for name, text := range map[string]string{
		"nothing":                "",
		"no JSON":                "string",
		"two values":             `"int" "int"`,
		"no UTF-8":               "\"\xff\"",
		"a number":               "1",
		"an unknown type":        `"decimal"`,
		"a type without a name":  `{}`,
		"a record without one":   `{"type":"record","fields":[]}`,
		"a record of no fields":  `{"type":"record","name":"R"}`,
		"a field without a type": `{"type":"record","name":"R","fields":[{"name":"f"}]}`,
		"a field that is none":   `{"type":"record","name":"R","fields":[1]}`,
		"an array of nothing":    `{"type":"array"}`,
		"two types of a name":    `["null",{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":2}]`,
		"fixed without a size":   `{"type":"fixed","name":"F"}`,
		"fixed of size -5":       `{"type":"fixed","name":"F","size":-5}`,
		"fixed of size 2^40":     `{"type":"fixed","name":"F","size":1099511627776}`,
		"fixed of size 1e300":    `{"type":"fixed","name":"F","size":1e300}`,
		"fixed of a string":      `{"type":"fixed","name":"F","size":"1"}`,
		"a scale of 10^9":        `{"type":"bytes","logicalType":"decimal","precision":1000000000,"scale":1000000000}`,
		"types nested deep":      deep,
		"brackets nested deep":   strings.Repeat("[", maxText),
		"objects nested deep":    strings.Repeat(`{"a":`, maxText/5),
		"a long text":            `"` + strings.Repeat("x", maxText) + `"`,
		"unions nested deep":     strings.Repeat("[", 1000) + strings.Repeat("]", 1000),
		"a symbol that is none":  `{"type":"enum","name":"E","symbols":[1]}`,
	} {
		t.Run(name, func(t *testing.T) {
			memory := allocated(func() {
				_, err := datum.Parse(text)
				assert.Check(t, err != nil)
			})
			assert.Check(t, memory < maxAllocated, "%d bytes", memory)
		})
	}
}

const maxText = 1 << 20

// The longest possible schemas need no more memory than others.
func TestParse_MemoryOfLongSchemas(t *testing.T) {
	for name, unit := range map[string]string{
		"types of a union": `"int",`, "unions of nothing": "[],", "meanings": `{"type":"int"},`, "objects": "{},",
	} {
		t.Run(name, func(t *testing.T) {
			text := "[" + strings.Repeat(unit, (maxText-10)/len(unit)) + `"int"]`
			memory := allocated(func() { _, _ = datum.Parse(text) })
			assert.Check(t, memory < maxAllocated, "%d bytes", memory)
		})
	}
}

// Whatever the schema and the bytes are, they end in a value or an error, with
// bounded memory.
func FuzzDecode(f *testing.F) {
	for _, c := range types {
		f.Add(fieldOf(c.typ), encode(f, fieldOf(c.typ), c.value))
	}
	f.Add(fieldOf(`{"type":"array","items":"null"}`), varints(1<<40))
	f.Add(fieldOf(`{"type":"array","items":["null","R"]}`), varints(2, 1, 0))
	f.Add(manyUses(20, 2), []byte(nil))
	f.Add(fieldOf(`{"type":"fixed","name":"F","size":-5}`), varints(1))
	f.Fuzz(func(t *testing.T, text string, data []byte) {
		memory := allocated(func() {
			s, err := datum.Parse(text)
			if err != nil {
				return
			}
			if _, err := datum.Parse(s.Text()); err != nil {
				t.Errorf("%s: %v", s.Text(), err)
			}
			_, _ = s.Decode(data)
		})
		assert.Check(t, memory < maxAllocated, "%d bytes", memory)
	})
}

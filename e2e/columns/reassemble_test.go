// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
)

// The names of columns that hold what has no column of its own.
const (
	restColumn = "_rest" // of a struct: its other fields, as a JSON object
	rawSuffix  = "_raw"  // of a key or payload that has no fields
)

// reassemble returns the record that a row was made of. Every value is as
// canonical returns it, or fromJSON if it was in a column of other fields.
func reassemble(layout string, row map[string]any) (map[string]any, error) {
	prefix, payload := "", map[string]any{}
	if layout == format.Envelope {
		payload, _ = row["payload"].(map[string]any)
	} else {
		prefix = "_"
	}
	rec := map[string]any{"metadata": textsOf(row[prefix+"metadata"])}
	for _, column := range []string{"operation", "position"} {
		rec[column] = canonical(row[prefix+column])
	}
	var err error
	if rec["key"], err = dataOf(prefix+"key", row); err != nil {
		return nil, err
	}
	if layout == format.Flat {
		rec["state"], err = flatDataOf(row)
		return rec, err
	}
	if rec["before"], err = dataOf("before", payload); err != nil {
		return nil, err
	}
	rec["after"], err = dataOf("after", payload)
	return rec, err
}

// dataOf returns a key or payload out of the columns that may hold it.
func dataOf(name string, row map[string]any) (any, error) {
	fields, raw := row[name], row[name+rawSuffix]
	switch {
	case fields == nil && raw == nil:
		return nil, nil
	case fields == nil:
		if _, ok := raw.([]byte); !ok {
			return nil, fmt.Errorf("%s%s is %T", name, rawSuffix, raw)
		}
		return canonical(raw), nil
	case raw != nil:
		return nil, fmt.Errorf("%s has fields and is raw", name)
	}
	s, ok := fields.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s has no fields but is %#v", name, fields)
	}
	return fieldsOf(s)
}

// flatDataOf returns the payload of a row of the layout flat: its bytes, its fields,
// or nil if it has none.
func flatDataOf(row map[string]any) (any, error) {
	if raw := row["_payload"]; raw != nil {
		if _, ok := raw.([]byte); !ok {
			return nil, fmt.Errorf("_payload is %#v", raw)
		}
		return canonical(raw), nil
	}
	fields := map[string]any{}
	for name, value := range row {
		switch name {
		case "_operation", "_position", "_key", "_key" + rawSuffix, "_metadata", "_payload":
		default:
			fields[name] = value
		}
	}
	all, err := fieldsOf(fields)
	if len(all) == 0 {
		return nil, err
	}
	return all, err
}

// fieldsOf returns the fields of a struct, with those in its column of others.
func fieldsOf(columns map[string]any) (map[string]any, error) {
	fields := map[string]any{}
	for name, value := range columns {
		switch value := value.(type) {
		case nil:
		case map[string]any:
			inner, err := fieldsOf(value)
			if err != nil {
				return nil, err
			}
			fields[unescape(name)] = inner
		case []any:
			items, err := itemsOf(value)
			if err != nil {
				return nil, err
			}
			fields[unescape(name)] = items
		default:
			if name != restColumn {
				fields[unescape(name)] = canonical(value)
			}
		}
	}
	text, ok := columns[restColumn].(string)
	if !ok {
		return fields, nil
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var rest map[string]any
	if err := decoder.Decode(&rest); err != nil {
		return nil, fmt.Errorf("%s: %w", restColumn, err)
	}
	for name, value := range rest {
		if fields[name] != nil {
			return nil, fmt.Errorf("%s is a column and in %s", name, restColumn)
		}
		if value != nil {
			fields[name] = fromJSON{value}
		}
	}
	return fields, nil
}

func itemsOf(items []any) ([]any, error) {
	all := []any{}
	for _, item := range items {
		fields, err := fieldsOf(map[string]any{"item": item})
		if err != nil {
			return nil, err
		}
		all = append(all, fields["item"])
	}
	return all, nil
}

// unescape takes away the underscore that a field has which is called like a
// column that is none.
func unescape(name string) string {
	bare := strings.TrimLeft(name, "_")
	switch strings.ToLower(bare) {
	case "rest", "operation", "position", "key", "key" + rawSuffix, "metadata", "payload":
		if strings.HasPrefix(name, "__") {
			return name[1:]
		}
	}
	return name
}

// textsOf returns a map, as DuckDB and Arrow or as Polars have it.
func textsOf(v any) map[string]any {
	texts := map[string]any{}
	switch v := v.(type) {
	case map[string]any:
		maps.Copy(texts, v)
	case []any:
		for _, entry := range v {
			e := entry.(map[string]any)
			texts[e["key"].(string)] = e["value"]
		}
	}
	return texts
}

// fromJSON is a value out of a JSON text.
type fromJSON struct{ value any }

// canonical returns what a record or a reader holds as one type for each kind of
// value: two values are the same if agree says so. Fields that are null are none.
func canonical(v any) any {
	switch v := v.(type) {
	case int:
		return number(int64(v))
	case int64:
		return number(v)
	case uint64:
		return new(big.Rat).SetInt(new(big.Int).SetUint64(v))
	case float32:
		return canonical(float64(v))
	case float64:
		switch {
		case math.IsNaN(v):
			return "NaN"
		case math.IsInf(v, 0):
			return strings.Replace(strings.TrimPrefix(fmt.Sprint(v), "+"), "Inf", "Infinity", 1)
		}
		return new(big.Rat).SetFloat64(v)
	case opencdc.RawData:
		return []byte(v)
	case time.Time:
		return v.UTC().Truncate(time.Microsecond)
	case opencdc.StructuredData:
		return canonical(map[string]any(v))
	case map[string]any:
		fields := map[string]any{}
		for name, value := range v {
			if value = canonical(value); value != nil {
				fields[name] = value
			}
		}
		return fields
	case []any:
		if v == nil {
			return nil
		}
		items := []any{}
		for _, item := range v {
			items = append(items, canonical(item))
		}
		return items
	default:
		return v
	}
}

// agree reports whether what a reader found is what was written.
func agree(got, want any) bool {
	if text, ok := got.(fromJSON); ok {
		return agreeJSON(text.value, want)
	}
	switch want := want.(type) {
	case *big.Rat:
		got, ok := got.(*big.Rat)
		return ok && got.Cmp(want) == 0
	case []byte:
		got, ok := got.([]byte)
		return ok && string(got) == string(want)
	case time.Time:
		got, ok := got.(time.Time)
		return ok && got.Equal(want)
	case map[string]any:
		got, ok := got.(map[string]any)
		return ok && maps.EqualFunc(got, want, agree)
	case []any:
		got, ok := got.([]any)
		return ok && slices.EqualFunc(got, want, agree)
	default:
		return got == want
	}
}

func agreeJSON(got, want any) bool {
	switch want := want.(type) {
	case *big.Rat:
		text, ok := got.(json.Number)
		n, valid := new(big.Rat).SetString(string(text))
		return ok && valid && n.Cmp(want) == 0
	case []byte:
		return got == base64.StdEncoding.EncodeToString(want)
	case time.Time:
		text, _ := got.(string)
		at, err := time.Parse(time.RFC3339Nano, text)
		return err == nil && at.Truncate(time.Microsecond).Equal(want)
	case map[string]any:
		fields, ok := got.(map[string]any)
		maps.DeleteFunc(fields, func(_ string, v any) bool { return v == nil })
		return ok && maps.EqualFunc(fields, want, agreeJSON)
	case []any:
		items, ok := got.([]any)
		return ok && slices.EqualFunc(items, want, agreeJSON)
	default:
		return got == want
	}
}

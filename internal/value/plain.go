// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import (
	stdjson "encoding/json"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
)

// PlainRecord returns rec with keys and payloads whose values are Plain.
func PlainRecord(rec opencdc.Record) opencdc.Record {
	rec.Key = plainData(rec.Key)
	rec.Payload.Before, rec.Payload.After = plainData(rec.Payload.Before), plainData(rec.Payload.After)
	return rec
}

func plainData(d opencdc.Data) opencdc.Data {
	if fields, ok := d.(opencdc.StructuredData); ok {
		return Plain(fields)
	}
	return d
}

// Plain returns fields for programs that are not of this connector, such as
// templates and the SDK's serializers. They write values as JSONWriter does: a
// decimal is a json.Number, NaN and infinity are strings, fixed bytes are []byte,
// and a time has an offset that RFC 3339 has. It changes copies only, and copies
// only what it changes. The fields passed Check.
func Plain[M ~map[string]any](fields M) M {
	same, _ := plainFields(fields)
	return same
}

// plain returns v, or false if it is Plain already.
func plain(v any) (any, bool) {
	switch v := v.(type) {
	case nil, bool, string, int, int32, int64, uint64, []byte, opencdc.RawData, stdjson.Number:
		return v, false
	case float64:
		return plainNumber(v, v)
	case float32:
		return plainNumber(v, float64(v))
	case map[string]any:
		return anyOf(plainFields(v))
	case opencdc.StructuredData:
		return anyOf(plainFields(v))
	case []any:
		return anyOf(plainItems(v))
	case *big.Rat:
		return decimalOf(v), true
	case time.Time:
		_, offset := v.Zone()
		return inWholeMinutes(v), offset%60 != 0
	default:
		return plainOther(v)
	}
}

func anyOf[T any](v T, changed bool) (any, bool) { return v, changed }

func plainNumber(v any, f float64) (any, bool) {
	if name := nameOf(f); name != "" {
		return name, true
	}
	return v, false
}

// plainOther is plain for a value of an unusual type. What a template may call, such
// as a method of a struct, remains.
func plainOther(v any) (any, bool) {
	if reflect.TypeOf(v).Kind() == reflect.Pointer {
		return v, false
	}
	same, ok := usual(v)
	if !ok {
		return v, false
	}
	same, _ = plain(same)
	return same, true
}

func plainFields[M ~map[string]any](fields M) (M, bool) {
	var copied M
	for name, v := range fields {
		same, changed := plain(v)
		if !changed {
			continue
		}
		if copied == nil {
			copied = maps.Clone(fields)
		}
		copied[name] = same
	}
	if copied == nil {
		return fields, false
	}
	return copied, true
}

func plainItems(items []any) ([]any, bool) {
	var copied []any
	for i, v := range items {
		same, changed := plain(v)
		if !changed {
			continue
		}
		if copied == nil {
			copied = slices.Clone(items)
		}
		copied[i] = same
	}
	if copied == nil {
		return items, false
	}
	return copied, true
}

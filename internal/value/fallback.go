// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/goccy/go-json"
)

// Fallback returns a value of an unusual type as one of the usual types, or otherwise
// as its JSON. Records that crossed a process boundary have only usual types, and
// those of a builtin source may have others.
func Fallback(v any) (any, error) {
	for {
		same, ok := usual(v)
		if !ok {
			return throughJSON(v)
		}
		if isUsual(same) {
			return same, nil
		}
		v = same // the value of a pointer
	}
}

// usual returns a value of an unusual type as one of the usual types: an array of
// bytes as bytes, other lists as []any, and maps as map[string]any. It returns what
// a pointer points to. It returns false for what has a type that only JSON can tell:
// types that write themselves, structs, and maps whose names are not strings.
func usual(v any) (any, bool) {
	switch v := v.(type) {
	case stdjson.Number: // a string with a meaning of its own
		return nil, false
	case big.Rat:
		return &v, true
	case *time.Time:
		if v == nil {
			return nil, true
		}
		return *v, true
	}
	value := reflect.ValueOf(v)
	if !value.IsValid() || writesItself(value.Type()) {
		return nil, false
	}
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return nil, true
		}
		return value.Elem().Interface(), true
	case reflect.String:
		return value.String(), true
	case reflect.Float64:
		return value.Float(), true
	case reflect.Float32:
		return float32(value.Float()), true
	case reflect.Slice, reflect.Array:
		return itemsOf(value), true
	case reflect.Map:
		return fieldsOf(value)
	default:
		return nil, false
	}
}

// itemsOf returns the value of a list or array as bytes or items, or nil if it is nil.
func itemsOf(value reflect.Value) any {
	if value.Kind() == reflect.Slice && value.IsNil() {
		return nil
	}
	if value.Type().Elem().Kind() == reflect.Uint8 {
		b := make([]byte, value.Len())
		reflect.Copy(reflect.ValueOf(b), value)
		return b
	}
	items := make([]any, value.Len())
	for i := range items {
		items[i] = value.Index(i).Interface()
	}
	return items
}

// fieldsOf returns the value of a map as fields, or nil if it is nil. It returns false
// if its names are not strings.
func fieldsOf(value reflect.Value) (any, bool) {
	names := value.Type().Key()
	switch {
	case names.Kind() != reflect.String || writesItself(names):
		return nil, false
	case value.IsNil():
		return nil, true
	}
	fields := make(map[string]any, value.Len())
	for entry := value.MapRange(); entry.Next(); {
		fields[entry.Key().String()] = entry.Value().Interface()
	}
	return fields, true
}

// isUsual reports whether v has one of the types that structured data usually has.
func isUsual(v any) bool {
	switch v.(type) {
	case nil, bool, string, float64, float32, map[string]any, opencdc.StructuredData, []any, []byte, opencdc.RawData,
		time.Time, time.Duration, *big.Rat, stdjson.Number:
		return true
	default:
		_, ok := IntegerOf(v)
		return ok
	}
}

// throughJSON returns what is read of the JSON of v.
func throughJSON(v any) (any, error) {
	text, err := marshalOther(v, false)
	if err != nil {
		return nil, err
	}
	var same any
	decoder := stdjson.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&same); err != nil {
		return nil, fmt.Errorf("has no JSON: %w", err)
	}
	return same, nil
}

// marshalOther returns a value of any type as JSON. html has the meaning of
// JSONWriter.HTML. If only the pointer to a struct writes its own JSON, that is
// used.
func marshalOther(v any, html bool) (text []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("has no JSON: %v", r)
		}
	}()
	if value := reflect.ValueOf(v); value.Kind() == reflect.Struct && writesItself(reflect.PointerTo(value.Type())) {
		pointer := reflect.New(value.Type())
		pointer.Elem().Set(value)
		v = pointer.Interface()
	}
	if html {
		text, err = json.Marshal(v)
	} else {
		text, err = json.MarshalWithOption(v, json.DisableHTMLEscape())
	}
	if err != nil {
		return nil, fmt.Errorf("has no JSON: %w", err)
	}
	return text, nil
}

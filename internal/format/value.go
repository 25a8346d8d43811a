// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"encoding"
	stdjson "encoding/json"
	"errors"
	"math"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
)

// maxDepth is how deep values may be nested: JSON readers go no deeper, and a
// value that holds itself has no end.
const maxDepth = 10_000

var (
	errText   = errors.New("a text that is no UTF-8 can't be kept unchanged; bytes belong in raw data")
	errNumber = errors.New("JSON has no number for NaN and infinity")
	errDepth  = errors.New("values are nested deeper than JSON readers go")
)

// checkValue returns an error if JSON can't keep a value of structured data
// unchanged and its encoder would not say so. depth is the value's own.
//
// The types that records are made of come first; any other is looked at by
// reflection.
func checkValue(v any, depth int) error {
	switch v := v.(type) {
	case nil, bool, int, int64, []byte, opencdc.RawData, time.Time:
		return nil
	case string:
		return checkText(v)
	case float64:
		return checkNumber(v)
	case map[string]any:
		return checkFields(v, depth)
	case opencdc.StructuredData:
		return checkFields(v, depth)
	case []any:
		if depth == maxDepth {
			return errDepth
		}
		for _, item := range v {
			if err := checkValue(item, depth+1); err != nil {
				return err
			}
		}
		return nil
	default:
		return checkReflected(reflect.ValueOf(v), depth)
	}
}

func checkFields(fields map[string]any, depth int) error {
	if depth == maxDepth {
		return errDepth
	}
	for name, value := range fields {
		if err := checkText(name); err != nil {
			return err
		}
		if err := checkValue(value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func checkText(s string) error {
	if !utf8.ValidString(s) {
		return errText
	}
	return nil
}

func checkNumber(f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return errNumber
	}
	return nil
}

// checkReflected is checkValue for a value of any type. Types that write their
// own JSON are left to themselves.
func checkReflected(v reflect.Value, depth int) error {
	switch {
	case depth == maxDepth:
		return errDepth
	case !v.IsValid():
		return nil
	case v.Type() == reflect.TypeFor[stdjson.RawMessage]():
		return checkText(string(v.Bytes()))
	case writesItself(v.Type()):
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		return checkText(v.String())
	case reflect.Float32, reflect.Float64:
		return checkNumber(v.Float())
	case reflect.Pointer, reflect.Interface:
		return checkReflected(v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		return checkItems(v, depth)
	case reflect.Map:
		return checkMap(v, depth)
	case reflect.Struct:
		return checkStruct(v, depth)
	default: // holds neither text nor a fraction
		return nil
	}
}

func checkItems(v reflect.Value, depth int) error {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return nil // bytes
	}
	for i := range v.Len() {
		if err := checkReflected(v.Index(i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func checkMap(v reflect.Value, depth int) error {
	for entry := v.MapRange(); entry.Next(); {
		if err := checkReflected(entry.Key(), depth+1); err != nil {
			return err
		}
		if err := checkReflected(entry.Value(), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func checkStruct(v reflect.Value, depth int) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() && !field.Anonymous || field.Tag.Get("json") == "-" {
			continue // not written
		}
		if err := checkReflected(v.Field(i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func writesItself(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[stdjson.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

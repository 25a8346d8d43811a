// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import (
	"encoding"
	stdjson "encoding/json"
	"errors"
	"math/big"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
)

// maxDepth is the limit of nested values. JSON readers have the same limit, and a
// value that contains itself has no end.
const maxDepth = 10_000

// secondsOfDay is more than any offset from UTC in RFC 3339.
const secondsOfDay = 24 * 60 * 60

var (
	errText   = errors.New("a string is not valid UTF-8 and can't be written unchanged; use raw data for bytes")
	errNumber = errors.New("JSON can't represent NaN and infinity")
	errDigits = errors.New("a json.Number is not a valid number")
	errTime   = errors.New("a time is outside of the range of RFC 3339")
	errDepth  = errors.New("values are nested deeper than JSON readers allow")
)

// walker looks for values that a format can't represent. It remembers the names of
// the fields, so they are checked once for similar records.
type walker struct {
	metadataNames      KeyOrder
	metadata           []string // the values
	key, before, after *KeyOrder
	values             []any // of the maps being checked, the innermost last
}

// checkValue returns an error if a value of structured data can't be written
// unchanged. depth is the depth of v, and at has the names that maps in its place
// have.
//
// The usual types of records come first. Other types are checked by reflection.
func (c *walker) checkValue(v any, at **KeyOrder, depth int) error {
	switch v := v.(type) {
	case nil, bool, int, int32, int64, uint64, float64, float32, []byte, opencdc.RawData, time.Duration, *big.Rat:
		return nil
	case string:
		return checkText(v)
	case map[string]any:
		return c.checkFields(v, at, depth)
	case opencdc.StructuredData:
		return c.checkFields(v, at, depth)
	case []any:
		return c.checkItems(v, at, depth)
	case time.Time:
		return checkTime(v)
	case stdjson.Number:
		return checkDigits(v)
	default:
		return c.checkOther(v, at, depth)
	}
}

func (c *walker) checkFields(fields map[string]any, at **KeyOrder, depth int) error {
	if depth == maxDepth {
		return errDepth
	}
	if *at == nil {
		*at = &KeyOrder{}
	}
	here, begin := *at, len(c.values)
	var isNew bool
	c.values, isNew = ValuesOf(nil, here, fields, c.values)
	err := c.entries(here, begin, isNew, depth)
	if err != nil {
		here.keys = nil // one of them may be invalid
	}
	clear(c.values[begin:])
	c.values = c.values[:begin]
	return err
}

// entries checks the values from index begin on, which belong to the names at, and
// the names if they are new.
func (c *walker) entries(at *KeyOrder, begin int, isNew bool, depth int) error {
	for i := range at.keys { // nested values may reallocate c.values
		if isNew {
			if err := checkText(at.keys[i].name); err != nil {
				return err
			}
		}
		if err := c.checkValue(c.values[begin+i], &at.keys[i].below, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *walker) checkItems(items []any, at **KeyOrder, depth int) error {
	if depth == maxDepth {
		return errDepth
	}
	for _, item := range items {
		if err := c.checkValue(item, at, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// checkOther checks a value of an unusual type, see usual. Otherwise it is written as
// its JSON.
func (c *walker) checkOther(v any, at **KeyOrder, depth int) error {
	if depth == maxDepth {
		return errDepth
	}
	if same, ok := usual(v); ok {
		return c.checkValue(same, at, depth+1)
	}
	if err := checkReflected(reflect.ValueOf(v), depth); err != nil {
		return err
	}
	text, err := marshalOther(v, false)
	if err == nil && !utf8.Valid(text) {
		return errText
	}
	return err
}

func checkTime(t time.Time) error {
	t = inWholeMinutes(t)
	_, offset := t.Zone()
	if year := t.Year(); year < 0 || year > 9999 || offset <= -secondsOfDay || offset >= secondsOfDay {
		return errTime
	}
	return nil
}

func checkDigits(n stdjson.Number) error {
	if n == "" { // zero, as in encoding/json
		return nil
	}
	isNumber := (n[0] == '-' || isDigit(n[0])) && isDigit(n[len(n)-1]) // JSON allows spaces around it
	if !isNumber || !stdjson.Valid([]byte(n)) {
		return errDigits
	}
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func checkText(s string) error {
	if !utf8.ValidString(s) {
		return errText
	}
	return nil
}

// checkNumber checks a number in a value that is written by a JSON library.
func checkNumber(f float64) error {
	if nameOf(f) != "" {
		return errNumber
	}
	return nil
}

// checkReflected is checkValue for a value of any type. Types that write their own
// JSON are not checked here.
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
	default: // has neither strings nor fractions
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

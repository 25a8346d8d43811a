// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"reflect"

	"github.com/goccy/go-json"
)

// Fallback returns a value of a type that records seldom hold as one that they are
// made of: bytes, or what it is in JSON. Records that crossed a process never
// hold such a value; those of a builtin source may.
func Fallback(v any) (any, error) {
	value := reflect.ValueOf(v)
	if value.Kind() == reflect.Array && value.Type().Elem().Kind() == reflect.Uint8 && !writesItself(value.Type()) {
		b := make([]byte, value.Len())
		reflect.Copy(reflect.ValueOf(b), value)
		return b, nil
	}
	text, err := marshalOther(v, false)
	if err != nil {
		return nil, err
	}
	var same any
	decoder := stdjson.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&same); err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	return same, nil
}

// marshalOther returns a value of any type as JSON. html escapes as jsonWriter
// does. A struct that has no text, but whose pointer has one, is that text.
func marshalOther(v any, html bool) (text []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("no JSON: %v", r)
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
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	return text, nil
}

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

// Fallback returns a value of an unusual type as one of the usual types: an array
// of bytes as bytes, any other value as its JSON. Records that crossed a process
// boundary have only usual types, and those of a builtin source may have others.
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

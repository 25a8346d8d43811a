// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escapeName is the name of escape in templates. No other function has it.
const escapeName = "escapeFolder"

// emptyFolder is the folder of an empty or null value in Hive, Spark and everything
// that reads their folders.
const emptyFolder = "__HIVE_DEFAULT_PARTITION__"

// hiveEscapes are the characters that Hive and Spark escape in the names of
// folders, beside control characters.
const hiveEscapes = "\"#%'*/:=?\\{[]^"

// escape returns a value as a part of a folder name, as Hive and Spark do: the bytes
// of special characters become %XX, and an empty or null value has a special name.
// The result has no slash and is never "." or "..", so it stays in its folder.
// Decoding the %XX restores the value.
func escape(value any) string {
	text := textOf(value)
	if text == "" {
		return emptyFolder
	}
	dots := strings.Trim(text, ".") == "" // next to another value, they could become ".."
	if !dots && !strings.ContainsFunc(text, special) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if broken := r == utf8.RuneError && size == 1; dots || broken || special(r) && r != utf8.RuneError {
			for _, b := range []byte(text[i : i+size]) {
				fmt.Fprintf(&out, "%%%02X", b)
			}
		} else {
			out.WriteString(text[i : i+size])
		}
		i += size
	}
	return out.String()
}

// special reports whether a character is escaped, or may be: utf8.RuneError can be
// itself or invalid UTF-8. Outside of ASCII, only characters that no key may have
// are escaped, because Hive and Spark decode each %XX to one character.
func special(r rune) bool {
	switch r {
	case utf8.RuneError, 0xFFFE, 0xFFFF:
		return true
	default:
		return r < ' ' || r == 0x7F || r < utf8.RuneSelf && strings.ContainsRune(hiveEscapes, r)
	}
}

// textOf returns a value as a string. Numbers have no exponent. A pointer is followed
// unless it has its own String method.
func textOf(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(v), 'f', -1, 32)
	}
	if pointer := reflect.ValueOf(value); pointer.Kind() == reflect.Pointer {
		if pointer.IsNil() {
			return ""
		}
		if _, ok := value.(fmt.Stringer); !ok {
			return textOf(pointer.Elem().Interface())
		}
	}
	return fmt.Sprint(value)
}

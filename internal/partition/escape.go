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

// escapeName is what escape is called inside of templates; nobody else's
// function has it.
const escapeName = "escapeFolder"

// emptyFolder is what Hive, Spark and all that read their folders take for a
// value that is empty or null.
const emptyFolder = "__HIVE_DEFAULT_PARTITION__"

// hiveEscapes are the characters that Hive and Spark escape in the names of
// folders, beside control characters.
const hiveEscapes = "\"#%'*/:=?\\{[]^"

// escape turns a value into a part of a folder's name, as Hive and Spark do: the
// bytes of special characters become %XX, and what is empty or null has a name
// of its own. No slash is left in it, nor is it "." or "..", so that it never
// leads elsewhere. Undoing the %XX gives the value's text again.
func escape(value any) string {
	text := textOf(value)
	if text == "" {
		return emptyFolder
	}
	dots := strings.Trim(text, ".") == "" // next to another value's, they could become ".."
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

// special says whether a character is escaped, or may be: utf8.RuneError stands
// for itself and for what is no UTF-8. Beyond ASCII, only what no key may hold
// is: Hive and Spark make a character of each %XX, and would read others.
func special(r rune) bool {
	switch r {
	case utf8.RuneError, 0xFFFE, 0xFFFF:
		return true
	default:
		return r < ' ' || r == 0x7F || r < utf8.RuneSelf && strings.ContainsRune(hiveEscapes, r)
	}
}

// textOf returns a value as text. Numbers have no exponent, as in JSON, and what
// a pointer points to counts, save where the pointer has a text of its own.
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

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escapeName is what escape is called inside of templates; nobody else's
// function has it.
const escapeName = "escapeFolder"

// emptyFolder is what Hive, Spark and all that read their folders take for a
// value that is empty or null.
const emptyFolder = "__HIVE_DEFAULT_PARTITION__"

// hiveEscapes are the characters that Hive and Spark escape in the names of
// folders, beside those that can't be printed.
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
		if dots || special(r) {
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

// special says whether a character is escaped. One that is no UTF-8 is, and with
// it the character that stands for such ones.
func special(r rune) bool {
	return r == utf8.RuneError || !unicode.IsPrint(r) || strings.ContainsRune(hiveEscapes, r)
}

func textOf(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	default:
		return fmt.Sprint(v)
	}
}

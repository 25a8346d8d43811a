// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package value

import (
	"bytes"
	"cmp"
	"encoding/base64"
	stdjson "encoding/json"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
)

// JSONWriter appends values as JSON: fields sorted by name, bytes in base64, times
// in RFC 3339, numbers without loss. The output is that of OpenCDC's JSON library
// for Plain values. It takes a fraction of the time, because the few usual types of
// records come first. Other types are left to that library.
//
// It is not safe for concurrent use.
type JSONWriter struct {
	HTML   bool  // whether <, > and & are escaped, as in OpenCDC's JSON
	values []any // of the maps being written, the innermost last
}

// AppendValue appends v. at has the names that maps in the place of v have, and may
// point to nil.
func (w *JSONWriter) AppendValue(dst []byte, v any, at **KeyOrder) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return w.AppendString(dst, v), nil
	case float64:
		return w.float(dst, v, 64), nil
	case float32:
		return w.float(dst, float64(v), 32), nil
	case map[string]any:
		return w.fields(dst, v, at)
	case opencdc.StructuredData:
		return w.fields(dst, v, at)
	case []any:
		return w.items(dst, v, at)
	case []byte:
		return w.AppendBytes(dst, v), nil
	case opencdc.RawData:
		return w.AppendBytes(dst, v), nil
	case time.Time:
		return append(inWholeMinutes(v).AppendFormat(append(dst, '"'), time.RFC3339Nano), '"'), nil
	case time.Duration:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case *big.Rat:
		return w.decimal(dst, v), nil
	default:
		return w.other(dst, v, at)
	}
}

// decimal appends a number, see decimalOf.
func (w *JSONWriter) decimal(dst []byte, r *big.Rat) []byte {
	switch v := decimalOf(r).(type) {
	case stdjson.Number:
		return append(dst, v...)
	case string:
		return w.AppendString(dst, v)
	default:
		return append(dst, "null"...)
	}
}

func (w *JSONWriter) other(dst []byte, v any, at **KeyOrder) ([]byte, error) {
	if n, ok := IntegerOf(v); ok {
		return strconv.AppendInt(dst, n, 10), nil
	}
	if n, ok := v.(stdjson.Number); ok && n == "" {
		return append(dst, '0'), nil // as in encoding/json
	}
	if same, ok := usual(v); ok {
		return w.AppendValue(dst, same, at)
	}
	other, err := marshalOther(v, w.HTML)
	return append(dst, other...), err
}

func (w *JSONWriter) fields(dst []byte, fields map[string]any, at **KeyOrder) ([]byte, error) {
	if fields == nil {
		return append(dst, "null"...), nil
	}
	if *at == nil {
		*at = &KeyOrder{}
	}
	here, begin := *at, len(w.values)
	w.values, _ = ValuesOf(w, here, fields, w.values)
	dst, err := w.entries(append(dst, '{'), here, begin)
	clear(w.values[begin:])
	w.values = w.values[:begin]
	return append(dst, '}'), err
}

// entries appends the values from index begin on, which belong to the names at, each
// with its name.
func (w *JSONWriter) entries(dst []byte, at *KeyOrder, begin int) ([]byte, error) {
	var err error
	for i := range at.keys { // nested values may reallocate w.values
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, at.Written(i)...)
		if dst, err = w.AppendValue(dst, w.values[begin+i], &at.keys[i].below); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// compare orders names as OpenCDC's JSON library does: as they are written, which
// is escaped and with a quote at the end.
func (w *JSONWriter) compare(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i == len(a) && i == len(b) {
		return 0
	}
	inA, inB := byte('"'), byte('"')
	if i < len(a) {
		inA = a[i]
	}
	if i < len(b) {
		inB = b[i]
	}
	if (i == len(a) || w.isLiteral(inA)) && (i == len(b) || w.isLiteral(inB)) {
		return cmp.Compare(inA, inB)
	}
	return bytes.Compare(w.AppendString(nil, a), w.AppendString(nil, b))
}

// isLiteral reports whether a byte is written unescaped.
func (w *JSONWriter) isLiteral(c byte) bool {
	return c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' && (!w.HTML || c != '<' && c != '>' && c != '&')
}

func (w *JSONWriter) items(dst []byte, items []any, at **KeyOrder) ([]byte, error) {
	if items == nil {
		return append(dst, "null"...), nil
	}
	dst = append(dst, '[')
	var err error
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = w.AppendValue(dst, item, at); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

// AppendBytes appends b in base64, or null if it is nil.
func (w *JSONWriter) AppendBytes(dst, b []byte) []byte {
	if b == nil {
		return append(dst, "null"...)
	}
	return append(base64.StdEncoding.AppendEncode(append(dst, '"'), b), '"')
}

// float appends a number, with an exponent if it is very large or very small, as
// OpenCDC's JSON library does.
func (w *JSONWriter) float(dst []byte, f float64, bits int) []byte {
	if name := nameOf(f); name != "" {
		return w.AppendString(dst, name)
	}
	size := math.Abs(f)
	if size != 0 && (bits == 64 && (size < 1e-6 || size >= 1e21) || bits == 32 && (float32(size) < 1e-6 || float32(size) >= 1e21)) {
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, bits)
}

const hexDigits = "0123456789abcdef"

// AppendString appends s, which must be valid UTF-8.
func (w *JSONWriter) AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	begin := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			if c == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2]&^1 == 0xa8 { // U+2028 and U+2029, which end a line in JavaScript
				dst = append(append(dst, s[begin:i]...), `\u202`...)
				dst = append(dst, hexDigits[s[i+2]&0xf])
				i += 2
				begin = i + 1
			}
			continue
		}
		if w.isLiteral(c) {
			continue
		}
		dst = append(dst, s[begin:i]...)
		dst = escape(dst, c)
		begin = i + 1
	}
	return append(append(dst, s[begin:]...), '"')
}

func escape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	default:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
)

// hasher writes values so that no two sequences of them are the same bytes,
// and equal ones always are. It walks over values itself: to turn them into text
// first takes longer than to hash them.
type hasher struct {
	sum   hash.Hash
	small []byte   // what has not been given to sum yet
	names []string // of the fields of the maps that are being written, innermost last
}

// enough is how many bytes are given to the hash at a time.
const enough = 4 << 10

func (h *hasher) flush() {
	_, _ = h.sum.Write(h.small) // a hash takes everything
	h.small = h.small[:0]
}

// What kind of value follows. Values of different kinds are never equal, save
// numbers: a whole one is the same in each of Go's types, since the schema or
// the JSON that it came from may be read into another one by another version.
const (
	kindNothing  = '0'
	kindRaw      = 'r'
	kindFields   = 's'
	kindText     = 't'
	kindNumber   = 'N'
	kindBytes    = 'b'
	kindTrue     = 'y'
	kindFalse    = 'n'
	kindWhole    = 'i'
	kindUnsigned = 'u' // too large for kindWhole
	kindFloat    = 'f'
	kindTime     = 'T'
	kindList     = 'l'
	kindOther    = 'o'
)

func (h *hasher) kind(k byte) { h.small = append(h.small, k) }

func (h *hasher) data(d opencdc.Data) {
	switch d := d.(type) {
	case opencdc.RawData:
		h.kind(kindRaw)
		h.bytes(d)
	case opencdc.StructuredData:
		h.fields(d)
	default:
		h.kind(kindNothing)
	}
}

func (h *hasher) fields(m map[string]any) {
	h.kind(kindFields)
	begin := len(h.names)
	for name := range m {
		h.names = append(h.names, name)
	}
	end := len(h.names)
	slices.Sort(h.names[begin:])
	h.number(end - begin)
	for i := begin; i < end; i++ {
		h.text(h.names[i])
		h.value(m[h.names[i]])
	}
	h.names = h.names[:begin]
}

// value writes what a field holds. The types in front are those that JSON and
// the SDK's schemas make.
func (h *hasher) value(v any) {
	switch v := v.(type) {
	case nil:
		h.kind(kindNothing)
	case string:
		h.kind(kindText)
		h.text(v)
	case bool:
		h.boolean(v)
	case int:
		h.whole(int64(v))
	case int64:
		h.whole(v)
	case int32:
		h.whole(int64(v))
	case float64:
		h.float(v)
	case float32:
		h.float(float64(v))
	case json.Number:
		h.kind(kindNumber)
		h.text(string(v))
	case []byte:
		h.kind(kindBytes)
		h.bytes(v)
	case time.Time:
		h.time(v)
	case map[string]any:
		h.fields(v)
	case opencdc.StructuredData:
		h.fields(v)
	case []any:
		h.kind(kindList)
		h.number(len(v))
		for _, item := range v {
			h.value(item)
		}
	default:
		h.reflected(v)
	}
}

func (h *hasher) boolean(v bool) {
	if v {
		h.kind(kindTrue)
	} else {
		h.kind(kindFalse)
	}
}

func (h *hasher) whole(v int64) {
	h.kind(kindWhole)
	h.bits(uint64(v)) //nolint:gosec // two numbers never become one
}

func (h *hasher) float(v float64) {
	h.kind(kindFloat)
	h.bits(math.Float64bits(v))
}

// time writes an instant. Its zone counts: JSON shows it.
func (h *hasher) time(t time.Time) {
	_, offset := t.Zone()
	h.kind(kindTime)
	h.bits(uint64(t.Unix())) //nolint:gosec // two numbers never become one
	h.number(t.Nanosecond())
	h.number(offset)
}

// reflected writes what has another type than JSON and schemas make, by what it
// is made of.
func (h *hasher) reflected(v any) {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer:
		h.pointed(r)
	case reflect.String:
		h.value(r.String())
	case reflect.Bool:
		h.boolean(r.Bool())
	case reflect.Int8, reflect.Int16, reflect.Int, reflect.Int32, reflect.Int64:
		h.whole(r.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		h.unsigned(r.Uint())
	case reflect.Slice, reflect.Array:
		h.list(r)
	case reflect.Struct:
		pointer := reflect.New(r.Type()) // which may have a text where the struct has none
		pointer.Elem().Set(r)
		h.other(pointer.Interface())
	default:
		h.other(v)
	}
}

func (h *hasher) pointed(r reflect.Value) {
	switch {
	case r.IsNil():
		h.kind(kindNothing)
	case r.Elem().Kind() == reflect.Struct:
		h.other(r.Interface())
	default:
		h.value(r.Elem().Interface())
	}
}

func (h *hasher) unsigned(v uint64) {
	if v <= math.MaxInt64 {
		h.whole(int64(v))
		return
	}
	h.kind(kindUnsigned)
	h.bits(v)
}

func (h *hasher) list(r reflect.Value) {
	if r.Type().Elem() == reflect.TypeFor[byte]() { // such as a UUID
		b := make([]byte, r.Len())
		reflect.Copy(reflect.ValueOf(b), r)
		h.value(b)
		return
	}
	h.kind(kindList)
	h.number(r.Len())
	for i := range r.Len() {
		h.value(r.Index(i).Interface())
	}
}

// other writes what has a text of its own, such as decimals, as that text, and
// anything else in Go's syntax. Both sort maps.
func (h *hasher) other(v any) {
	h.kind(kindOther)
	text, err := json.Marshal(v)
	if err != nil {
		text = fmt.Appendf(nil, "%#v", v)
	}
	h.bytes(text)
}

func (h *hasher) bytes(b []byte) {
	h.number(len(b)) // keeps "a", "b" and "ab", "" apart
	if len(h.small)+len(b) > enough {
		h.flush()
	}
	if len(b) > enough {
		_, _ = h.sum.Write(b)
		return
	}
	h.small = append(h.small, b...)
}

func (h *hasher) text(s string) {
	h.number(len(s))
	if len(h.small)+len(s) > enough {
		h.flush()
	}
	h.small = append(h.small, s...)
}

func (h *hasher) number(n int) { h.small = binary.AppendVarint(h.small, int64(n)) }

func (h *hasher) bits(n uint64) { h.small = binary.BigEndian.AppendUint64(h.small, n) }

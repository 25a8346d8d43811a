// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// Whatever the bytes of a record, both formats give them back unchanged, or
// refuse the record and say why.
func FuzzEncode_RoundTrip(f *testing.F) {
	f.Add([]byte("position"), []byte("key"), []byte(nil), []byte("after"), "name", "value", uint8(1))
	f.Add([]byte(notUTF8), []byte{}, []byte(notUTF8), []byte("\n"), "", "one\ntwo", uint8(2))
	f.Add([]byte{}, []byte("k"), []byte("gone"), []byte{}, "\xff", "\u2028", uint8(3))
	f.Fuzz(func(t *testing.T, position, key, before, after []byte, name, value string, operation uint8) {
		rec := opencdc.Record{
			Position:  position,
			Operation: opencdc.Operation(operation),
			Metadata:  opencdc.Metadata{name: value},
			Key:       opencdc.RawData(key),
			Payload:   opencdc.Change{Before: opencdc.RawData(before), After: opencdc.RawData(after)},
		}
		fine := utf8.ValidString(name) && utf8.ValidString(value) && operation >= 1 && operation <= 4
		for _, kind := range []string{format.JSON, format.Parquet} {
			var out bytes.Buffer
			n, err := encode(newEncoder(t, kind), &out, []opencdc.Record{rec, rec})
			if !fine {
				assert.Check(t, cmp.Equal(n, 0))
				assert.Check(t, err != nil)
				continue
			}
			assert.NilError(t, err)
			assert.Check(t, cmp.Equal(n, 2))
			if kind == format.Parquet {
				_, rows := readRows(t, out.Bytes())
				want := rec
				for _, data := range []*opencdc.Data{&want.Key, &want.Payload.Before, &want.Payload.After} {
					if (*data).Bytes() == nil {
						*data = nil
					}
				}
				assert.Check(t, cmp.DeepEqual(rows, rowsOf([]opencdc.Record{want, want})))
				continue
			}
			lines := bytes.Split(out.Bytes(), []byte("\n"))
			assert.Assert(t, cmp.Len(lines, 3))
			var got struct {
				Position, Key []byte
				Metadata      map[string]string
				Payload       struct{ Before, After []byte }
			}
			assert.NilError(t, json.Unmarshal(lines[1], &got))
			assert.Check(t, bytes.Equal(got.Position, position))
			assert.Check(t, bytes.Equal(got.Key, key))
			assert.Check(t, bytes.Equal(got.Payload.Before, before))
			assert.Check(t, bytes.Equal(got.Payload.After, after))
			assert.Check(t, cmp.DeepEqual(got.Metadata, map[string]string{name: value}))
		}
	})
}

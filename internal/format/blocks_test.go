// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
	"pgregory.net/rapid"
)

// Blocks of lines are made at the same time and written in their order, also
// those that are written in several pieces.
func TestJSON_LinesKeepTheirOrder(t *testing.T) {
	recs := batch(2000)
	for i := range recs {
		if i%97 == 0 {
			recs[i].Payload.After = opencdc.RawData(strings.Repeat("x", 100_000))
		}
	}
	var out bytes.Buffer
	assert.NilError(t, newEncoder(t, format.JSON).Encode(&out, recs, nil))
	i := 0
	for line := range strings.Lines(out.String()) {
		var rec opencdc.Record
		assert.NilError(t, rec.UnmarshalJSON([]byte(line)))
		assert.Assert(t, cmp.Equal(string(rec.Position), fmt.Sprint(i)))
		i++
	}
	assert.Check(t, cmp.Equal(i, len(recs)))
}

// failingAfter fails once it was given so many bytes.
type failingAfter struct {
	left  int
	calls int // after the failure
}

func (w *failingAfter) Write(p []byte) (int, error) {
	if w.left < 0 {
		w.calls++
	}
	if w.left -= len(p); w.left < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestJSON_NothingIsWrittenAfterAFailure(t *testing.T) {
	recs := batch(2000)
	for _, left := range []int{0, 1, 10_000, 200_000} {
		w := &failingAfter{left: left}
		assert.Check(t, cmp.ErrorContains(newEncoder(t, format.JSON).Encode(w, recs, nil), "disk full"))
		assert.Check(t, cmp.Equal(w.calls, 0), "after %d bytes", left)
	}
}

// The error names the refused record, at any index.
func TestJSON_RefusedWhileItIsWritten(t *testing.T) {
	for _, at := range []int{0, 63, 64, 500} {
		recs := batch(501)
		recs[at].Payload.After = opencdc.StructuredData{"x": complex(1, 2)}
		var out bytes.Buffer
		err := newEncoder(t, format.JSON).Encode(&out, recs, nil)
		var refused *value.RecordError
		ok := errors.As(err, &refused)
		assert.Assert(t, ok, "%v", err)
		assert.Check(t, cmp.Equal(string(refused.Position), fmt.Sprint(at)))
	}
}

// What records have in the same place may have other names each time.
func TestJSON_NamesOfRecordsDiffer(t *testing.T) {
	encoder := newEncoder(t, format.JSON)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"a", "b", "c", "<", "a\n", "é"})
		value := rapid.Deferred(func() *rapid.Generator[any] { return anyNested(name, 3) })
		recs := batch(rapid.IntRange(1, 8).Draw(t, "records"))
		for i := range recs {
			recs[i].Payload.After = opencdc.StructuredData(rapid.MapOf(name, value).Draw(t, "fields"))
			recs[i].Metadata = rapid.MapOf(name, rapid.String()).Draw(t, "metadata")
		}
		var all bytes.Buffer
		assert.NilError(t, encoder.Encode(&all, recs, nil))
		var each []byte
		for _, rec := range recs {
			each = append(append(each, rec.Bytes()...), '\n')
		}
		assert.Assert(t, cmp.Equal(all.String(), string(each)))
	})
}

// anyNested draws a number, or maps and lists of such.
func anyNested(name *rapid.Generator[string], depth int) *rapid.Generator[any] {
	if depth == 0 {
		return rapid.Int().AsAny()
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return anyNested(name, depth-1) })
	return rapid.OneOf(rapid.Int().AsAny(), rapid.MapOf(name, inner).AsAny(), rapid.SliceOfN(inner, 0, 3).AsAny())
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/crash"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
)

// panicWriter is what a compressor is that has met its match.
type panicWriter struct{}

func (panicWriter) Write([]byte) (int, error) { panic("writer") }

// The goroutines whose blocks follow do not wait for one that panicked.
func TestEncode_PanicInAGoroutine(t *testing.T) {
	recs := make([]opencdc.Record, 1000)
	for i := range recs {
		recs[i].Operation = opencdc.OperationCreate
	}
	e, err := format.New(format.Options{Format: format.JSON})
	assert.NilError(t, err)
	assert.ErrorIs(t, e.Encode(panicWriter{}, recs, nil), crash.ErrPanic)
}

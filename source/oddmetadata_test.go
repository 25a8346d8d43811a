// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"context"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// Values that had no need to be encoded are unchanged, and times beyond the range of
// nanoseconds are left out.
func TestRecord_OddMetadataAndTime(t *testing.T) {
	server, _ := newServerWithClock()
	old := time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)
	server.Put(bucketName, "a", []byte("1"), s3test.At(old), s3test.Metadata(map[string]string{"ascii": "=?UTF-8?Q?abc?=", "bad": "=?UTF-8?Q?", "ws": "a  b"}))
	r := run(t, server)
	ctx, cancel := context.WithTimeout(t.Context(), readTimeout)
	defer cancel()
	records, err := r.source.ReadN(ctx, 1)
	assert.NilError(t, err)
	m := records[0].Metadata
	assert.Check(t, is.Equal(m["s3.metadata.ascii"], "=?UTF-8?Q?abc?="))
	assert.Check(t, is.Equal(m["s3.metadata.bad"], "=?UTF-8?Q?"))
	assert.Check(t, is.Equal(m["s3.metadata.ws"], "a  b"))
	_, err = m.GetCreatedAt()
	assert.Check(t, is.ErrorIs(err, opencdc.ErrMetadataFieldNotFound))
	assert.Check(t, is.Equal(m["s3.lastModified"], "1600-01-01T00:00:00Z"))
}

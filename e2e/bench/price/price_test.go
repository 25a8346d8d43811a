// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package price_test

import (
	"math"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/price"
	"gotest.tools/v3/assert"
)

func TestMonth_OfOneListASecond(t *testing.T) {
	got := price.Month(60*price.Of("ListObjectVersions"), time.Minute)
	const want = 730 * 3600 * 0.005 / 1000
	assert.Check(t, math.Abs(got-want) < 1e-9, "got %v, want %v", got, want)
}

func TestOf_Operations(t *testing.T) {
	assert.Equal(t, price.Of("GetObject"), price.Get)
	assert.Equal(t, price.Of("PutObject"), price.Put)
	assert.Equal(t, price.Of("DeleteObject"), 0.0)
	assert.Equal(t, price.Of("ListMultipartUploads"), price.List)
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/iterator"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// entries returns the metadata of a record whose names begin with prefix.
func entries(t *testing.T, o bucket.Object, prefix string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, value := range newRecord("orders", iterator.Change{Operation: iterator.Create, Object: o}).Metadata {
		if strings.HasPrefix(name, prefix) {
			found[name] = value
		}
	}
	return found
}

func TestRecord_HasEachHeaderThatTheObjectHas(t *testing.T) {
	assert.Check(t, is.DeepEqual(entries(t, bucket.Object{
		ContentType: "text/csv", ContentEncoding: "gzip", ContentDisposition: `attachment; filename="a.csv"`,
		ContentLanguage: "de", CacheControl: "no-cache", Expires: "0",
	}, "s3.header."), map[string]string{
		"s3.header.contentType":        "text/csv",
		"s3.header.contentEncoding":    "gzip",
		"s3.header.contentDisposition": `attachment; filename="a.csv"`,
		"s3.header.contentLanguage":    "de",
		"s3.header.cacheControl":       "no-cache",
		"s3.header.expires":            "0",
	}))
	assert.Check(t, is.Len(entries(t, bucket.Object{}, "s3.header."), 0))
}

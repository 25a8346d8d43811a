// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// The example of https://github.com/ulid/spec.
func TestTimeOfULID(t *testing.T) {
	assert.Check(t, is.DeepEqual(timeOfULID("01ARYZ6S41TSV4RRFFQ69G5FAV"), time.UnixMilli(1469918176385).UTC()))
}

func TestRetime_TakesTheTimeOfULIDsOnly(t *testing.T) {
	const ulid = "01ARYZ6S41TSV4RRFFQ69G5FAV"
	listed, made := time.Unix(1e9, 0), time.UnixMilli(1469918176385).UTC()
	for _, test := range []struct {
		ids  []string
		want time.Time // of the first
	}{
		{[]string{ulid}, made},
		{[]string{ulid, bucket.NullVersion}, made},
		{[]string{bucket.NullVersion, ulid}, listed},
		{[]string{bucket.NullVersion}, listed},
		{[]string{ulid, "3sL4kqtJlcpXroDTDmpUMLUo"}, listed},
		{[]string{"7ZZZZZZZZZTSV4RRFFQ69G5FAV"}, listed}, // of the year 10889
		{[]string{"01aryz6s41tsv4rrffq69g5fav"}, listed},
	} {
		var versions []bucket.Version
		for _, id := range test.ids {
			versions = append(versions, bucket.Version{VersionID: id, LastModified: listed})
		}
		versions = retime(versions)
		assert.Check(t, versions[0].LastModified.Equal(test.want), test.ids)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination_test

import (
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-connector-s3/destination"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func TestConfigure_OneErrorForAnEmptyParameter(t *testing.T) {
	for _, name := range []string{
		destination.ConfigAwsAccessKeyId, destination.ConfigAwsSecretAccessKey,
		destination.ConfigAwsRegion, destination.ConfigAwsBucket, destination.ConfigFormat,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := configure(t.Context(), t, newServer(), config.Config{name: ""})
			assert.ErrorContains(t, err, name)
			assert.ErrorContains(t, err, "required")
			assert.Check(t, is.Equal(strings.Count(err.Error(), name), 1), "%v", err)
		})
	}
}

func TestConfigure_BucketNameThatS3CantHave(t *testing.T) {
	server := newServer()
	_, err := configure(t.Context(), t, server, config.Config{destination.ConfigAwsBucket: "ab"})
	assert.ErrorContains(t, err, `aws.bucket: "ab" is too short: a bucket's name has at least 3 characters`)
	assert.Check(t, is.Len(server.Requests(), 0), "S3 need not be asked")
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

type Config struct {
	sdk.DefaultSourceMiddleware `defaults:"sdk.batch.size=7" examples:"sdk.batch.delay=5s"`
	bucket.Config

	// The time between
	// two | scans.
	Period time.Duration `json:"period" default:"1s" example:"30s"`
	// What is read, separated by commas.
	Include []string `json:"include" example:"a/**,*.{csv,tsv}"`
}

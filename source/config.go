// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// Config holds the source's parameters.
type Config struct {
	sdk.DefaultSourceMiddleware `defaults:"sdk.schema.extract.payload.enabled=false,sdk.schema.extract.key.enabled=false"`
	bucket.Config

	// Only objects whose keys begin with this prefix are read.
	Prefix string `json:"prefix"`
	// The time between the starts of two scans for changes, longer than 0.
	PollingPeriod time.Duration `json:"pollingPeriod" default:"1s"`
}

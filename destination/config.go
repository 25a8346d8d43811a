// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// Config holds the destination's parameters.
type Config struct {
	sdk.DefaultDestinationMiddleware `defaults:"sdk.batch.size=1000,sdk.batch.delay=1s"`
	bucket.Config

	// What stands literally in front of each object's name: "logs/" writes into
	// a folder, "conduit-" gives "conduit-….json".
	Prefix string `json:"prefix"`
	// The format of the objects that are written: "json" (one record a line) or
	// "parquet".
	Format string `json:"format" validate:"required,inclusion=json|parquet"`
}

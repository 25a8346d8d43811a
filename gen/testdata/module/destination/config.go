// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

type Config struct {
	sdk.DefaultDestinationMiddleware `defaults:"sdk.batch.size=1000,sdk.batch.delay=1s"`
	bucket.Config

	// The format of the objects.
	Format string `json:"format" validate:"required,inclusion=json|parquet" example:"parquet"`
}

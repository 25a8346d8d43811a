// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import sdk "github.com/conduitio/conduit-connector-sdk"

// Source reads a bucket.
type Source struct {
	sdk.UnimplementedSource
	config Config
}

// New returns a source that is yet to be configured.
func New() sdk.Source { return sdk.SourceWithMiddleware(&Source{}) }

// Config returns the configuration that the SDK fills.
func (s *Source) Config() sdk.SourceConfig { return &s.config }

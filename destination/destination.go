// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import sdk "github.com/conduitio/conduit-connector-sdk"

// Destination writes records as objects.
type Destination struct {
	sdk.UnimplementedDestination
	config Config
}

// New returns a destination that is yet to be configured.
func New() sdk.Destination { return sdk.DestinationWithMiddleware(&Destination{}) }

// Config returns the configuration that the SDK fills.
func (d *Destination) Config() sdk.DestinationConfig { return &d.config }

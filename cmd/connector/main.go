// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Command connector is the standalone plugin: Conduit starts it and talks to
// it over gRPC.
package main

import (
	s3 "github.com/conduitio/conduit-connector-s3"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

func main() {
	sdk.Serve(s3.Connector)
}

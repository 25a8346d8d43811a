// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Command connector is the standalone plugin: Conduit starts it and talks to
// it over gRPC. It owns how the connector is served; what the connector does is
// the same as built in, except that its destination collects batches itself.
package main

import (
	"fmt"
	"os"

	"github.com/conduitio/conduit-connector-protocol/pconnutils"
	s3 "github.com/conduitio/conduit-connector-s3"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

func main() {
	if len(os.Args) > 1 || os.Getenv(pconnutils.EnvConduitConnectorToken) == "" {
		sdk.Serve(s3.Connector) // prints the specification, or that only Conduit can start this
		return
	}
	if err := serve(s3.Connector); err != nil {
		fmt.Fprintln(os.Stderr, "error running plugin:", err)
		os.Exit(1)
	}
}

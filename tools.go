// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

//go:build tools

// The generators that gen calls, kept in go.mod.
package s3

import (
	_ "github.com/conduitio/conduit-commons/paramgen/paramgen"
	_ "github.com/conduitio/conduit-connector-sdk/conn-sdk-cli/readmegen"
	_ "github.com/conduitio/conduit-connector-sdk/conn-sdk-cli/specgen"
)

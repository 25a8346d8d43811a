// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

//go:build tools

package s3

// The generators that gen calls as libraries.
import (
	_ "github.com/conduitio/conduit-commons/paramgen/paramgen"
	_ "github.com/conduitio/conduit-connector-sdk/conn-sdk-cli/readmegen"
	_ "github.com/conduitio/conduit-connector-sdk/conn-sdk-cli/specgen"
)

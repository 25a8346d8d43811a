// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package s3 is the S3 connector for Conduit: a source that reads a bucket's
// objects and their changes, and a destination that writes records as JSON or
// Parquet objects.
package s3

import (
	_ "embed"

	"github.com/conduitio/conduit-connector-s3/destination"
	"github.com/conduitio/conduit-connector-s3/source"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

//go:generate go run ./gen

//go:embed connector.yaml
var specs string

// version is set by the linker of a release (-X). If it is empty, the version
// in connector.yaml is used.
var version string

// Connector is what Conduit registers as the builtin plugin "s3" and what
// cmd/connector serves as a standalone plugin.
var Connector = sdk.Connector{
	NewSpecification: Specification,
	NewSource:        source.NewSource,
	NewDestination:   destination.NewDestination,
}

// Specification describes the connector: its name, its version and every
// parameter, as connector.yaml has them.
func Specification() sdk.Specification {
	return sdk.YAMLSpecification(specs, version)()
}

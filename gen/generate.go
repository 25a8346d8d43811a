// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/conduitio/conduit-commons/paramgen/paramgen"
)

// structName is the name of the struct that holds a side's parameters.
const structName = "Config"

// generate makes every generated file of the module in root, in memory. All
// problems are reported at once.
func generate(ctx context.Context, root string) ([]file, error) {
	source, destination, err := readSides(root)
	if err != nil {
		return nil, err
	}
	connector, spec, err := makeSpecification(ctx, root, source, destination)
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", specPath, err)
	}
	data := makeTables(spec, source, destination)
	readme, readmeErr := makeReadme(root, data)
	reference, referenceErr := makeReference(data)
	sourceSchema, sourceErr := schemaOf(source)
	destinationSchema, destinationErr := schemaOf(destination)
	return []file{
		goFile(source),
		goFile(destination),
		{specPath, connector},
		{readmePath, readme},
		{referencePath, reference},
		sourceSchema,
		destinationSchema,
	}, errors.Join(readmeErr, referenceErr, sourceErr, destinationErr)
}

// goFile is the Go code of a side: a constant for each parameter's name, and
// the method Parameters of the Config struct.
func goFile(s side) file {
	code := paramgen.GenerateCode(s.params, s.pkg, structName)
	return file{path.Join(s.dir, "params_gen.go"), []byte(code)}
}

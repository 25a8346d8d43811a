// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"text/template"
)

const referencePath = "docs/parameters.md"

//go:embed docs/parameters.md.tmpl
var referenceTemplate string

// makeReference returns docs/parameters.md, which describes each parameter in
// full.
func makeReference(data map[string]any) ([]byte, error) {
	t, err := template.New(referencePath).Funcs(templateFuncs).Parse(referenceTemplate)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("make %s: %w", referencePath, err)
	}
	return out.Bytes(), nil
}

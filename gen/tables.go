// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"strings"

	sdk "github.com/conduitio/conduit-connector-sdk"
	specv1 "github.com/conduitio/conduit-connector-sdk/conn-sdk-cli/specgen/model/v1"
)

// parameter is what the README's tables and docs/parameters.md say about one
// parameter.
type parameter struct {
	specv1.Parameter
	Example string
}

// Required reports whether the parameter must be set.
func (p parameter) Required() bool {
	return slices.ContainsFunc(p.Validations, func(v specv1.Validation) bool {
		return v.Type == "required"
	})
}

// Checks returns the validations beside "required", each as Markdown.
func (p parameter) Checks() []string {
	var checks []string
	for _, v := range p.Validations {
		switch v.Type {
		case "required":
		case "greater-than":
			checks = append(checks, "greater than "+code(v.Value))
		case "less-than":
			checks = append(checks, "less than "+code(v.Value))
		case "inclusion":
			checks = append(checks, "one of "+codes(v.Value))
		case "exclusion":
			checks = append(checks, "none of "+codes(v.Value))
		default:
			checks = append(checks, v.Type+" "+code(v.Value))
		}
	}
	return checks
}

// code formats a value as Markdown; an empty one stays empty.
func code(value string) string {
	if value == "" {
		return ""
	}
	return "`" + value + "`"
}

func codes(list string) string {
	values := strings.Split(list, ",")
	for i, v := range values {
		values[i] = code(v)
	}
	return strings.Join(values, ", ")
}

// cell formats a text of several lines for a cell of a Markdown table.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

// makeTables returns the data of the templates, in the shape that readmegen's
// tags expect.
func makeTables(spec sdk.Specification, source, destination side) map[string]any {
	model := specv1.Specification{}.FromConfig(spec).ConnectorSpecification
	return map[string]any{
		"specification": map[string]any{
			"name":        model.Name,
			"summary":     model.Summary,
			"description": model.Description,
			"version":     model.Version,
			"author":      model.Author,
			"source": map[string]any{
				"parameters": withExamples(model.Source.Parameters, source.examples),
			},
			"destination": map[string]any{
				"parameters": withExamples(model.Destination.Parameters, destination.examples),
			},
		},
	}
}

func withExamples(params specv1.Parameters, examples map[string]string) []parameter {
	out := make([]parameter, len(params))
	for i, p := range params {
		out[i] = parameter{Parameter: p, Example: examples[p.Name]}
	}
	return out
}

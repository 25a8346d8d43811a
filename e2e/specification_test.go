// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/config"
	plugin "github.com/conduitio/conduit-connector-s3"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// TestSpecification_AsAFormRendererSeesIt asks Conduit's API for what a form
// that configures the connector is built from.
func TestSpecification_AsAFormRendererSeesIt(t *testing.T) {
	t.Parallel()
	known, err := startEngine(t).Plugins(t.Context())
	assert.NilError(t, err)

	want := plugin.Specification()
	// Conduit gives a builtin plugin the version of its module, which a
	// checkout does not have.
	versions := map[string]string{"builtin": "(devel)", "standalone": want.Version}
	for _, kind := range plugins {
		t.Run(kind, func(t *testing.T) {
			got := findPlugin(t, known, kind+":s3@")
			assert.Check(t, cmp.Equal(got.Name, kind+":s3@"+versions[kind]))
			assert.Check(t, cmp.Equal(got.Version, versions[kind]))
			assert.Check(t, cmp.Equal(got.Summary, want.Summary))
			assert.Check(t, cmp.Equal(got.Description, want.Description))
			assert.Check(t, cmp.Equal(got.Author, want.Author))
			assert.Check(t, cmp.DeepEqual(got.SourceParams, formParameters(want.SourceParams)))
			assert.Check(t, cmp.DeepEqual(got.DestinationParams, formParameters(want.DestinationParams)))
			checkForm(t, got.SourceParams)
			checkForm(t, got.DestinationParams)
		})
	}
}

func findPlugin(t *testing.T, known []engine.Plugin, prefix string) engine.Plugin {
	t.Helper()
	i := slices.IndexFunc(known, func(p engine.Plugin) bool { return strings.HasPrefix(p.Name, prefix) })
	assert.Assert(t, i >= 0, "conduit knows no plugin %s…", prefix)
	return known[i]
}

// formParameters returns the parameters in the words of Conduit's API.
func formParameters(params config.Parameters) map[string]engine.Parameter {
	form := make(map[string]engine.Parameter, len(params))
	for name, p := range params {
		validations := []engine.Validation{}
		for _, v := range p.Validations {
			validations = append(validations, engine.Validation{Type: enumName(v.Type().String()), Value: v.Value()})
		}
		form[name] = engine.Parameter{
			Description: p.Description,
			Default:     p.Default,
			Type:        enumName(p.Type.String()),
			Validations: validations,
		}
	}
	return form
}

// enumName turns "greater-than" into TYPE_GREATER_THAN.
func enumName(word string) string {
	return "TYPE_" + strings.ToUpper(strings.ReplaceAll(word, "-", "_"))
}

// checkForm compares with the list of parameters that users rely on, which
// is written down here by hand.
func checkForm(t *testing.T, params map[string]engine.Parameter) {
	t.Helper()
	type field struct {
		Type     string
		Default  string
		Required bool
	}
	want := map[string]field{
		"aws.accessKeyId":     {Type: "TYPE_STRING", Required: true},
		"aws.secretAccessKey": {Type: "TYPE_STRING", Required: true},
		"aws.region":          {Type: "TYPE_STRING", Required: true},
		"aws.bucket":          {Type: "TYPE_STRING", Required: true},
		"aws.endpoint":        {Type: "TYPE_STRING"},
		"prefix":              {Type: "TYPE_STRING"},
	}
	if _, destination := params["format"]; destination {
		want["format"] = field{Type: "TYPE_STRING"} // required with the mode "batches" alone
		want["mode"] = field{Type: "TYPE_STRING", Default: "batches"}
		want["sdk.batch.size"] = field{Type: "TYPE_INT", Default: "1000"}
		want["sdk.batch.delay"] = field{Type: "TYPE_DURATION", Default: "100ms"}
	} else {
		want["pollingPeriod"] = field{Type: "TYPE_DURATION", Default: "1s"}
	}
	got := make(map[string]field)
	for name := range want {
		p := params[name]
		required := slices.Contains(p.Validations, engine.Validation{Type: "TYPE_REQUIRED"})
		got[name] = field{Type: p.Type, Default: p.Default, Required: required}
	}
	assert.Check(t, cmp.DeepEqual(got, want))
	for name, p := range params {
		assert.Check(t, p.Description != "", "%s has no description", name)
		assert.Check(t, p.Type != "TYPE_UNSPECIFIED", "%s has no type", name)
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"testing"

	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func TestSamples_OfATemplateThatCanWork(t *testing.T) {
	for template, want := range map[string]string{
		`c={{ .Metadata.Get "opencdc.collection" }}/d={{ .Time.Format "2006-01-02" }}`: "c=collection/d=2026-01-02/",
		`o={{ .Operation }}`:                                                   "o=delete/",
		`{{ .Payload.After.address.city | upper }}`:                            "TEXT/",
		`{{ .Payload.After.ts | epochMillis | date "2006" }}`:                  "1970/",
		`{{ .Payload.After.at | inZone "Asia/Tokyo" | date "15h" }}`:           "12h/",
		`{{ .Key.id }}/{{ .Payload.Before.id }}`:                               "1/1/",
		`{{ if eq .Operation "delete" }}gone={{ .Key }}{{ else }}x=1{{ end }}`: "gone=1/",
		`{{ mod .Payload.After.id 16 }}`:                                       "1/",
		`{{ if eq .Operation "update" }}{{ .Payload.Before.id }}{{ end }}`:     "1/", // the others would be refused
	} {
		p, err := New(template)
		assert.NilError(t, err, template)
		folders, err := p.Samples()
		assert.Check(t, err, template)
		assert.Check(t, is.Contains(folders, want), template)
	}
}

// Nothing is known of a template that needs what no made-up record has.
func TestSamples_OfATemplateThatFailsForThem(t *testing.T) {
	for _, template := range []string{"", `{{ .Metadata.unknown }}`, `{{ .Payload.After.at.Format "2006" }}`, `{{ fail "x" }}`, `{{ .Payload.After.n | epochSeconds | date "06" }}/{{ .Payload.After.t | inZone "UTC" }}/{{ .Metadata.x }}`} {
		p, err := New(template)
		assert.NilError(t, err)
		folders, err := p.Samples()
		assert.Check(t, err)
		assert.Check(t, is.Len(folders, 0), template)
	}
}

func TestSamples_AllRefused(t *testing.T) {
	for _, template := range []string{
		`/x={{ .Operation }}`, `../x={{ .Operation }}`, `./{{ .Key }}`, `a/..`, `.`, `..`, `/`, `{{ .Operation }}/..`, `a={{ .Payload.After.id }}/.`,
		`{{ if eq .Operation "none" }}x{{ end }}`, `{{ define "x" }}..{{ end }}a/{{ template "x" }}/b`,
	} {
		p, err := New(template)
		assert.NilError(t, err)
		_, err = p.Samples()
		assert.Check(t, is.ErrorIs(err, errName), template)
	}
}

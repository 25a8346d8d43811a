// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"reflect"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/format"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// The tags repeat the names that the code defines. The first of them is the
// default.
func TestConfig_ChoicesAreThoseOfTheCode(t *testing.T) {
	for field, choices := range map[string][]string{
		"Mode":               modes(),
		"Format":             format.Formats(),
		"Compression":        format.Compressions(),
		"ParquetLayout":      format.Layouts(),
		"ParquetTypes":       format.Types(),
		"ParquetCompression": format.Codecs(),
	} {
		f, ok := reflect.TypeFor[Config]().FieldByName(field)
		assert.Assert(t, ok, field)
		assert.Check(t, is.Equal(f.Tag.Get("validate"), "inclusion="+strings.Join(choices, "|")), field)
		if field != "Format" { // which is required
			assert.Check(t, is.Equal(f.Tag.Get("default"), choices[0]), field)
		}
	}
}

func TestConfig_EveryChoiceIsImplemented(t *testing.T) {
	for _, opts := range choices() {
		_, err := format.New(opts)
		assert.Check(t, err, "%+v", opts)
	}
}

// choices returns options for each choice of each parameter.
func choices() (all []format.Options) {
	for _, name := range format.Formats() {
		all = append(all, format.Options{Format: name})
	}
	for _, name := range format.Compressions() {
		all = append(all, format.Options{Format: format.JSON, Compression: name})
	}
	for _, name := range format.Layouts() {
		all = append(all, format.Options{Format: format.Parquet, Layout: name})
	}
	for _, name := range format.Types() {
		all = append(all, format.Options{Format: format.Parquet, Types: name})
	}
	for _, name := range format.Codecs() {
		all = append(all, format.Options{Format: format.Parquet, Codec: name})
	}
	return all
}

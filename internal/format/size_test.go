// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

func TestSize_IsThatOfALine(t *testing.T) {
	template, err := sdk.TemplateRecordSerializer{}.Configure(`{{ printf "%s" .Position }}`)
	assert.NilError(t, err)
	for name, opts := range map[string]format.Options{
		"json": {Format: format.JSON}, "gzip": {Format: format.JSON, Compression: "gzip"},
		"template": {Format: format.JSON, Serializer: template}, "parquet": {Format: format.Parquet},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := format.New(opts)
			assert.NilError(t, err)
			lines, err := format.New(format.Options{Format: format.JSON, Serializer: opts.Serializer})
			assert.NilError(t, err)
			sizer := format.NewSizer(e)
			recs := orders(3)
			recs[1].Payload.After = opencdc.RawData(strings.Repeat("\xff", 3<<20))
			for _, rec := range recs {
				var out bytes.Buffer
				assert.NilError(t, lines.Encode(&out, []opencdc.Record{rec}, nil))
				assert.Check(t, cmp.Equal(sizer.Size(rec), out.Len()))
			}
		})
	}
}

// A batch that is written again must end its objects at the same records.
func TestSize_IsThatOfTheRecordReadAgain(t *testing.T) {
	sizer := format.NewSizer(newEncoder(t, format.JSON))
	rec, again := orders(1)[0], orders(1)[0]
	rec.Metadata[opencdc.MetadataReadAt], again.Metadata[opencdc.MetadataReadAt] = "1", "1767323045000000000"
	rec.Metadata["conduit.source.plugin.version"], again.Metadata["conduit.source.plugin.version"] = "v1", "v1.2.3-rc.1"
	assert.Check(t, cmp.Equal(sizer.Size(again), sizer.Size(rec)))
	again.Metadata["other"] = "x"
	assert.Check(t, sizer.Size(again) > sizer.Size(rec))
}

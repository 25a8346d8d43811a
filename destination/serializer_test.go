// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// The SDK's Debezium layout takes a time for a struct: it panics on one in UTC
// and describes any other by its unexported fields.
func TestDebezium_TimesAreWrittenAsInOpenCDC(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	zone := at.In(time.FixedZone("", 3600))
	data := opencdc.StructuredData{
		"utc": at, "zone": zone, "pointer": &at, "nil": (*time.Time)(nil), "list": []any{at},
		"map": map[string]any{"at": at}, "fields": opencdc.StructuredData{"at": at}, "n": 1,
	}
	afters := map[string]string{}
	for _, layout := range []string{"opencdc/json", "debezium/json"} {
		server := newServer(s3test.Config{})
		recs := numbered(0, 1)
		recs[0].Payload.After = data
		_, err := open(t, server, config.Config{ConfigSdkRecordFormat: layout}).Write(t.Context(), recs)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(data["utc"], any(at)), "the record is not changed")

		var line struct {
			Payload struct{ After json.RawMessage }
			Schema  struct {
				Fields []struct {
					Fields []struct{ Field, Type string }
				}
			}
		}
		assert.NilError(t, json.Unmarshal(server.Objects(bucketName)[0].Body, &line))
		if layout == "debezium/json" {
			for _, f := range line.Schema.Fields[1].Fields { // those of "after"
				if f.Field == "utc" || f.Field == "zone" {
					assert.Check(t, is.Equal(f.Type, "string"), f.Field)
				}
			}
		}
		afters[layout] = string(line.Payload.After)
	}
	assert.Check(t, is.Equal(afters["debezium/json"], afters["opencdc/json"]))
	assert.Check(t, is.Contains(afters["debezium/json"], `"utc":"2026-01-02T03:04:05.000000006Z"`))
}

func TestDebezium_TimeThatHasNoTextIsRefusedWithItsField(t *testing.T) {
	server := newServer(s3test.Config{})
	recs := numbered(0, 1)
	recs[0].Payload.After = opencdc.StructuredData{"at": time.Date(20260, 1, 1, 0, 0, 0, 0, time.UTC)}
	n, err := open(t, server, config.Config{ConfigSdkRecordFormat: "debezium/json"}).Write(t.Context(), recs)
	assert.Check(t, is.Equal(n, 0))
	assert.Check(t, is.ErrorContains(err, `record at position "0": payload.after: `))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// oddValues are values that JSON has no type for.
func oddValues() opencdc.StructuredData {
	return opencdc.StructuredData{
		"price": big.NewRat(1999, 100), "third": big.NewRat(1, 3), "none": (*big.Rat)(nil), "nan": math.NaN(), "fixed": [2]byte{1, 255},
		"old": time.Date(1890, 1, 1, 0, 0, 0, 0, time.FixedZone("LMT", 19*60+32)), "list": []any{big.NewRat(1, 2)}, "empty": []any{},
	}
}

const oddJSON = `{"empty":[],"fixed":"Af8=","list":[0.5],"nan":"NaN","none":null,"old":"1889-12-31T23:40:28Z","price":19.99,"third":"1/3"}`

func TestValues_AreTheSameInAllLayouts(t *testing.T) {
	for name, changes := range map[string]config.Config{
		"opencdc":  nil,
		"debezium": {ConfigSdkRecordFormat: "debezium/json"},
		"template": {ConfigSdkRecordFormat: "template", ConfigSdkRecordFormatOptions: `{"payload":{"after":{{ toJson .Payload.After }}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(s3test.Config{})
			recs := numbered(0, 1)
			recs[0].Payload.After = oddValues()
			_, err := open(t, server, changes).Write(t.Context(), recs)
			assert.NilError(t, err)
			assert.DeepEqual(t, payloads(t, server), []string{oddJSON})
		})
	}
}

func TestValues_InTheModeObjects(t *testing.T) {
	server := newServer(s3test.Config{})
	recs := numbered(0, 1)
	recs[0].Payload.After = oddValues()
	_, err := open(t, server, config.Config{ConfigMode: modeObjects, ConfigFormat: ""}).Write(t.Context(), recs)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(server.Objects(bucketName)[0].Body), oddJSON))
}

func TestValues_InFolders(t *testing.T) {
	server := newServer(s3test.Config{})
	recs := numbered(0, 1)
	recs[0].Payload.After = oddValues()
	template := `{{ .Payload.After.price }}-{{ .Payload.After.price | mulf 2 }}-{{ .Payload.After.third }}-{{ .Payload.After.nan }}`
	_, err := open(t, server, config.Config{ConfigPartition: template}).Write(t.Context(), recs)
	assert.NilError(t, err)
	assert.Check(t, strings.HasPrefix(keys(server)[0], "19.99-39.98-1%2F3-NaN/"), keys(server)[0])
}

// The types that the Debezium layout names are those of the values.
func TestDebezium_TypesOfDecimals(t *testing.T) {
	large, _ := new(big.Rat).SetString("1234567890123456789.5")
	server := newServer(s3test.Config{})
	recs := numbered(0, 1)
	recs[0].Payload.After = opencdc.StructuredData{"price": big.NewRat(1999, 100), "large": large}
	_, err := open(t, server, config.Config{ConfigSdkRecordFormat: "debezium/json"}).Write(t.Context(), recs)
	assert.NilError(t, err)
	var line struct {
		Payload struct{ After map[string]any }
		Schema  struct {
			Fields []struct {
				Fields []struct{ Field, Type string }
			}
		}
	}
	assert.NilError(t, json.Unmarshal(server.Objects(bucketName)[0].Body, &line))
	types := map[string]string{}
	for _, f := range line.Schema.Fields[1].Fields { // those of "after"
		types[f.Field] = f.Type
	}
	assert.DeepEqual(t, types, map[string]string{"price": "double", "large": "string"})
	assert.DeepEqual(t, line.Payload.After, map[string]any{"price": 19.99, "large": "1234567890123456789.5"})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-commons/schema"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/parquet-go/parquet-go"
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

// addresses is a schema whose record has a nullable record inside of another one, and
// an array.
const addresses = `{"type":"record","name":"R","namespace":"com.x","fields":[
	{"name":"address","type":["null",{"type":"record","name":"Addr","fields":[{"name":"geo","type":["null",{"type":"record","name":"Geo","fields":[{"name":"country","type":"string"}]}]}]}]},
	{"name":"tags","type":{"type":"array","items":"string"}}]}`

// address returns a record with that schema, as a source writes it.
func address(t *testing.T) opencdc.Record {
	t.Helper()
	data, err := schema.Schema{Type: schema.TypeAvro, Bytes: []byte(addresses)}.Marshal(map[string]any{
		"address": map[string]any{"com.x.Addr": map[string]any{"geo": map[string]any{"com.x.Geo": map[string]any{"country": "CH"}}}}, "tags": []any{},
	})
	assert.NilError(t, err)
	return encoded(t, addresses, string(data))[0]
}

// A processor may decode a record with the SDK and not encode it again. Its values
// have the names of types, and what is empty is nil.
func TestValues_HaveNoNamesOfTypesAndAreNotNil(t *testing.T) {
	fromSource, fromProcessor := address(t), address(t)
	var fields opencdc.StructuredData
	assert.NilError(t, schema.Schema{Type: schema.TypeAvro, Bytes: []byte(addresses)}.Unmarshal(fromProcessor.Payload.After.Bytes(), &fields))
	fromProcessor.Payload.After = fields
	for name, rec := range map[string]opencdc.Record{"from a source": fromSource, "from a processor": fromProcessor} {
		t.Run(name, func(t *testing.T) {
			const want = `{"address":{"geo":{"country":"CH"}},"tags":[]}`
			server := newServer(s3test.Config{})
			_, err := open(t, server, config.Config{ConfigPartition: "country={{ .Payload.After.address.geo.country }}"}).Write(t.Context(), []opencdc.Record{rec})
			assert.NilError(t, err)
			assert.Check(t, strings.HasPrefix(keys(server)[0], "country=CH/"), keys(server)[0])
			assert.DeepEqual(t, payloads(t, server), []string{want})

			server = newServer(s3test.Config{})
			_, err = open(t, server, config.Config{ConfigMode: modeObjects, ConfigFormat: ""}).Write(t.Context(), []opencdc.Record{rec})
			assert.NilError(t, err)
			assert.Check(t, is.Equal(string(server.Objects(bucketName)[0].Body), want))

			server = newServer(s3test.Config{})
			_, err = open(t, server, config.Config{ConfigFormat: format.Parquet, ConfigParquetLayout: format.Flat}).Write(t.Context(), []opencdc.Record{rec})
			assert.NilError(t, err)
			rows, err := parquet.Read[struct {
				Address struct {
					Geo struct {
						Country string `parquet:"country"`
					} `parquet:"geo"`
				} `parquet:"address"`
				Tags []string `parquet:"tags,optional,list"`
			}](bytes.NewReader(server.Objects(bucketName)[0].Body), int64(len(server.Objects(bucketName)[0].Body)))
			assert.NilError(t, err)
			assert.Check(t, is.Equal(rows[0].Address.Geo.Country, "CH"))
			assert.Check(t, rows[0].Tags != nil && len(rows[0].Tags) == 0)
		})
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	s3 "github.com/conduitio/conduit-connector-s3"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"github.com/parquet-go/parquet-go"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"
	"gotest.tools/v3/assert"
)

func TestAcceptance(t *testing.T) {
	types := map[string]sdk.GenerateDataType{"raw": sdk.GenerateRawData, "structured": sdk.GenerateStructuredData}
	for _, format := range []string{"json", "parquet"} {
		for name, dataType := range types {
			t.Run(format+" "+name, func(t *testing.T) {
				sdk.AcceptanceTest(t, newAcceptanceDriver(t, format, dataType))
			})
		}
	}
}

const acceptanceBucket = "acceptance"

// acceptanceDriver puts objects straight into the server, and reads the
// records out of the objects that the destination wrote there.
type acceptanceDriver struct {
	sdk.ConfigurableAcceptanceTestDriver
	server *s3test.Server
	format string
}

func newAcceptanceDriver(t *testing.T, format string, dataType sdk.GenerateDataType) *acceptanceDriver {
	t.Helper()
	d := &acceptanceDriver{server: s3test.New(s3test.Config{}), format: format}
	both := config.Config{
		"aws.accessKeyId":     s3test.AccessKeyID,
		"aws.secretAccessKey": s3test.SecretAccessKey,
		"aws.region":          d.server.Region(),
		"aws.bucket":          acceptanceBucket,
		"aws.endpoint":        d.server.Start(t),
	}
	with := func(name, value string) config.Config {
		c := config.Config{name: value}
		maps.Copy(c, both)
		return c
	}
	d.Config = sdk.ConfigurableAcceptanceTestDriverConfig{
		Context:           zerolog.Nop().WithContext(context.Background()),
		Connector:         s3.Connector,
		SourceConfig:      with("pollingPeriod", "50ms"),
		DestinationConfig: with("format", format),
		GenerateDataType:  dataType,
		ReadTimeout:       time.Second,
		WriteTimeout:      5 * time.Second,
		GoleakOptions:     []goleak.Option{goleak.IgnoreCurrent()},
		BeforeTest: func(*testing.T) {
			d.server.RemoveBucket(acceptanceBucket)
			d.server.CreateBucket(acceptanceBucket, s3test.Enabled)
		},
	}
	return d
}

func (d *acceptanceDriver) WriteToSource(_ *testing.T, records []opencdc.Record) []opencdc.Record {
	for i := range records {
		key := fmt.Sprintf("%x", []byte(records[i].Position))
		d.server.Put(acceptanceBucket, key, records[i].Payload.After.Bytes())
		records[i].Key = opencdc.RawData(key)
		records[i].Payload.After = opencdc.RawData(records[i].Payload.After.Bytes())
	}
	return records
}

func (d *acceptanceDriver) ReadFromDestination(t *testing.T, _ []opencdc.Record) []opencdc.Record {
	t.Helper()
	var records []opencdc.Record
	for _, object := range d.server.Objects(acceptanceBucket) {
		assert.Check(t, strings.HasSuffix(object.Key, "."+d.format), object.Key)
		if d.format == "parquet" {
			records = append(records, readParquet(t, object.Body)...)
			continue
		}
		for line := range bytes.Lines(object.Body) {
			// The suite compares whole records where it finds them in the payload.
			records = append(records, opencdc.Record{
				Operation: opencdc.OperationSnapshot,
				Payload:   opencdc.Change{After: opencdc.RawData(bytes.TrimSuffix(line, []byte("\n")))},
			})
		}
	}
	return records
}

func readParquet(t *testing.T, file []byte) []opencdc.Record {
	t.Helper()
	rows, err := parquet.Read[any](bytes.NewReader(file), int64(len(file)))
	assert.NilError(t, err)
	records := make([]opencdc.Record, len(rows))
	for i, row := range rows {
		columns := row.(map[string]any)
		var operation opencdc.Operation
		assert.NilError(t, operation.UnmarshalText(spelled(columns["operation"])))
		records[i] = opencdc.Record{
			Position: opencdc.Position(spelled(columns["position"])), Operation: operation,
			Metadata: opencdc.Metadata{}, Key: spelled(either(columns, "key")),
			Payload: opencdc.Change{After: spelled(either(columns["payload"].(map[string]any), "after"))},
		}
		for name, value := range columns["metadata"].(map[string]any) {
			records[i].Metadata[name] = string(spelled(value))
		}
	}
	return records
}

// either returns the bytes of a key or payload, or its fields.
func either(columns map[string]any, name string) any {
	if raw := columns[name+"_raw"]; raw != nil {
		return raw
	}
	return columns[name]
}

// spelled returns raw data as it is and fields as OpenCDC spells them, because
// the acceptance suite compares bytes.
func spelled(data any) opencdc.RawData {
	switch data := data.(type) {
	case []byte:
		return data
	case string:
		return opencdc.RawData(data)
	case map[string]any:
		for name, value := range data {
			switch value := value.(type) {
			case nil: // the field of another record
				delete(data, name)
			case []byte:
				data[name] = string(value)
			}
		}
		return opencdc.StructuredData(data).Bytes()
	default:
		return nil
	}
}

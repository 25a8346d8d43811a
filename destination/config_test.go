// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/destination"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"github.com/conduitio/conduit-connector-sdk/schema"
	"github.com/parquet-go/parquet-go"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

const bucketName = "archive"

// configure does what the SDK does with a pipeline's settings, here those that
// are right for a server, with changes.
func configure(ctx context.Context, t *testing.T, server *s3test.Server, changes config.Config) (sdk.Destination, error) {
	t.Helper()
	settings := config.Config{
		destination.ConfigAwsAccessKeyId:     s3test.AccessKeyID,
		destination.ConfigAwsSecretAccessKey: s3test.SecretAccessKey,
		destination.ConfigAwsRegion:          server.Region(),
		destination.ConfigAwsBucket:          bucketName,
		destination.ConfigAwsEndpoint:        server.Start(t),
		destination.ConfigFormat:             "json",
	}
	maps.Copy(settings, changes)
	d := destination.NewDestination()
	return d, sdk.Util.ParseConfig(ctx, settings, d.Config(), destination.Config{}.Parameters())
}

func newServer() *s3test.Server {
	server := s3test.New(s3test.Config{})
	server.CreateBucket(bucketName, s3test.Enabled)
	return server
}

func TestConfigure_Accepts(t *testing.T) {
	for name, changes := range map[string]config.Config{
		"json":      nil,
		"parquet":   {destination.ConfigFormat: "parquet"},
		"debezium":  {destination.ConfigSdkRecordFormat: "debezium/json", destination.ConfigSdkRecordFormatOptions: "debezium.schema.name=foo"},
		"template":  {destination.ConfigSdkRecordFormat: "template", destination.ConfigSdkRecordFormatOptions: "{{ .Key }}"},
		"prefix":    {destination.ConfigPrefix: "logs/été/"},
		"odd":       {destination.ConfigPrefix: "/a..b/.../..", destination.ConfigPartition: "{{ .Metadata.team }}"},
		"partition": {destination.ConfigPartition: `c={{ .Metadata.Get "opencdc.collection" }}/{{ .Time.Format "2006" }}`},
		"objects":   {destination.ConfigMode: "objects", destination.ConfigFormat: ""},
		"gzip":      {destination.ConfigCompression: "gzip"},
		"codec":     {destination.ConfigFormat: "parquet", destination.ConfigParquetCompression: "snappy", destination.ConfigParquetLayout: "flat", destination.ConfigParquetTypes: "exact"},
		"uploads":   {destination.ConfigUploadConcurrency: "1", destination.ConfigUploadPartSize: "5242880"},
		"largest":   {destination.ConfigUploadConcurrency: "64", destination.ConfigUploadPartSize: "5368709120"},
		"storage": {
			destination.ConfigStorageClass: "GLACIER_IR", destination.ConfigAcl: "private", destination.ConfigTags: "team=data&b=1%202&c=d%C3%BCrr+.:/@_-%2B%3D",
			destination.ConfigServerSideEncryption: "aws:kms", destination.ConfigKmsKeyId: "alias/x", destination.ConfigBucketKeyEnabled: "true",
			destination.ConfigContentDisposition: `attachment; filename="x"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			d, err := configure(ctx, t, newServer(), changes)
			assert.NilError(t, err)
			assert.NilError(t, d.Open(ctx))
			assert.NilError(t, d.Teardown(ctx))
		})
	}
}

func TestConfigure_NamesEveryProblemAtOnce(t *testing.T) {
	for _, changes := range []config.Config{
		{ // what the tags express
			destination.ConfigAwsAccessKeyId: "", destination.ConfigAwsSecretAccessKey: "",
			destination.ConfigAwsRegion: "", destination.ConfigAwsBucket: "",
			destination.ConfigFormat: "csv", destination.ConfigSdkBatchSize: "-1",
		},
		{ // what they do not
			destination.ConfigPrefix:          strings.Repeat("x", 1024),
			destination.ConfigSdkRecordFormat: "avro", destination.ConfigSdkBatchDelay: "-1s",
		},
		{destination.ConfigSdkRecordFormat: "template", destination.ConfigSdkRecordFormatOptions: "{{ .Key"},
		{destination.ConfigPrefix: "\xff"},
		{destination.ConfigPrefix: "a/../b/"},
		{destination.ConfigPrefix: "./b/"},
		{destination.ConfigPrefix: "a\x00b"},
		{destination.ConfigPrefix: "logs\n/"},
		{destination.ConfigPrefix: "../", destination.ConfigPartition: "/x={{ .Operation }}"},
		{destination.ConfigPartition: "../x={{ .Operation }}"},
		{destination.ConfigPartition: "a\xff"},
		{destination.ConfigPartition: strings.Repeat("x", 1024)},
		{destination.ConfigPartition: `{{ .Time | inZone "Europe/Atlantis" | date "2006" }}`},
		{
			destination.ConfigMode: "files", destination.ConfigCompression: "lzma", destination.ConfigParquetLayout: "wide", destination.ConfigParquetTypes: "loose",
			destination.ConfigParquetCompression: "zip", destination.ConfigStorageClass: "FROZEN", destination.ConfigServerSideEncryption: "rot13",
			destination.ConfigAcl: "everybody", destination.ConfigUploadConcurrency: "0", destination.ConfigUploadPartSize: "5242879",
			destination.ConfigBucketKeyEnabled: "perhaps",
		},
		{destination.ConfigObjectMaxBytes: "-1"},
		{destination.ConfigUploadConcurrency: "65", destination.ConfigUploadPartSize: "5368709121"},
		{destination.ConfigFormat: ""},
		{destination.ConfigPartition: "{{ .Key", destination.ConfigSdkRecordFormat: "avro", destination.ConfigTags: "a=1&a=2"},
		{destination.ConfigPartition: "{{ .Collection }}"},
		{destination.ConfigKmsKeyId: "key", destination.ConfigBucketKeyEnabled: "true"},
		{destination.ConfigTags: "aws:team=data"},
		{destination.ConfigTags: "=data"},
		{destination.ConfigTags: "a=%zz"},
		{destination.ConfigTags: "1&2&3&4&5&6&7&8&9&10&11"},
		{destination.ConfigTags: "a=b*c"},
		{destination.ConfigTags: "a(b)=c"},
		{destination.ConfigTags: "a=dürr"},
		{destination.ConfigTags: "a=" + strings.Repeat("x", 257)},
		{destination.ConfigContentDisposition: `attachment; filename="é"`},
		{destination.ConfigContentDisposition: "a\x00b", destination.ConfigTags: "a=1\x00"},
	} {
		_, err := configure(t.Context(), t, newServer(), changes)
		for name, value := range changes {
			if value != "template" {
				assert.Check(t, is.ErrorContains(err, name))
			}
		}
	}
}

// A parameter that has no effect is an error that names it and the reason.
func TestConfigure_NamesWhatDoesNotGoTogether(t *testing.T) {
	for name, test := range map[string]struct {
		changes config.Config
		named   []string
		by      string
	}{
		"objects": {
			config.Config{
				destination.ConfigMode: "objects", destination.ConfigFormat: "json", destination.ConfigPartition: "x",
				destination.ConfigCompression: "gzip", destination.ConfigParquetLayout: "flat", destination.ConfigParquetTypes: "exact", destination.ConfigParquetCompression: "none", destination.ConfigObjectMaxBytes: "1",
				destination.ConfigSdkRecordFormat: "template", destination.ConfigSdkRecordFormatOptions: "{{ .Key }}",
			},
			[]string{
				destination.ConfigFormat, destination.ConfigPartition, destination.ConfigCompression, destination.ConfigParquetLayout,
				destination.ConfigParquetCompression, destination.ConfigParquetTypes, destination.ConfigObjectMaxBytes, destination.ConfigSdkRecordFormat, destination.ConfigSdkRecordFormatOptions,
			},
			`mode "objects"`,
		},
		"json": {
			config.Config{destination.ConfigParquetLayout: "flat", destination.ConfigParquetTypes: "exact", destination.ConfigParquetCompression: "none"},
			[]string{destination.ConfigParquetLayout, destination.ConfigParquetTypes, destination.ConfigParquetCompression},
			`format "json"`,
		},
		"parquet": {
			config.Config{destination.ConfigFormat: "parquet", destination.ConfigCompression: "gzip"},
			[]string{destination.ConfigCompression},
			`format "parquet"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := configure(t.Context(), t, newServer(), test.changes)
			for _, parameter := range test.named {
				assert.Check(t, is.ErrorContains(err, parameter+": has no effect with "+test.by))
			}
		})
	}
}

// An empty template makes an empty line of every record.
func TestConfigure_TemplateWithoutOptions(t *testing.T) {
	for _, options := range []string{"", " \n"} {
		_, err := configure(t.Context(), t, newServer(), config.Config{
			destination.ConfigSdkRecordFormat: "template", destination.ConfigSdkRecordFormatOptions: options,
		})
		assert.Check(t, is.ErrorContains(err, destination.ConfigSdkRecordFormatOptions+": "))
	}
}

// Whoever may write a pipeline may not read the host, and the value of a number in
// a record must not decide how much memory is used.
func TestConfigure_TemplateMustNotCall(t *testing.T) {
	for options, function := range map[string]string{
		`{{ env "HOME" }}`: "env", `{{ expandenv "$HOME" }}`: "expandenv", `{{ getHostByName "localhost" }}`: "getHostByName",
		`{{ if .Key }}{{ with .Payload }}{{ env "HOME" }}{{ end }}{{ end }}`: "env", `{{ repeat .Payload.After.n "x" }}`: "repeat",
		`{{ range untilStep 0 .Payload.After.n 1 }}{{ end }}`: "untilStep", `{{ define "x" }}{{ indent 9 "x" }}{{ end }}`: "indent",
	} {
		_, err := configure(t.Context(), t, newServer(), config.Config{
			destination.ConfigSdkRecordFormat: "template", destination.ConfigSdkRecordFormatOptions: options,
		})
		assert.Check(t, is.ErrorContains(err, destination.ConfigSdkRecordFormatOptions+": "), options)
		assert.Check(t, is.ErrorContains(err, `function "`+function+`" not defined`), options)
	}
}

func TestConfigure_ParquetTypes(t *testing.T) {
	text := []byte(`{"type":"record","name":"row","fields":[{"name":"id","type":{"type":"string","logicalType":"uuid"}}]}`)
	registered, err := schema.Create(t.Context(), schema.TypeAvro, t.Name(), text)
	assert.NilError(t, err)
	for types, want := range map[string]string{"exact": "optional fixed_len_byte_array(16) id (UUID);", "portable": "optional binary id (STRING);"} {
		t.Run(types, func(t *testing.T) {
			server := newServer()
			d, err := configure(t.Context(), t, server, config.Config{
				destination.ConfigFormat: "parquet", destination.ConfigParquetLayout: "flat", destination.ConfigParquetTypes: types,
			})
			assert.NilError(t, err)
			assert.NilError(t, d.Open(t.Context()))
			rec := opencdc.Record{
				Position: opencdc.Position("1"), Operation: opencdc.OperationCreate, Metadata: opencdc.Metadata{},
				Payload: opencdc.Change{After: opencdc.StructuredData{"id": "00010203-0405-0607-0809-0a0b0c0d0e0f"}},
			}
			schema.AttachPayloadSchemaToRecord(rec, registered)
			_, err = d.Write(t.Context(), []opencdc.Record{rec})
			assert.NilError(t, err)
			assert.NilError(t, d.Teardown(t.Context()))
			body := server.Objects(bucketName)[0].Body
			file, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
			assert.NilError(t, err)
			assert.Check(t, is.Contains(file.Schema().String(), want))
		})
	}
}

func TestConfigure_AsksTheBucket(t *testing.T) {
	t.Run("no such bucket", func(t *testing.T) {
		_, err := configure(t.Context(), t, newServer(), config.Config{destination.ConfigAwsBucket: "nowhere"})
		assert.Check(t, is.ErrorContains(err, "nowhere"))
	})
	t.Run("refused credentials", func(t *testing.T) {
		_, err := configure(t.Context(), t, newServer(), config.Config{destination.ConfigAwsSecretAccessKey: "topsecret"})
		assert.Check(t, is.ErrorContains(err, destination.ConfigAwsSecretAccessKey))
		assert.Check(t, !strings.Contains(err.Error(), "topsecret"))
	})
	t.Run("may not list", func(t *testing.T) {
		server := newServer()
		server.Deny("s3:ListBucket")
		_, err := configure(t.Context(), t, server, nil)
		assert.NilError(t, err, "to write does not need it")
	})
	t.Run("unavailable", func(t *testing.T) {
		server := newServer()
		server.SetFaults(func(s3test.Request) s3test.Fault {
			return s3test.Fault{Status: http.StatusServiceUnavailable, Code: "SlowDown"}
		})
		_, err := configure(t.Context(), t, server, nil)
		assert.NilError(t, err, "Open tries again")
	})
}

func TestOpen_BucketIsGone(t *testing.T) {
	server := newServer()
	server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.SlowDown() })
	d, err := configure(t.Context(), t, server, config.Config{destination.ConfigAwsBucket: "nowhere"})
	assert.NilError(t, err)
	server.SetFaults(nil)
	assert.Check(t, is.ErrorContains(d.Open(t.Context()), `"nowhere"`))
	assert.NilError(t, d.Teardown(t.Context()))
}

func TestTeardown_WithoutOpen(t *testing.T) {
	assert.NilError(t, destination.NewDestination().Teardown(t.Context()))
}

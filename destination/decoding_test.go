// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/datum"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/conduitio/conduit-connector-sdk/schema"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// tags is a schema with an array, and claim is data of it: an array of 2^40 items
// that aren't there.
const (
	tags  = `{"type":"record","name":"row","fields":[{"name":"tags","type":{"type":"array","items":"string"}}]}`
	claim = "\x80\x80\x80\x80\x80\x40"
)

// encoded returns records with the payloads, all of a schema.
func encoded(t *testing.T, text string, payloads ...string) []opencdc.Record {
	t.Helper()
	registered, err := schema.Create(t.Context(), schema.TypeAvro, t.Name(), []byte(text))
	assert.NilError(t, err)
	recs := numbered(0, len(payloads))
	for i, payload := range payloads {
		recs[i].Payload.After = opencdc.RawData(payload)
		schema.AttachPayloadSchemaToRecord(recs[i], registered)
	}
	return recs
}

// payloads returns the payloads of the bucket's JSON objects, as JSON.
func payloads(t *testing.T, server *s3test.Server) []string {
	t.Helper()
	var all []string
	for _, o := range server.Objects(bucketName) {
		for line := range strings.Lines(string(o.Body)) {
			var rec struct {
				Payload struct{ After json.RawMessage }
			}
			assert.NilError(t, json.Unmarshal([]byte(line), &rec))
			all = append(all, string(rec.Payload.After))
		}
	}
	return all
}

func TestDecoding_ClaimIsRefusedAlone(t *testing.T) {
	server := newServer(s3test.Config{})
	recs := encoded(t, tags, "\x02\x02a\x00", claim, "\x00", "\x00")
	n, err := open(t, server, nil).Write(t.Context(), recs)
	assert.Check(t, is.Equal(n, 1))
	assert.Check(t, is.ErrorIs(err, datum.ErrShort))
	var refused *value.RecordError
	assert.Assert(t, errors.As(err, &refused))
	assert.Check(t, is.Equal(string(refused.Position), "1"))
	assert.Check(t, is.Equal(refused.Field, "payload.after"))
	assert.Check(t, is.Contains(err.Error(), `field "tags"`))
	assert.Check(t, is.Contains(err.Error(), "2 records after it"))
	assert.DeepEqual(t, payloads(t, server), []string{`{"tags":["a"]}`})
}

func TestDecoding_FirstOfABatchIsRefused(t *testing.T) {
	server := newServer(s3test.Config{})
	n, err := open(t, server, nil).Write(t.Context(), encoded(t, tags, claim, "\x00"))
	assert.Check(t, is.Equal(n, 0))
	assert.Check(t, is.ErrorContains(err, "1 records after it"))
	assert.Check(t, is.Len(server.Objects(bucketName), 0))
}

func TestDecoding_KeyIsDecoded(t *testing.T) {
	registered, err := schema.Create(t.Context(), schema.TypeAvro, t.Name(), []byte(tags))
	assert.NilError(t, err)
	recs := numbered(0, 2)
	recs[0].Key, recs[1].Key = opencdc.RawData("\x00"), opencdc.RawData(claim)
	for _, rec := range recs {
		schema.AttachKeySchemaToRecord(rec, registered)
	}
	server := newServer(s3test.Config{})
	n, err := open(t, server, nil).Write(t.Context(), recs)
	assert.Check(t, is.Equal(n, 1))
	assert.Check(t, is.ErrorContains(err, "key"))
	assert.Check(t, is.Contains(string(server.Objects(bucketName)[0].Body), `"key":{"tags":[]}`))
}

// A list whose nodes hold each other is written like any other value.
func TestDecoding_SchemaInsideOfItself(t *testing.T) {
	const list = `{"type":"record","name":"node","fields":[{"name":"n","type":"int"},{"name":"next","type":["null","node"]}]}`
	for _, f := range []string{format.JSON, format.Parquet} {
		t.Run(f, func(t *testing.T) {
			server := newServer(s3test.Config{})
			n, err := open(t, server, config.Config{ConfigFormat: f}).Write(t.Context(), encoded(t, list, "\x02\x02\x04\x00"))
			assert.NilError(t, err)
			assert.Check(t, is.Equal(n, 1))
			if f == format.JSON {
				assert.DeepEqual(t, payloads(t, server), []string{`{"n":1,"next":{"n":2,"next":null}}`})
			}
		})
	}
}

func TestDecoding_IsSwitchedOffAsTheSDKs(t *testing.T) {
	server := newServer(s3test.Config{})
	off := config.Config{ConfigSdkSchemaExtractPayloadEnabled: "false"}
	n, err := open(t, server, off).Write(t.Context(), encoded(t, tags, claim))
	assert.NilError(t, err)
	assert.Check(t, is.Equal(n, 1))
	assert.DeepEqual(t, payloads(t, server), []string{`"gICAgIBA"`})
}

func TestDecoding_NoBytesAreNoValue(t *testing.T) {
	server := newServer(s3test.Config{})
	n, err := open(t, server, nil).Write(t.Context(), encoded(t, tags, ""))
	assert.NilError(t, err)
	assert.Check(t, is.Equal(n, 1))
	assert.DeepEqual(t, payloads(t, server), []string{`null`})
}

func TestDecoding_WhatHasNoSchemaIsRefusedAlone(t *testing.T) {
	for name, change := range map[string]func(opencdc.Metadata){
		"no such schema": func(m opencdc.Metadata) { m[opencdc.MetadataPayloadSchemaSubject] = "gone" },
		"no number":      func(m opencdc.Metadata) { m[opencdc.MetadataPayloadSchemaVersion] = "latest" },
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(s3test.Config{})
			recs := encoded(t, tags, "\x00", "\x00")
			change(recs[1].Metadata)
			n, err := open(t, server, nil).Write(t.Context(), recs)
			assert.Check(t, is.Equal(n, 1))
			var refused *value.RecordError
			assert.Assert(t, errors.As(err, &refused), "%v", err)
			assert.Check(t, is.Equal(string(refused.Position), "1"))
		})
	}
}

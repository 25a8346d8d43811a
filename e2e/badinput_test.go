// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/process"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
	"gotest.tools/v3/poll"
)

// refusal is a configuration that is wrong and what the error must say.
type refusal struct {
	name  string
	types []string // of connectors: source, destination
	bad   []string // pairs of name and value that replace good ones
	want  []string
}

// refusals are what S3 or the parameters themselves say no to.
var refusals = []refusal{
	{
		name: "missing-parameters", types: []string{"source", "destination"},
		bad:  []string{"aws.accessKeyId", "", "aws.secretAccessKey", "", "aws.region", "", "aws.bucket", ""},
		want: []string{"aws.accessKeyId", "aws.secretAccessKey", "aws.region", "aws.bucket", "required"},
	},
	{
		name: "missing-format", types: []string{"destination"},
		bad: []string{"format", ""}, want: []string{"format", "required", "mode"},
	},
	{
		name: "unknown-format", types: []string{"destination"},
		bad: []string{"format", "xml"}, want: []string{"format", "xml"},
	},
	{
		name: "polling-period-of-nothing", types: []string{"source"},
		bad: []string{"pollingPeriod", "0s"}, want: []string{"pollingPeriod"},
	},
	{
		name: "endpoint-without-scheme", types: []string{"source", "destination"},
		bad: []string{"aws.endpoint", "localhost:9000"}, want: []string{"aws.endpoint"},
	},
	{
		name: "missing-bucket", types: []string{"source", "destination"},
		bad: []string{"aws.bucket", "no-such-bucket"}, want: []string{`"no-such-bucket"`, "no such bucket", "NoSuchBucket", "check aws.bucket"},
	},
	{
		name: "wrong-key-id", types: []string{"source", "destination"},
		bad: []string{"aws.accessKeyId", "nobody"}, want: []string{"InvalidAccessKeyId", "check aws.accessKeyId"},
	},
	{
		name: "wrong-secret", types: []string{"source", "destination"},
		bad: []string{"aws.secretAccessKey", "misremembered"}, want: []string{"SignatureDoesNotMatch", "aws.secretAccessKey"},
	},
	{
		name: "wrong-region", types: []string{"source", "destination"},
		bad: []string{"aws.region", "eu-west-1"}, want: []string{"wrong region", "aws.region", "us-east-1"},
	},
}

// TestBadInput_IsRefusedByTheAPI asks Conduit to check each configuration, as
// its API does before it creates a connector.
func TestBadInput_IsRefusedByTheAPI(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t, "bucket", true)
	e := startEngine(t)
	for _, plugin := range plugins {
		for _, kind := range []string{"source", "destination"} {
			good := engine.Connector{Type: kind, Plugin: plugin + ":s3", Settings: goodSettings(kind, bucket)}
			t.Run(plugin+"-"+kind+"-good", func(t *testing.T) {
				assert.NilError(t, e.Validate(t.Context(), good))
			})
			for _, r := range refusals {
				if !slices.Contains(r.types, kind) {
					continue
				}
				t.Run(plugin+"-"+kind+"-"+r.name, func(t *testing.T) {
					bad := good
					bad.Settings = with(good.Settings, r.bad...)
					start := time.Now()
					err := e.Validate(t.Context(), bad)
					checkSeconds(t, start)
					refused, ok := errors.AsType[*engine.Error](err)
					assert.Assert(t, ok, "%v", err)
					assert.Check(t, cmp.Equal(refused.Status, http.StatusBadRequest))
					checkMessage(t, refused.Message, r.want)
				})
			}
		}
	}
}

// TestBadInput_StopsAPipeline runs pipeline files with such configurations,
// and with an endpoint where nothing listens: the pipeline does not run, and
// Conduit's log says why.
func TestBadInput_StopsAPipeline(t *testing.T) {
	t.Parallel()
	nowhere, err := process.FreeAddress()
	assert.NilError(t, err)
	// The last one, because it alone takes some seconds.
	cases := append(slices.Clone(refusals), refusal{
		name: "unreachable-endpoint", types: []string{"source", "destination"},
		bad: []string{"aws.endpoint", "http://" + nowhere}, want: []string{nowhere, "connection refused"},
	})

	bucket := newBucket(t, "bucket", true)
	var pipelines []pipeline
	wants := make(map[string][]string)
	for _, c := range cases {
		for _, kind := range c.types {
			for _, plugin := range plugins {
				p := badPipeline(plugin, kind, bucket, c)
				pipelines, wants[p.ID] = append(pipelines, p), c.want
			}
		}
	}
	start := time.Now()
	e := startEngine(t, pipelines...)
	for _, p := range pipelines {
		t.Run(p.ID, func(t *testing.T) {
			var reasons string
			waitFor(t, e, func() poll.Result {
				if reasons = reasonsOf(e.Log(), p.ID); reasons == "" {
					return poll.Continue("no reason in the log yet")
				}
				return poll.Success()
			})
			checkSeconds(t, start)
			checkMessage(t, reasons, wants[p.ID])
		})
	}
	checkMessage(t, e.Log(), nil)
}

func goodSettings(kind, bucket string) map[string]string {
	if kind == "destination" {
		return access(bucket, "format", "json")
	}
	return access(bucket)
}

// badPipeline returns a pipeline with one connector that is good and one of
// the kind that is not.
func badPipeline(plugin, kind, bucket string, c refusal) pipeline {
	source, destination := s3(plugin, bucket), s3(plugin, bucket, "format", "json", "prefix", "out/")
	if kind == "source" {
		source.Settings = with(source.Settings, c.bad...)
	} else {
		destination.Settings = with(destination.Settings, c.bad...)
	}
	return newPipeline(plugin+"-"+kind+"-"+c.name, source, destination)
}

// reasonsOf returns why connectors of the pipeline could not be opened, as
// Conduit's log says it.
func reasonsOf(log, pipeline string) string {
	var reasons []string
	for line := range strings.Lines(log) {
		var entry struct {
			Node  string `json:"node_id"`
			Error string `json:"error"`
		}
		// The log begins with lines that are not JSON.
		_ = json.Unmarshal([]byte(line), &entry)
		if strings.HasPrefix(entry.Node, pipeline+":") && strings.Contains(entry.Error, "could not open") {
			reasons = append(reasons, entry.Error)
		}
	}
	return strings.Join(reasons, "\n")
}

// checkMessage finds every text in the message, and no secret.
func checkMessage(t *testing.T, message string, want []string) {
	t.Helper()
	for _, text := range want {
		assert.Check(t, strings.Contains(message, text), "no %q in: %s", text, message)
	}
	for _, secret := range []string{"misremembered", s3server.SecretAccessKey} {
		assert.Check(t, !strings.Contains(message, secret), "the secret is in: %s", message)
	}
}

// checkSeconds says that what began at start has ended within seconds.
func checkSeconds(t *testing.T, start time.Time) {
	t.Helper()
	took := time.Since(start)
	t.Logf("took %s", took)
	assert.Check(t, took < 30*time.Second)
}

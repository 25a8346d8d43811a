// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/conduitio/conduit-connector-s3/source"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"go.uber.org/goleak"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

const bucketName = "orders"

// settings returns a configuration that is right for a server.
func settings(t *testing.T, server *s3test.Server) config.Config {
	return config.Config{
		source.ConfigAwsAccessKeyId:     s3test.AccessKeyID,
		source.ConfigAwsSecretAccessKey: s3test.SecretAccessKey,
		source.ConfigAwsRegion:          server.Region(),
		source.ConfigAwsBucket:          bucketName,
		source.ConfigAwsEndpoint:        server.Start(t),
		source.ConfigPollingPeriod:      "10ms",
	}
}

func newServer() *s3test.Server {
	server := s3test.New(s3test.Config{})
	server.CreateBucket(bucketName, s3test.Enabled)
	return server
}

// configure does what the SDK does with a pipeline's settings.
func configure(ctx context.Context, settings config.Config) (sdk.Source, error) {
	s := source.NewSource()
	return s, sdk.Util.ParseConfig(ctx, settings, s.Config(), source.Config{}.Parameters())
}

func TestConfigure_NamesEveryProblemAtOnce(t *testing.T) {
	_, err := configure(t.Context(), config.Config{
		source.ConfigAwsEndpoint:   "localhost:9000",
		source.ConfigPollingPeriod: "often",
	})
	for _, name := range []string{
		source.ConfigAwsAccessKeyId, source.ConfigAwsSecretAccessKey, source.ConfigAwsRegion,
		source.ConfigAwsBucket, source.ConfigAwsEndpoint, source.ConfigPollingPeriod,
	} {
		assert.Check(t, is.ErrorContains(err, `"`+name+`"`))
	}
}

func TestConfigure_RefusesWhatTagsCantExpress(t *testing.T) {
	valid := settings(t, newServer())
	for _, test := range []struct{ name, value, want string }{
		{source.ConfigPollingPeriod, "0s", "0s is shorter than 10ms"},
		{source.ConfigPollingPeriod, "1ns", "1ns is shorter than 10ms"},
		{source.ConfigPollingPeriod, "9999us", "9.999ms is shorter than 10ms"},
		{source.ConfigLookback, "999ms", "999ms is shorter than 1s"},
		{source.ConfigInclude, "a/*,[b", `"[b"`},
		{source.ConfigExclude, "**.tmp", `"**" must be the whole name of a folder`},
		{source.ConfigSdkBatchDelay, "-1s", "less than 0"},
		{source.ConfigMaxObjectSize, "-1", "greater than"},
		{source.ConfigSnapshotMode, "always", "initial"},
		{source.ConfigOnUnreadable, "stop", "skip"},
		{source.ConfigAwsEndpoint, "http://user:secret@localhost", "must not hold credentials"},
	} {
		with := maps.Clone(valid)
		with[test.name] = test.value
		_, err := configure(t.Context(), with)
		assert.Check(t, is.ErrorContains(err, test.name))
		assert.Check(t, is.ErrorContains(err, test.want))
		assert.Check(t, err == nil || !strings.Contains(err.Error(), "secret@"), err)
	}
}

func TestConfigure_NamesWhatTagsCantExpressAtOnce(t *testing.T) {
	with := settings(t, newServer())
	maps.Copy(with, config.Config{
		source.ConfigPollingPeriod: "1ms",
		source.ConfigLookback:      "0s",
		source.ConfigInclude:       "a[,{b",
		source.ConfigExclude:       "c**",
		source.ConfigSdkBatchDelay: "-1s",
		source.ConfigAwsEndpoint:   "http://?",
	})
	_, err := configure(t.Context(), with)
	for _, want := range []string{"pollingPeriod:", "lookback:", `include: pattern "a["`, `include: pattern "{b"`, `exclude: pattern "c**"`, "sdk.batch.delay:", "aws.endpoint:"} {
		assert.Check(t, is.ErrorContains(err, want))
	}
}

func TestConfigure_ChecksTheBucket(t *testing.T) {
	server := newServer()
	server.CreateBucketIn("elsewhere", "eu-west-1", s3test.Enabled)
	valid := settings(t, server)
	for _, test := range []struct {
		name  string
		with  config.Config
		wants []string
	}{
		{"no such bucket", config.Config{source.ConfigAwsBucket: "missing"}, []string{"no such bucket", `"missing"`, "aws.bucket"}},
		{"unknown key", config.Config{source.ConfigAwsAccessKeyId: "AKIAUNKNOWN"}, []string{"InvalidAccessKeyId", "aws.accessKeyId"}},
		{"wrong secret", config.Config{source.ConfigAwsSecretAccessKey: "wrong"}, []string{"SignatureDoesNotMatch", "aws.secretAccessKey"}},
		{"wrong region", config.Config{source.ConfigAwsRegion: "eu-north-1"}, []string{"wrong region", `"us-east-1"`, "aws.region"}},
		{"other region", config.Config{source.ConfigAwsBucket: "elsewhere"}, []string{"wrong region", `"eu-west-1"`, "aws.region"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			with := maps.Clone(valid)
			maps.Copy(with, test.with)
			_, err := configure(t.Context(), with)
			for _, want := range test.wants {
				assert.Check(t, is.ErrorContains(err, want))
			}
			if err != nil {
				assert.Check(t, !strings.Contains(err.Error(), s3test.SecretAccessKey), "the secret is in %q", err)
			}
		})
	}
	t.Run("forbidden", func(t *testing.T) {
		server.Deny("s3:ListBucketVersions")
		defer server.Allow("s3:ListBucketVersions")
		_, err := configure(t.Context(), valid)
		assert.Check(t, is.ErrorContains(err, "IAM policy must allow s3:ListBucketVersions"))
	})
	t.Run("fine", func(t *testing.T) {
		_, err := configure(t.Context(), valid)
		assert.NilError(t, err)
	})
}

func TestUnreachable_IsLeftToOpenWhichSaysSo(t *testing.T) {
	server := newServer()
	with := settings(t, server)
	server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Reset() })
	s, err := configure(t.Context(), with)
	assert.NilError(t, err)
	err = s.Open(t.Context(), nil)
	assert.Check(t, is.ErrorContains(err, "no answer within 10s"))
	assert.Check(t, is.ErrorContains(err, "aws.endpoint"))
	assert.NilError(t, s.Teardown(t.Context()))
}

func TestOpen_RefusesAPositionThatItCantRead(t *testing.T) {
	server := newServer()
	for position, want := range map[string]string{
		"a_":                "invalid position",
		"no position":       "invalid position",
		"key_c5;v7;a=b":     "newer format",
		"key_c5;v1;a=b;c=d": "unknown field",
	} {
		s, err := configure(t.Context(), settings(t, server))
		assert.NilError(t, err)
		assert.Check(t, is.ErrorContains(s.Open(t.Context(), opencdc.Position(position)), want))
		assert.NilError(t, s.Teardown(t.Context()))
	}
}

func TestTeardown_LeavesNothingRunning(t *testing.T) {
	server := newServer()
	server.Put(bucketName, "a", []byte("1"))
	with := settings(t, server)
	current := goleak.IgnoreCurrent()
	s, err := configure(t.Context(), with)
	assert.NilError(t, err)
	assert.NilError(t, s.Open(t.Context(), nil))
	_, err = s.Read(t.Context())
	assert.NilError(t, err)
	assert.NilError(t, s.Teardown(t.Context()))
	waitForNone(t, current)
}

func TestTeardown_AfterConfigureAlone(t *testing.T) {
	s, err := configure(t.Context(), settings(t, newServer()))
	assert.NilError(t, err)
	assert.NilError(t, s.Teardown(t.Context()))
	assert.NilError(t, source.NewSource().Teardown(t.Context()))
}

func TestRecord_CarriesTheObjectAndItsMetadata(t *testing.T) {
	server := newServer()
	id := server.Put(bucketName, "a/ü", []byte("\xff\x00"),
		s3test.ContentType("image/x-odd"), s3test.Metadata(map[string]string{"Colour": "blue"}))
	s, err := configure(t.Context(), settings(t, server))
	assert.NilError(t, err)
	assert.NilError(t, s.Open(t.Context(), nil))
	defer func() { assert.NilError(t, s.Teardown(t.Context())) }()

	got, err := s.Read(t.Context())
	assert.NilError(t, err)
	assert.Check(t, is.Equal(got.Operation, opencdc.OperationSnapshot))
	assert.Check(t, is.DeepEqual(got.Key, opencdc.RawData("a/ü")))
	assert.Check(t, is.DeepEqual(got.Payload, opencdc.Change{After: opencdc.RawData("\xff\x00")}))
	want := map[string]string{
		"opencdc.collection":    bucketName,
		"s3.bucket":             bucketName,
		"s3.key":                "a/ü",
		"s3.versionId":          id,
		"s3.size":               "2",
		"s3.header.contentType": "image/x-odd",
		"s3.metadata.colour":    "blue",
	}
	for name, value := range want {
		assert.Check(t, is.Equal(got.Metadata[name], value), name)
	}
	created, err := got.Metadata.GetCreatedAt()
	assert.NilError(t, err)
	assert.Check(t, created.Equal(server.Versions(bucketName)[0].LastModified.Truncate(time.Second)), created)
	assert.Check(t, is.Equal(got.Metadata["s3.lastModified"], created.UTC().Format(time.RFC3339)))
	assert.Check(t, strings.HasPrefix(got.Metadata["s3.etag"], `"`))
	_, err = got.Metadata.GetReadAt()
	assert.NilError(t, err)

	server.Put(bucketName, "a/ü", nil)
	updated, err := s.Read(t.Context())
	assert.NilError(t, err)
	assert.Check(t, is.Equal(updated.Operation, opencdc.OperationUpdate))
	assert.Check(t, is.DeepEqual(updated.Payload, opencdc.Change{After: opencdc.RawData{}}))

	server.Delete(bucketName, "a/ü")
	deleted, err := s.Read(t.Context())
	assert.NilError(t, err)
	assert.Check(t, is.Equal(deleted.Operation, opencdc.OperationDelete))
	assert.Check(t, is.DeepEqual(deleted.Payload, opencdc.Change{}))
	for _, name := range []string{"s3.size", "s3.etag", "s3.header.contentType"} {
		assert.Check(t, is.Equal(deleted.Metadata[name], ""), name)
	}
}

func TestRead_EndsWithItsContextAndGoesOn(t *testing.T) {
	server := newServer()
	s, err := configure(t.Context(), settings(t, server))
	assert.NilError(t, err)
	assert.NilError(t, s.Open(t.Context(), nil))
	defer func() { assert.NilError(t, s.Teardown(t.Context())) }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Read(ctx)
	assert.Check(t, is.ErrorIs(err, context.Canceled))
	server.Put(bucketName, "a", []byte("1"))
	got, err := s.Read(t.Context())
	assert.NilError(t, err)
	assert.Check(t, is.DeepEqual(got.Key, opencdc.RawData("a")))
}

func TestPermission_WithdrawnWhileRunningEndsTheSource(t *testing.T) {
	server := newServer()
	s, err := configure(t.Context(), settings(t, server))
	assert.NilError(t, err)
	assert.NilError(t, s.Open(t.Context(), nil))
	defer func() { assert.NilError(t, s.Teardown(t.Context())) }()
	server.SetFaults(func(s3test.Request) s3test.Fault {
		return s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
	})
	_, err = s.Read(t.Context())
	assert.Check(t, is.ErrorContains(err, "s3:ListBucketVersions"))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/iterator"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// decode returns the configuration that settings make together with the defaults.
func decode(t *testing.T, settings config.Config) Config {
	t.Helper()
	var c Config
	assert.NilError(t, settings.ApplyDefaults(c.Parameters()).DecodeInto(&c))
	return c
}

func settingsOf(t *testing.T, settings config.Config) iterator.Config {
	t.Helper()
	c := decode(t, settings)
	got, err := c.iterator()
	assert.NilError(t, err)
	return got
}

func TestConfig_DefaultsOfTheIterator(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	t.Setenv("AWS_ENDPOINT_URL", "")
	got := settingsOf(t, config.Config{ConfigAwsBucket: "orders"})
	assert.Check(t, got.Matches == nil)
	got.Matches = nil
	assert.Check(t, is.DeepEqual(got, iterator.Config{
		Store:            bucket.Config{Bucket: "orders"}.Identity(""),
		PollingPeriod:    time.Second,
		Lookback:         time.Minute,
		FetchConcurrency: 16,
		FetchBuffer:      24 << 20,
		ScanConcurrency:  8,
		MaxObjectSize:    64 << 20,
	}))
}

func TestConfig_EachParameterReachesTheIterator(t *testing.T) {
	got := settingsOf(t, config.Config{
		ConfigAwsBucket:        "orders",
		ConfigAwsEndpoint:      "http://localhost:9000",
		ConfigPrefix:           "logs/",
		ConfigInclude:          "logs/**/*.{csv,json}, logs/a",
		ConfigExclude:          "logs/tmp/**",
		ConfigSnapshotMode:     "never",
		ConfigPollingPeriod:    "10ms",
		ConfigVersions:         "latest",
		ConfigLookback:         "1s",
		ConfigFetchConcurrency: "1",
		ConfigFetchBufferSize:  "2",
		ConfigScanConcurrency:  "3",
		ConfigMaxObjectSize:    "0",
		ConfigOnLargeObject:    "skip",
		ConfigOnUnreadable:     "skip",
	})
	for key, want := range map[string]bool{
		"logs/a": true, "logs/b/c.csv": true, "logs/c.json": true, "logs/tmp/c.json": false, "logs/b": false,
	} {
		assert.Check(t, is.Equal(got.Matches(key), want), key)
	}
	got.Matches = nil
	assert.Check(t, is.DeepEqual(got, iterator.Config{
		Prefix:           "logs/",
		Store:            bucket.Config{Bucket: "orders", Endpoint: "http://localhost:9000"}.Identity("logs/"),
		SnapshotNever:    true,
		PollingPeriod:    10 * time.Millisecond,
		LatestOnly:       true,
		Lookback:         time.Second,
		FetchConcurrency: 1,
		FetchBuffer:      2,
		ScanConcurrency:  3,
		SkipLarge:        true,
		SkipUnreadable:   true,
	}))
}

func TestConfig_ThePollingPeriodMayBeTheFloor(t *testing.T) {
	c := decode(t, config.Config{ConfigPollingPeriod: "10ms", ConfigAwsEndpoint: "no URL"})
	err := c.Validate(context.Background())
	assert.Check(t, is.ErrorContains(err, ConfigAwsEndpoint))
	assert.Check(t, err == nil || !errorMentions(err, ConfigPollingPeriod))
}

func errorMentions(err error, name string) bool {
	return is.ErrorContains(err, name)().Success()
}

// An object that is larger than maxObjectSize and than a message: both bounds,
// and what to change, are in the error.
func TestExplain_NamesTheParametersAndTheOptionOfConduit(t *testing.T) {
	for _, test := range []struct {
		limit      string // that Conduit tells
		size       int64
		wantOption bool
	}{
		{"", 4<<20 - addedByConduit, false},
		{"", 4<<20 - addedByConduit + 1, true},
		{"1000", 1001, true},
		{"100000000", 99_000_000, false},
	} {
		t.Setenv(pconnector.EnvConduitConnectorMaxReceiveRecordSize, test.limit)
		err := explain(&iterator.TooLargeError{Object: `"a"`, Size: test.size, Limit: 5})
		for _, want := range []string{`"a"`, "raise maxObjectSize", `onLargeObject to "skip"`} {
			assert.Check(t, is.ErrorContains(err, want))
		}
		assert.Check(t, is.Equal(errorMentions(err, "connectors.max-receive-record-size"), test.wantOption), "%v: %v", test, err)
		var large *iterator.TooLargeError
		assert.Check(t, errors.As(err, &large))
	}
	other := errors.New("other")
	assert.Check(t, is.Equal(explain(other), other))
}

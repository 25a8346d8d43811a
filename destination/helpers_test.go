// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"gotest.tools/v3/assert"
)

const bucketName = "archive"

func newServer(config s3test.Config) *s3test.Server {
	server := s3test.New(config)
	server.CreateBucket(bucketName, s3test.Unversioned)
	return server
}

// settings returns a configuration that is right for a server, and changes it.
func settings(server *s3test.Server, changes config.Config) config.Config {
	all := config.Config{
		ConfigAwsAccessKeyId:     s3test.AccessKeyID,
		ConfigAwsSecretAccessKey: s3test.SecretAccessKey,
		ConfigAwsRegion:          server.Region(),
		ConfigAwsBucket:          bucketName,
		ConfigFormat:             "json",
	}
	maps.Copy(all, changes)
	return all
}

// configured returns a destination with settings, yet to be opened, that talks
// to the server without a network.
func configured(t *testing.T, server *s3test.Server, changes config.Config) sdk.Destination {
	t.Helper()
	d := &Destination{connect: func(_ context.Context, c *Config) (store, error) {
		return bucket.New(c.Config, server)
	}}
	wrapped := withMiddleware(d)
	assert.NilError(t, settings(server, changes).ApplyDefaults(Config{}.Parameters()).DecodeInto(&d.config))
	return wrapped
}

// open returns a destination to call Write on.
func open(t *testing.T, server *s3test.Server, changes config.Config) sdk.Destination {
	t.Helper()
	d := configured(t, server, changes)
	assert.NilError(t, d.Open(t.Context()))
	t.Cleanup(func() { assert.Check(t, d.Teardown(context.Background())) })
	return d
}

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)

// numbered returns raw records whose positions are from … to-1 and which were
// created a millisecond apart.
func numbered(from, to int) []opencdc.Record {
	var recs []opencdc.Record
	for i := from; i < to; i++ {
		rec := opencdc.Record{
			Position:  opencdc.Position(fmt.Sprint(i)),
			Operation: opencdc.OperationCreate,
			Metadata:  opencdc.Metadata{opencdc.MetadataConduitSourceConnectorID: "source"},
			Key:       opencdc.RawData(fmt.Sprint("key ", i)),
			Payload:   opencdc.Change{After: opencdc.RawData(fmt.Sprint("payload ", i))},
		}
		rec.Metadata.SetCreatedAt(epoch.Add(time.Duration(i) * time.Millisecond))
		rec.Metadata.SetReadAt(epoch.Add(time.Hour))
		recs = append(recs, rec)
	}
	return recs
}

// positions returns the positions of the records in the bucket's JSON objects,
// in the order of their names, and the number of records of each object.
func positions(t *testing.T, server *s3test.Server) (all []string, sizes []int) {
	t.Helper()
	for _, o := range server.Objects(bucketName) {
		n := 0
		for line := range strings.Lines(string(o.Body)) {
			var rec opencdc.Record
			assert.NilError(t, rec.UnmarshalJSON([]byte(line)))
			all = append(all, string(rec.Position))
			n++
		}
		sizes = append(sizes, n)
	}
	return all, sizes
}

// sequence returns "from" … "to-1".
func sequence(from, to int) []string {
	var s []string
	for _, rec := range numbered(from, to) {
		s = append(s, string(rec.Position))
	}
	return s
}

// keys returns the names of the bucket's objects, sorted.
func keys(server *s3test.Server) []string {
	var names []string
	for _, o := range server.Objects(bucketName) {
		names = append(names, o.Key)
	}
	slices.Sort(names)
	return names
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/conduitio/conduit-connector-s3/source"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func TestInclude_OtherKeysAreNeitherRequestedNorDelivered(t *testing.T) {
	server, lead := newServerWithClock()
	for _, key := range []string{"a.csv", "a.tmp.csv", "b.json", "dir/c.csv"} {
		server.Put(bucketName, key, []byte("1"))
	}
	r := runWith(t, server, config.Config{source.ConfigInclude: "**/*.{csv,tsv}", source.ConfigExclude: "*.tmp.*"})
	assert.Check(t, is.DeepEqual(r.next(2), []string{"snapshot a.csv=1", "snapshot dir/c.csv=1"}))
	lead.Store(int64(time.Minute))
	server.Delete(bucketName, "b.json")
	server.Put(bucketName, "a.tmp.csv", []byte("2"))
	server.Delete(bucketName, "dir/c.csv")
	assert.Check(t, is.DeepEqual(r.next(1), []string{"delete dir/c.csv"}))
	assert.Check(t, is.Equal(server.Count("GetObject"), 2))
}

func TestSnapshotMode_NeverDeliversOnlyChanges(t *testing.T) {
	server, lead := newServerWithClock()
	server.Put(bucketName, "a", []byte("1"))
	server.Put(bucketName, "b", []byte("1"))
	r := runWith(t, server, config.Config{source.ConfigSnapshotMode: "never"})
	lead.Store(int64(time.Minute))
	server.Put(bucketName, "b", []byte("2"))
	assert.Check(t, is.DeepEqual(r.next(1), []string{"update b=2"}))
	server.Put(bucketName, "c", []byte("1"))
	r.restart()
	assert.Check(t, is.DeepEqual(r.next(1), []string{"create c=1"}))
}

func TestOnUnreadable(t *testing.T) {
	forbidden := func() *s3test.Server {
		server := newServer()
		put(server, 3, []byte("1"))
		server.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "GetObject" && r.Key == "00001" {
				return s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
			}
			return s3test.Fault{}
		})
		return server
	}
	t.Run("fail", func(t *testing.T) {
		r := runWith(t, forbidden(), nil)
		assert.Check(t, is.DeepEqual(r.next(1), []string{"snapshot 00000=1"}))
		err := r.fails()
		assert.Check(t, is.ErrorContains(err, `object "00001"`))
		assert.Check(t, is.ErrorContains(err, `set onUnreadable to "skip"`))
	})
	t.Run("the key holds the credentials", func(t *testing.T) {
		server := newServer()
		server.Put(bucketName, "a "+s3test.SecretAccessKey, []byte("1"), s3test.StorageClass("GLACIER"))
		err := runWith(t, server, nil).fails()
		assert.Check(t, is.ErrorContains(err, `object "a [redacted]" version "`))
		assert.Check(t, err == nil || !strings.Contains(err.Error(), s3test.SecretAccessKey))
	})
	t.Run("skip", func(t *testing.T) {
		r := runWith(t, forbidden(), config.Config{source.ConfigOnUnreadable: "skip"})
		assert.Check(t, is.DeepEqual(r.next(2), []string{"snapshot 00000=1", "snapshot 00002=1"}))
	})
}

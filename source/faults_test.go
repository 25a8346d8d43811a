// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"go.uber.org/goleak"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// readTimeout is far longer than a source takes that is not stuck.
const readTimeout = 30 * time.Second

// newServerWithClock returns a server and its clock's lead, which lets a test
// pass the second of the start: what happens in it may belong to the snapshot.
func newServerWithClock() (*s3test.Server, *atomic.Int64) {
	var lead atomic.Int64
	server := s3test.New(s3test.Config{Clock: func() time.Time { return time.Now().Add(time.Duration(lead.Load())) }})
	server.CreateBucket(bucketName, s3test.Enabled)
	return server, &lead
}

// running is a source that reads from a server, and what it has delivered.
type running struct {
	t        *testing.T
	settings config.Config
	source   sdk.Source
	position opencdc.Position
}

// run starts a source. When the test ends, nothing of it may run any more.
func run(t *testing.T, server *s3test.Server) *running {
	t.Helper()
	return runWith(t, server, nil)
}

// runWith starts a source with some settings replaced.
func runWith(t *testing.T, server *s3test.Server, with config.Config) *running {
	t.Helper()
	r := &running{t: t, settings: settings(t, server)}
	maps.Copy(r.settings, with)
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	r.start()
	t.Cleanup(func() { assert.NilError(t, r.source.Teardown(context.Background())) })
	return r
}

// start opens the source behind the last delivery.
func (r *running) start() {
	r.t.Helper()
	s, err := configure(r.t.Context(), r.settings)
	assert.NilError(r.t, err)
	r.source = s
	assert.NilError(r.t, s.Open(r.t.Context(), r.position))
}

// restart stops the source and starts it behind the last delivery.
func (r *running) restart() {
	r.t.Helper()
	assert.NilError(r.t, r.source.Teardown(r.t.Context()))
	r.start()
}

// next returns the next n records, as operation, key and payload.
func (r *running) next(n int) []string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), readTimeout)
	defer cancel()
	var said []string
	for len(said) < n {
		records, err := r.source.ReadN(ctx, 1)
		assert.NilError(r.t, err)
		for _, rec := range records {
			text := fmt.Sprintf("%s %s", rec.Operation, rec.Key.Bytes())
			if rec.Payload.After != nil {
				text += fmt.Sprintf("=%s", rec.Payload.After.Bytes())
			}
			said, r.position = append(said, text), rec.Position
		}
	}
	return said
}

// fails returns the error that ends the source.
func (r *running) fails() error {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), readTimeout)
	defer cancel()
	records, err := r.source.ReadN(ctx, 1)
	assert.Check(r.t, is.Len(records, 0))
	assert.Check(r.t, ctx.Err() == nil, "the source did not end")
	return err
}

// TestFaults_ThatPassAreWaitedOut lets each request fail a few times, over real
// connections: longer ones are tested in virtual time, in package iterator.
func TestFaults_ThatPassAreWaitedOut(t *testing.T) {
	for name, fault := range map[string]s3test.Fault{
		"throttled": s3test.SlowDown(), "gone": s3test.Reset(), "malformed listing": s3test.Malformed(), "short body": s3test.Truncate(1),
	} {
		t.Run(name, func(t *testing.T) {
			server, lead := newServerWithClock()
			server.Put(bucketName, "a", []byte("first"))
			r := run(t, server)
			assert.Check(t, is.DeepEqual(r.next(1), []string{"snapshot a=first"}))
			lead.Store(int64(time.Minute))

			var failed atomic.Int64
			server.SetFaults(func(request s3test.Request) s3test.Fault {
				if isGet := request.Op == "GetObject"; isGet == (name == "malformed listing") || failed.Add(1) > 3 {
					return s3test.Fault{}
				}
				return fault
			})
			server.Put(bucketName, "a", []byte("second"))
			server.Put(bucketName, "b", []byte("first"))
			assert.Check(t, is.DeepEqual(r.next(2), []string{"update a=second", "create b=first"}))
			assert.Check(t, failed.Load() > 3)
			server.Put(bucketName, "c", []byte("first"))
			r.restart()
			assert.Check(t, is.DeepEqual(r.next(1), []string{"create c=first"}))
		})
	}
}

// TestFaults_ThatStayEndTheSource finds an error that names what is missing, and
// goes on behind the last delivery once it is there.
func TestFaults_ThatStayEndTheSource(t *testing.T) {
	for name, test := range map[string]struct {
		begin, end func(*s3test.Server)
		wants      []string
	}{
		"bucket deleted": {
			begin: func(s *s3test.Server) { s.RemoveBucket(bucketName) },
			end:   func(s *s3test.Server) { s.CreateBucket(bucketName, s3test.Enabled) },
			wants: []string{"no such bucket", `"orders"`, "aws.bucket"},
		},
		"permission to list withdrawn": {
			begin: func(s *s3test.Server) { s.Deny("s3:ListBucketVersions") },
			end:   func(s *s3test.Server) { s.Allow("s3:ListBucketVersions") },
			wants: []string{"forbidden", `"orders"`, "the IAM policy must allow s3:ListBucketVersions"},
		},
		"permission to read withdrawn": {
			begin: func(s *s3test.Server) {
				s.Deny("s3:GetObjectVersion")
				s.Put(bucketName, "b", []byte("first"))
			},
			end:   func(s *s3test.Server) { s.Allow("s3:GetObjectVersion") },
			wants: []string{"forbidden", `"orders" key "b"`, "the IAM policy must allow s3:GetObjectVersion"},
		},
		"credentials expired": {
			begin: func(s *s3test.Server) {
				s.SetFaults(func(s3test.Request) s3test.Fault {
					return s3test.Fault{Status: http.StatusBadRequest, Code: "ExpiredToken", Message: "The provided token has expired."}
				})
			},
			end:   func(s *s3test.Server) { s.SetFaults(nil) },
			wants: []string{"credentials refused", "ExpiredToken", "aws.accessKeyId"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			server, lead := newServerWithClock()
			server.Put(bucketName, "a", []byte("first"))
			r := run(t, server)
			assert.Check(t, is.DeepEqual(r.next(1), []string{"snapshot a=first"}))
			lead.Store(int64(time.Minute))
			test.begin(server)
			err := r.fails()
			for _, want := range test.wants {
				assert.Check(t, is.ErrorContains(err, want))
			}
			assert.Check(t, is.Error(r.fails(), err.Error()), "the error stays")

			test.end(server)
			if name != "permission to read withdrawn" {
				server.Put(bucketName, "b", []byte("first"))
			}
			r.restart()
			assert.Check(t, is.DeepEqual(r.next(1), []string{"create b=first"}))
			server.Put(bucketName, "b", []byte("second"))
			assert.Check(t, is.DeepEqual(r.next(1), []string{"update b=second"}))
		})
	}
}

// TestClock_ADayOff reads from a server that refuses what is signed with a time
// that is not its own.
func TestClock_ADayOff(t *testing.T) {
	for _, off := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		t.Run(off.String(), func(t *testing.T) {
			server := s3test.New(s3test.Config{CheckSkew: true, Clock: func() time.Time { return time.Now().Add(off) }})
			server.CreateBucket(bucketName, s3test.Enabled)
			server.Put(bucketName, "a", []byte("first"))
			r := run(t, server)
			assert.Check(t, is.DeepEqual(r.next(1), []string{"snapshot a=first"}))
			server.Put(bucketName, "a", []byte("second"))
			assert.Check(t, is.DeepEqual(r.next(1), []string{"update a=second"}))
			r.restart()
			server.Delete(bucketName, "a")
			assert.Check(t, is.DeepEqual(r.next(1), []string{"delete a"}))
		})
	}
}

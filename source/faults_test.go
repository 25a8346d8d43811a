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

// readTimeout ends a test of a source that is stuck. No source that works comes
// near it, however busy the machine is.
const readTimeout = 5 * time.Minute

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
	t.Cleanup(func() { waitForNone(t, before) })
	r.start()
	t.Cleanup(func() { assert.NilError(t, r.source.Teardown(context.Background())) })
	return r
}

// waitForNone waits until every goroutine has ended that was started since before.
func waitForNone(t *testing.T, before goleak.Option) {
	t.Helper()
	for deadline := time.Now().Add(readTimeout); ; {
		err := goleak.Find(before) // waits for a moment itself
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Error(err)
			return
		}
	}
}

// start opens the source after the last delivery.
func (r *running) start() {
	r.t.Helper()
	s, err := configure(r.t.Context(), r.settings)
	assert.NilError(r.t, err)
	r.source = s
	assert.NilError(r.t, s.Open(r.t.Context(), r.position))
}

// restart stops the source and starts it after the last delivery.
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

// TestFaults_ThatPassAreWaitedOut lets requests fail a few times, over real
// connections: longer faults are tested in virtual time, in package iterator.
func TestFaults_ThatPassAreWaitedOut(t *testing.T) {
	for name, test := range map[string]struct {
		op    string
		fault s3test.Fault
	}{
		"throttled":         {"GetObject", s3test.SlowDown()},
		"gone":              {"GetObject", s3test.Reset()},
		"short body":        {"GetObject", s3test.Truncate(1)},
		"malformed listing": {"ListObjectVersions", s3test.Malformed()},
	} {
		t.Run(name, func(t *testing.T) {
			server, lead := newServerWithClock()
			server.Put(bucketName, "a", []byte("first"))
			r := run(t, server)
			assert.Check(t, is.DeepEqual(r.next(1), []string{"snapshot a=first"}))
			lead.Store(int64(time.Minute))

			const faults = 3
			var seen atomic.Int64
			begun := make(chan struct{})
			server.SetFaults(func(request s3test.Request) s3test.Fault {
				if request.Op != test.op {
					return s3test.Fault{}
				}
				n := seen.Add(1)
				if n == 1 {
					close(begun)
				}
				if n > faults {
					return s3test.Fault{}
				}
				return test.fault
			})
			if test.op == "ListObjectVersions" {
				// A listing that was already under way would show the changes.
				<-begun
			}
			server.Put(bucketName, "a", []byte("second"))
			server.Put(bucketName, "b", []byte("first"))
			assert.Check(t, is.DeepEqual(r.next(2), []string{"update a=second", "create b=first"}))
			assert.Check(t, seen.Load() > faults, "the changes came past the faults")
			server.Put(bucketName, "c", []byte("first"))
			r.restart()
			assert.Check(t, is.DeepEqual(r.next(1), []string{"create c=first"}))
		})
	}
}

// TestFaults_ThatStayEndTheSource finds an error that names what is missing, and
// resumes after the last delivery once it is there.
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

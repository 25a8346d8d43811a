// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// A request that fails after it took effect, and is repeated, finds no upload any
// more. The object tells whether it is stored.
func TestStore_TheLastAnswerIsLost(t *testing.T) {
	for name, test := range map[string]struct {
		config s3test.Config
		fault  s3test.Fault
		begun  int
	}{
		"reset":                {fault: s3test.Fault{Reset: true, Late: true}, begun: 1},
		"a proxy's time-out":   {fault: s3test.Fault{Status: http.StatusGatewayTimeout, Late: true}, begun: 1},
		"an hour":              {fault: s3test.Fault{AnswerDelay: time.Hour}, begun: 1},
		"an empty success":     {fault: s3test.Fault{Body: []byte{}, Late: true}, begun: 1},
		"without checksums":    {config: s3test.Config{NoChecksums: true}, fault: s3test.Fault{Reset: true, Late: true}, begun: 1},
		"it was aborted":       {fault: s3test.Fault{Status: http.StatusNotFound, Code: "NoSuchUpload"}, begun: 2},
		"a part has gone":      {fault: s3test.Fault{Status: http.StatusBadRequest, Code: "InvalidPart"}, begun: 2},
		"reset, and not taken": {fault: s3test.Reset(), begun: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, b := open(t, s3test.Enabled, test.config)
				server.Put(bucketName, "a", make([]byte, 2*partSize+1)) // of the same size
				server.SetFaults(func(r s3test.Request) s3test.Fault {
					if r.Op == "CompleteMultipartUpload" && r.N == 1 {
						return test.fault
					}
					return s3test.Fault{}
				})
				body := content(2*partSize + 1)
				assert.NilError(t, b.Store(t.Context(), uploadOf(body)))
				checkStored(t, server, body)
				assert.Check(t, is.Equal(server.Count("CreateMultipartUpload"), test.begun))
				assert.Check(t, is.Len(server.Versions(bucketName), 2))
			})
		})
	}
}

// What can't be looked at, or is not what was sent, is stored again.
func TestStore_TheLastAnswerIsLostAndTheObjectDoesNotTell(t *testing.T) {
	for name, change := range map[string]func(*s3test.Server){
		"it may not be read":    func(s *s3test.Server) { s.Deny("s3:GetObject") },
		"it is not there":       func(s *s3test.Server) { s.Delete(bucketName, "a") },
		"another one is there":  func(s *s3test.Server) { s.Put(bucketName, "a", make([]byte, 2*partSize+1)) },
		"a part of it is there": func(s *s3test.Server) { s.Put(bucketName, "a", content(partSize)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, b := open(t, s3test.Unversioned, s3test.Config{})
				server.SetFaults(func(r s3test.Request) s3test.Fault {
					if r.Op == "CompleteMultipartUpload" && r.N == 2 {
						change(server)
					}
					return s3test.Fault{Reset: r.Op == "CompleteMultipartUpload" && r.N == 1, Late: true}
				})
				body := content(2*partSize + 1)
				assert.NilError(t, b.Store(t.Context(), uploadOf(body)))
				checkStored(t, server, body)
				assert.Check(t, is.Equal(server.Count("CreateMultipartUpload"), 2))
			})
		})
	}
}

// An upload that S3 forgets each time ends with S3's reason.
func TestStore_ForgottenAgainAndAgain(t *testing.T) {
	for op, fault := range map[string]s3test.Fault{
		"UploadPart":              {Status: http.StatusNotFound, Code: "NoSuchUpload"},
		"CompleteMultipartUpload": {Status: http.StatusBadRequest, Code: "InvalidPart"},
	} {
		t.Run(fault.Code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, b := open(t, s3test.Unversioned, s3test.Config{})
				server.SetFaults(func(r s3test.Request) s3test.Fault {
					if r.Op == op {
						return fault
					}
					return s3test.Fault{}
				})
				err := b.Store(t.Context(), uploadOf(content(2*partSize+1)))
				assert.Check(t, is.ErrorIs(err, bucket.ErrInvalid))
				assert.Check(t, !errors.Is(err, bucket.ErrUnavailable))
				assert.Check(t, is.ErrorContains(err, op+` "orders" key "a": request refused: `+fault.Code))
				assert.Check(t, is.ErrorContains(err, "begun 20 times"))
				assert.Check(t, is.Equal(server.Count("CreateMultipartUpload"), 20))
				assert.Check(t, is.Len(server.Uploads(bucketName), 0))
			})
		})
	}
}

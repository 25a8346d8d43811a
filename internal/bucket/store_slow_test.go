// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"bytes"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// A store that does not read on is told from one that is slow to answer.
func TestStore_GivesUpAConnectionThatStalls(t *testing.T) {
	for name, size := range map[string]int{"one request": 1 << 20, "parts": 2*partSize + 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := s3test.New(s3test.Config{})
				server.CreateBucket(bucketName, s3test.Unversioned)
				var stalled atomic.Bool
				b, err := bucket.New(configOf(server), clientFunc(func(r *http.Request) (*http.Response, error) {
					if r.Body == nil || r.Method != http.MethodPut || stalled.Swap(true) {
						return server.Do(r)
					}
					_, _ = io.CopyN(io.Discard, r.Body, 1000)
					<-r.Context().Done()
					return nil, r.Context().Err()
				}))
				assert.NilError(t, err)
				begin, body := time.Now(), content(size)
				assert.NilError(t, b.Store(t.Context(), uploadOf(body)))
				checkStored(t, server, body)
				assert.Check(t, time.Since(begin) >= 30*time.Second)
				assert.Check(t, time.Since(begin) < 32*time.Second, "%v", time.Since(begin))
			})
		})
	}
}

// A slow upload does not begin again while the store accepts bytes.
func TestStore_OverASlowNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := s3test.New(s3test.Config{})
		server.CreateBucket(bucketName, s3test.Unversioned)
		b, err := bucket.New(configOf(server), clientFunc(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPut {
				var body bytes.Buffer
				for _, err := io.CopyN(&body, r.Body, 32<<10); err == nil; _, err = io.CopyN(&body, r.Body, 32<<10) {
					<-time.After(20 * time.Second)
				}
				r.Body = io.NopCloser(&body)
			}
			return server.Do(r)
		}))
		assert.NilError(t, err)
		body := content(1 << 20)
		assert.NilError(t, b.Store(t.Context(), uploadOf(body)))
		checkStored(t, server, body)
		assert.Check(t, is.Equal(server.Count("PutObject"), 1))
	})
}

// A proxy's page does not mean that the object is stored.
func TestStore_ASuccessThatIsNotOfS3(t *testing.T) {
	for name, size := range map[string]int{"PutObject": 1, "UploadPart": 2*partSize + 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := s3test.New(s3test.Config{})
				server.CreateBucket(bucketName, s3test.Unversioned)
				var count atomic.Int32
				answers := int32(2)
				b, err := bucket.New(configOf(server), clientFunc(func(r *http.Request) (*http.Response, error) {
					if r.Method == http.MethodPut && count.Add(1) <= answers {
						return says(http.StatusOK, nil, bodyOf("<html>Welcome</html>"))(r)
					}
					return server.Do(r)
				}))
				assert.NilError(t, err)
				body := content(size)
				assert.NilError(t, b.Store(t.Context(), uploadOf(body)))
				checkStored(t, server, body)

				answers = 1000
				err = b.Store(t.Context(), uploadOf(body))
				assert.Check(t, is.ErrorIs(err, bucket.ErrMalformed))
				assert.Check(t, is.ErrorContains(err, "check aws.endpoint"))
				assert.Check(t, is.Len(server.Uploads(bucketName), 0))
			})
		})
	}
}

func TestStore_CallsItsFunctionsFromTheCallersGoroutine(t *testing.T) {
	for _, size := range []int{1, 4 * partSize} {
		_, b := open(t, s3test.Unversioned, s3test.Config{})
		want := goroutine()
		in := uploadOf(content(size))
		write := in.Write
		in.Write = func(w io.Writer) error {
			assert.Check(t, is.Equal(goroutine(), want))
			return write(w)
		}
		in.Key = func() string {
			assert.Check(t, is.Equal(goroutine(), want))
			return "a"
		}
		assert.NilError(t, b.Store(t.Context(), in))
	}
}

// goroutine returns what names the goroutine that runs it.
func goroutine() string {
	stack := make([]byte, 64)
	name, _, _ := strings.Cut(string(stack[:runtime.Stack(stack, false)]), "[")
	return name
}

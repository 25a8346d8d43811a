// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// losing is a client that loses the first answer to a completed upload.
type losing struct{ begun, completed atomic.Int32 }

func (l *losing) Do(r *http.Request) (*http.Response, error) {
	query := r.URL.Query()
	if r.Method == http.MethodPost && query.Has("uploads") {
		l.begun.Add(1)
	}
	resp, err := http.DefaultClient.Do(r)
	if r.Method == http.MethodPost && query.Has("uploadId") && l.completed.Add(1) == 1 && err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return resp, err
}

// TestStorage_ALostAnswerToACompletion checks that real stores tell enough about an
// object in parts to recognize it.
func TestStorage_ALostAnswerToACompletion(t *testing.T) {
	t.Parallel()
	for _, server := range []*s3server.Server{store, other} {
		t.Run(server.Name, func(t *testing.T) {
			name, key := newBucketOn(t, server, "lost", true), "a"
			client := &losing{}
			b, err := bucket.New(bucket.Config{
				AccessKeyID: s3server.AccessKeyID, SecretAccessKey: s3server.SecretAccessKey, Region: s3server.Region,
				Bucket: name, Endpoint: server.Endpoint,
			}, client)
			assert.NilError(t, err)
			body := make([]byte, 2*bucket.MinPartSize+1)
			_, _ = rand.Read(body) // never fails
			assert.NilError(t, b.Store(t.Context(), bucket.StoreInput{
				Key:      func() string { return key },
				Write:    func(w io.Writer) error { _, err := w.Write(body); return err },
				PartSize: bucket.MinPartSize, Concurrency: 2,
			}))
			assert.Check(t, cmp.Equal(client.completed.Load(), int32(2)))
			assert.Check(t, cmp.Equal(client.begun.Load(), int32(1)))
			out, err := server.Client().GetObject(t.Context(), &awss3.GetObjectInput{Bucket: &name, Key: &key})
			assert.NilError(t, err)
			defer out.Body.Close()
			got, err := io.ReadAll(out.Body)
			assert.NilError(t, err)
			assert.Check(t, bytes.Equal(got, body))
		})
	}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// pipes is a listener whose connections are in memory, so that they follow virtual
// time.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// throughTransport calls do with a bucket that reaches the server through the
// client that the plugin uses.
func throughTransport(t *testing.T, server *s3test.Server, do func(*Bucket)) {
	t.Helper()
	listener := make(pipes)
	srv := &http.Server{Handler: server, ReadHeaderTimeout: time.Hour}
	go func() { _ = srv.Serve(listener) }()
	client := newHTTPClient()
	client.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		listener <- far
		return near, nil
	}
	b, err := New(Config{
		AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey, Region: server.Region(),
		Bucket: "orders", Endpoint: "http://s3.test",
	}, client)
	assert.NilError(t, err)
	do(b)
	client.CloseIdleConnections()
	close(listener)
	assert.NilError(t, srv.Close())
}

// Each request has the time-out of its operation. No other one, such as the
// transport's for the header of an answer, ends it before.
func TestStore_AStoreThatAnswersLateIsAnsweredOnce(t *testing.T) {
	for op, delay := range map[string]time.Duration{
		"CreateMultipartUpload": 50 * time.Second, "UploadPart": 280 * time.Second,
		"CompleteMultipartUpload": 5 * time.Minute, "PutObject": 280 * time.Second, "DeleteObject": 50 * time.Second,
	} {
		t.Run(op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := s3test.New(s3test.Config{})
				server.CreateBucket("orders", s3test.Enabled)
				server.SetFaults(func(r s3test.Request) s3test.Fault {
					if r.Op == op {
						return s3test.Fault{AnswerDelay: delay}
					}
					return s3test.Fault{}
				})
				size := 3 * MinPartSize
				if op == "PutObject" {
					size = 1 << 20
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				throughTransport(t, server, func(b *Bucket) {
					assert.NilError(t, b.Store(ctx, StoreInput{
						Key:      func() string { return "a" },
						Write:    func(w io.Writer) error { _, err := w.Write(bytes.Repeat([]byte("x"), size)); return err },
						PartSize: MinPartSize, Concurrency: 2,
					}))
					assert.Check(t, is.Len(server.Versions("orders"), 1))
					assert.NilError(t, b.Remove(ctx, "a"))
				})
				want := map[string]int{
					"CreateMultipartUpload": 1, "UploadPart": 3, "CompleteMultipartUpload": 1, "PutObject": 1, "DeleteObject": 1,
				}
				assert.Check(t, is.Equal(server.Count(op), want[op]))
			})
		})
	}
}

// The buffer of a request that was given up is used for the next one, so nothing
// may read it any more.
func TestSendBody_NothingReadsTheBodyAfterwards(t *testing.T) {
	var body io.Reader
	b, err := New(Config{AccessKeyID: "key id", SecretAccessKey: "secret", Region: "r", Bucket: "orders", Endpoint: "http://s3.test"},
		clientOf(func(r *http.Request) (*http.Response, error) {
			body = r.Body
			return nil, io.ErrUnexpectedEOF
		}))
	assert.NilError(t, err)
	assert.Check(t, is.ErrorIs(b.Put(t.Context(), "a", []byte("bytes"), PutOptions{}), ErrUnavailable))
	n, err := body.Read(make([]byte, 1))
	assert.Check(t, is.ErrorIs(err, io.EOF))
	assert.Check(t, is.Equal(n, 0))
}

type clientOf func(*http.Request) (*http.Response, error)

func (f clientOf) Do(r *http.Request) (*http.Response, error) { return f(r) }

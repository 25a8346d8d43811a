// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// answer is a whole answer in memory.
type answer struct {
	status int
	header http.Header
	body   []byte
	// chunked leaves out the length.
	chunked bool
}

// exchange handles a request up to its whole answer. An error means that the
// client gets none: its context has ended or the connection broke.
func (s *Server) exchange(r *http.Request) (*answer, Fault, error) {
	c := s.newCall(r)
	entry := s.log.begin(&c.request)
	status := 0
	defer func() { s.log.end(entry, status, s.config.Clock()) }()

	raw, err := readAll(r)
	if err != nil {
		return nil, Fault{}, err
	}
	fault, latency := s.faultFor(c.request)
	if err := sleep(r.Context(), latency+fault.Delay); err != nil {
		return nil, fault, err
	}
	c.now = s.config.Clock()
	a := c.answer(http.StatusOK)
	if !fault.replaces() || fault.Late {
		a = c.handle(raw)
	}
	if err := sleep(r.Context(), fault.AnswerDelay); err != nil {
		return nil, fault, err
	}
	if fault.Reset {
		return nil, fault, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	if fault.replaces() {
		a = fault.answer(c)
	}
	if r.Method == http.MethodHead {
		if a.header.Get("Content-Length") == "" && a.status < http.StatusMultipleChoices {
			a.header.Set("Content-Length", "0")
		}
		a.body = nil
	} else if !a.chunked && a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	status = a.status
	return a, fault, nil
}

func readAll(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	var buffer bytes.Buffer
	if r.ContentLength > 0 {
		buffer.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := buffer.ReadFrom(r.Body)
	return buffer.Bytes(), err
}

// Do handles a request in the caller's goroutine and returns the whole answer;
// no connection, no goroutine. An injected delay ends with the request's
// context. Do makes the server an HTTP client for the AWS SDK.
func (s *Server) Do(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, requestError(r, err)
	}
	a, fault, err := s.exchange(r)
	if err != nil {
		return nil, requestError(r, err)
	}
	length := int64(len(a.body))
	if a.chunked {
		length = -1
	}
	if value := a.header.Get("Content-Length"); value != "" {
		if length, err = strconv.ParseInt(value, 10, 64); err != nil {
			return nil, requestError(r, err)
		}
	}
	s.log.openBody(1)
	return &http.Response{
		Status:     strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		StatusCode: a.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        a.header,
		ContentLength: length,
		Body:          newBody(r.Context(), a.body, fault, func() { s.log.openBody(-1) }),
		Request:       r,
	}, nil
}

// requestError is what an http.Client makes of an error.
func requestError(r *http.Request, err error) error {
	return &url.Error{Op: r.Method[:1] + string(bytes.ToLower([]byte(r.Method[1:]))), URL: r.URL.String(), Err: err}
}

// body is an answer's body in memory, with the faults of a connection.
type body struct {
	ctx    context.Context //nolint:containedctx // an http.Response's body ends with its request's context
	reader *bytes.Reader
	fault  Fault
	once   sync.Once
	closed chan struct{}
	onEnd  func()
}

func newBody(ctx context.Context, content []byte, fault Fault, onEnd func()) *body {
	if fault.Cut {
		if fault.CutAt >= len(content) {
			fault.Cut = false
		}
		content = content[:min(fault.CutAt, len(content))]
	}
	return &body{ctx: ctx, reader: bytes.NewReader(content), fault: fault, closed: make(chan struct{}), onEnd: onEnd}
}

func (b *body) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.reader.Read(p)
	if err == nil || !b.fault.Cut {
		return n, err
	}
	if !b.fault.Stall {
		return n, io.ErrUnexpectedEOF
	}
	select {
	case <-b.ctx.Done():
		return n, b.ctx.Err()
	case <-b.closed:
		return n, net.ErrClosed
	}
}

func (b *body) Close() error {
	b.once.Do(func() {
		close(b.closed)
		b.onEnd()
	})
	return nil
}

// ServeHTTP answers a request over a connection.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a, fault, err := s.exchange(r)
	if err != nil {
		panic(http.ErrAbortHandler) // how a handler breaks its connection
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	if a.chunked { // or else Go counts a short body
		_ = http.NewResponseController(w).Flush()
	}
	if !fault.Cut || fault.CutAt >= len(a.body) {
		_, _ = w.Write(a.body) // a client that is gone needs no answer
		return
	}
	_, _ = w.Write(a.body[:fault.CutAt])
	_ = http.NewResponseController(w).Flush()
	if fault.Stall {
		<-r.Context().Done()
	}
	panic(http.ErrAbortHandler)
}

// Start serves on a loopback port until the test ends and returns the URL.
func (s *Server) Start(tb testing.TB) string {
	tb.Helper()
	server := httptest.NewServer(s)
	tb.Cleanup(func() {
		server.CloseClientConnections() // a client that stalls must not hold the test up
		server.Close()
	})
	return server.URL
}

// Client returns the real AWS client of this server, through Do: with AWS's
// own endpoint, the server's region and the first of its credentials.
func (s *Server) Client(options ...func(*s3.Options)) *s3.Client {
	known := s.config.Credentials[0]
	return s3.NewFromConfig(aws.Config{
		Region:     s.config.Region,
		HTTPClient: s,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID: known.AccessKeyID, SecretAccessKey: known.SecretAccessKey, SessionToken: known.SessionToken,
			}, nil
		}),
	}, options...)
}

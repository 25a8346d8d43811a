// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"context"
	"net/http"
	"time"
)

// Fault is what goes wrong with one request. Its zero value is nothing.
type Fault struct {
	// Delay passes before the request is handled; the client's context ends it.
	Delay time.Duration
	// AnswerDelay passes after the request has taken effect and before it is
	// answered; the client's context ends it.
	AnswerDelay time.Duration
	// Status, with Code and Message as the error's body, is answered in place of
	// the request's own answer. A Status of 200 with a Code is the error inside of
	// a success that CopyObject and CompleteMultipartUpload know.
	Status  int
	Code    string
	Message string
	// Body, if it is not nil, is answered verbatim, with Status or 200.
	Body []byte
	// Reset breaks the connection without an answer.
	Reset bool
	// Cut ends the answer's body after CutAt bytes, although the Content-Length
	// announces all of it: the connection breaks there or, with Stall, stays silent
	// until the client gives up.
	Cut   bool
	CutAt int
	Stall bool
	// Late lets the request take effect before its answer is replaced or lost.
	Late bool
}

// SlowDown is the answer of S3 when requests come too fast.
func SlowDown() Fault {
	return Fault{Status: http.StatusServiceUnavailable, Code: "SlowDown", Message: "Please reduce your request rate."}
}

// InternalError is S3's answer when it fails itself.
func InternalError() Fault {
	return Fault{
		Status: http.StatusInternalServerError, Code: "InternalError",
		Message: "We encountered an internal error. Please try again.",
	}
}

// Reset is a connection that breaks before the answer, and before the request
// takes effect.
func Reset() Fault { return Fault{Reset: true} }

// Truncate is an answer whose connection breaks after n bytes of the body.
func Truncate(n int) Fault { return Fault{Cut: true, CutAt: n} }

// Malformed is a success whose body is no XML.
func Malformed() Fault { return Fault{Body: []byte(`<?xml version="1.0" encoding="UTF-8"?><Broken><`)} }

// Hang is a request that gets no answer until the client gives up.
func Hang() Fault { return Fault{Delay: 100 * 365 * 24 * time.Hour} }

// replaces says whether the request's own answer is not the one given.
func (f Fault) replaces() bool { return f.Reset || f.Status != 0 || f.Body != nil }

// answer is the answer that the fault gives in place of the request's own.
func (f Fault) answer(c *call) *answer {
	if f.Body == nil {
		return c.failure(&apiError{Status: f.Status, Code: f.Code, Message: f.Message})
	}
	a := c.answer(http.StatusOK)
	if f.Status != 0 {
		a.status = f.Status
	}
	a.header.Set("Content-Type", "application/xml")
	a.body = f.Body
	return a
}

// sleep waits, in virtual time too, until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

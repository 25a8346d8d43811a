// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

// trouble is what goes wrong with requests. It is a function of the time and the
// request, so that a program meets the same each time.
type trouble struct {
	faults
	seed    uint64
	outages []outage
	lied    map[string]int // wrong answers so far, by object
	refused []time.Time    // when a listing of uploads was refused,
	listed  []time.Time    // and when one came to its end,
	scanned []time.Time    // and one of versions
}

// outage lets an operation fail for some time; an empty op stands for all.
type outage struct {
	op      string
	refuses bool // for good: the source is not to try again
	until   time.Time
}

// verdict is what becomes of a request.
type verdict int

const (
	answered verdict = iota
	unavailable
	malformed
	refused
)

// of returns how long a request takes and what becomes of it.
func (tr *trouble) of(op, what string) (latency time.Duration, v verdict) {
	draw := tr.draw(op, what)
	latency = time.Duration(draw % uint64(tr.latency+1))
	switch op {
	case "ListMultipartUploads":
		latency += tr.uploadPages
	case "ListObjectVersions":
		latency += tr.pages
	}
	if tr.noUploads && op == "ListMultipartUploads" {
		return latency, refused
	}
	for _, o := range tr.outages {
		if (o.op == "" || o.op == op) && time.Now().Before(o.until) {
			if o.refuses {
				return latency, refused
			}
			return latency, unavailable
		}
	}
	if draw>>32%100 < tr.percent {
		if draw>>48%4 == 0 {
			return latency, malformed
		}
		return latency, unavailable
	}
	return latency, answered
}

// draw returns a random number.
func (tr *trouble) draw(op, what string) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, tr.seed, op, what, time.Now().UnixNano())
	return h.Sum64()
}

// fail returns the error of a request.
func (tr *trouble) fail(op, what string, v verdict) error {
	switch v {
	case answered:
		return nil
	case malformed:
		return fmt.Errorf("%s %s: %w: %w", op, what, bucket.ErrMalformed, bucket.ErrUnavailable)
	case refused:
		tr.refuse(op)
		return fmt.Errorf("%s %s: %w", op, what, bucket.ErrForbidden)
	default:
		return fmt.Errorf("%s %s: %w", op, what, bucket.ErrUnavailable)
	}
}

func (tr *trouble) refuse(op string) {
	if op == "ListMultipartUploads" {
		tr.refused = append(tr.refused, time.Now())
	}
}

// lies tells whether an answer for an object is a wrong one.
func (tr *trouble) liesAbout(key, id, etag string) bool {
	if tr.lies == 0 {
		return false
	}
	what := key + "/" + id + "/" + etag
	tr.lied[what]++
	return tr.lied[what] <= tr.lies
}

// fault is the same for a request to the real server.
func (tr *trouble) fault(req s3test.Request) s3test.Fault {
	latency, v := tr.of(req.Op, req.Key+req.VersionID+req.Query.Encode())
	switch {
	case v == refused:
		tr.refuse(req.Op)
		return s3test.Fault{Delay: latency, Status: 403, Code: "AccessDenied"}
	case v == malformed && req.Op != "GetObject":
		return s3test.Malformed()
	case v != answered:
		return []s3test.Fault{s3test.SlowDown(), s3test.InternalError(), s3test.Reset(), s3test.Truncate(1)}[latency%4]
	case req.Op == "GetObject" && tr.liesAbout(req.Key, req.VersionID, ""):
		return s3test.Fault{Delay: latency, Body: []byte("body 0")}
	default:
		return s3test.Fault{Delay: latency}
	}
}

// end is called when nothing is to go wrong any more.
func (tr *trouble) end() {
	tr.outages, tr.faults = nil, faults{noUploads: tr.noUploads, lies: tr.lies}
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"errors"
	"io"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/crash"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// panicking is an encoder of which some methods panic.
type panicking struct {
	format.Encoder
	check, groups, encode bool
}

func (p panicking) Check(rec opencdc.Record) error {
	if p.check && string(rec.Position) == "2" {
		panic("check")
	}
	return p.Encoder.Check(rec)
}

func (p panicking) Groups(recs []opencdc.Record) [][]int {
	if p.groups {
		panic("groups")
	}
	return p.Encoder.Groups(recs)
}

func (p panicking) Encode(w io.Writer, recs []opencdc.Record, table *format.Table) error {
	if p.encode {
		panic("encode")
	}
	return p.Encoder.Encode(w, recs, table)
}

func writerOf(t *testing.T, server *s3test.Server, p panicking) *Destination {
	t.Helper()
	var c Config
	assert.NilError(t, settings(server, nil).ApplyDefaults(c.Parameters()).DecodeInto(&c))
	s, err := bucket.New(c.Config, server)
	assert.NilError(t, err)
	t.Cleanup(s.Close)
	p.Encoder, err = c.encoder(nil)
	assert.NilError(t, err)
	objects := storer{store: s, concurrency: c.UploadConcurrency, partSize: c.UploadPartSize}
	return &Destination{mode: newBatchesMode(objects, planner{encoder: p, limit: 10}, "")}
}

// What panics is a library at a record that nobody has thought of. Conduit lives,
// and nothing is acknowledged that isn't stored.
func TestWrite_PanicIsAnError(t *testing.T) {
	for name, p := range map[string]panicking{"check": {check: true}, "groups": {groups: true}, "encode": {encode: true}} {
		t.Run(name, func(t *testing.T) {
			server := newServer(s3test.Config{})
			n, err := writerOf(t, server, p).Write(t.Context(), numbered(0, 5))
			assert.Check(t, is.ErrorIs(err, crash.ErrPanic))
			all, _ := positions(t, server)
			assert.Check(t, is.Equal(len(all), n))
		})
	}
}

func TestWrite_PanicAtARecordRefusesIt(t *testing.T) {
	server := newServer(s3test.Config{})
	n, err := writerOf(t, server, panicking{check: true}).Write(t.Context(), numbered(0, 5))
	assert.Check(t, is.Equal(n, 2))
	var refused *value.RecordError
	assert.Assert(t, errors.As(err, &refused))
	assert.Check(t, is.Equal(string(refused.Position), "2"))
}

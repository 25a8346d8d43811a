// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/datum"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"github.com/conduitio/conduit-connector-sdk/schema"
)

const (
	// schemaTimeout is how long the registry may take to answer.
	schemaTimeout = 10 * time.Second
	// schemaRetry is the time after which an unavailable schema is requested again.
	schemaRetry = 30 * time.Second
	// maxSchemas is the number of schemas that are kept.
	maxSchemas = 1000
)

// schemas reads schemas from Conduit's schema registry. Each schema is requested
// once, and again some time after it was unavailable. After a time-out no schema is
// requested for that time. It is safe for concurrent use.
type schemas struct {
	ctx    context.Context // of the logger and the registry
	cancel context.CancelFunc

	mu     sync.Mutex
	known  map[schemaID]*lookup
	silent *lookup // the last that timed out
	warned map[schemaID]bool
}

type schemaID struct {
	subject string
	version int
}

// lookup is a request to the registry, and the answer when it is done.
type lookup struct {
	done   chan struct{}
	text   string
	schema *datum.Schema
	err    error
	until  time.Time // when the error expires
}

// expired reports whether the lookup failed too long ago.
func (l *lookup) expired() bool {
	select {
	case <-l.done:
		return l.err != nil && !time.Now().Before(l.until)
	default:
		return false
	}
}

func newSchemas(ctx context.Context) *schemas {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	return &schemas{ctx: ctx, cancel: cancel, known: map[schemaID]*lookup{}, warned: map[schemaID]bool{}}
}

// close cancels the requests to the registry.
func (s *schemas) close() { s.cancel() }

// Schema returns an Avro schema as JSON. It blocks until the registry answers, for up
// to schemaTimeout. It logs a warning once for each schema that is unavailable.
func (s *schemas) Schema(subject string, version int) (string, error) {
	id := schemaID{subject, version}
	found := s.find(s.ctx, id)
	if found.err == nil {
		return found.text, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.warned[id] && len(s.warned) < maxSchemas {
		s.warned[id] = true
		sdk.Logger(s.ctx).Warn().Err(found.err).Str("subject", subject).Int("version", version).
			Msg("schema is unavailable: column types are inferred from the records until it is available")
	}
	return "", found.err
}

// find returns the answer for a schema. It blocks until there is one or ctx ends.
func (s *schemas) find(ctx context.Context, id schemaID) *lookup {
	l := s.lookup(id) //nolint:contextcheck // other writes wait for the answer, too
	select {
	case <-l.done:
		return l
	case <-ctx.Done():
		return &lookup{err: fmt.Errorf("get schema %q, version %d: %w", id.subject, id.version, ctx.Err())}
	}
}

// lookup returns the request for a schema, which may be in progress.
func (s *schemas) lookup(id schemaID) *lookup {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.known[id]
	switch {
	case l != nil && !l.expired():
		return l
	case s.silent != nil && !s.silent.expired():
		return s.silent
	}
	if len(s.known) >= maxSchemas {
		clear(s.known)
	}
	l = &lookup{done: make(chan struct{})}
	s.known[id] = l
	go s.ask(id, l)
	return l
}

// ask requests a schema from the registry.
func (s *schemas) ask(id schemaID, l *lookup) {
	defer close(l.done)
	ctx, cancel := context.WithTimeout(s.ctx, schemaTimeout)
	defer cancel()
	if l.text, l.schema, l.err = get(ctx, id); l.err == nil {
		return
	}
	l.err = fmt.Errorf("get schema %q, version %d: %w", id.subject, id.version, l.err)
	l.until = time.Now().Add(schemaRetry)
	if ctx.Err() != nil { // a request for another schema would time out, too
		s.mu.Lock()
		defer s.mu.Unlock()
		s.silent = l
	}
}

func get(ctx context.Context, id schemaID) (string, *datum.Schema, error) {
	found, err := schema.Get(ctx, id.subject, id.version)
	if err != nil {
		return "", nil, err
	}
	if found.Type != schema.TypeAvro {
		return "", nil, fmt.Errorf("its type is %v, not Avro", found.Type)
	}
	text := string(found.Bytes)
	parsed, err := datum.Parse(text)
	return text, parsed, err
}

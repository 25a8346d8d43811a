// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"github.com/conduitio/conduit-connector-protocol/pconnutils"
	"github.com/conduitio/conduit-connector-sdk/schema"
	"github.com/twmb/go-cache/cache"
)

// How long the answer for a schema is kept, and how long an error is: while
// Conduit's schema service is away, only one record in that time waits for it.
const (
	schemaAge      = 15 * time.Minute
	schemaErrorAge = 10 * time.Second
)

// schemas remembers what Conduit's schema service answers, so that a record does
// not cost a request. It is safe for concurrent use. The SDK has one as well, but
// only sdk.Serve can set it up, and it keeps an error for 15 minutes.
type schemas struct {
	service pconnutils.SchemaService
	got     *cache.Cache[pconnutils.GetSchemaRequest, pconnutils.GetSchemaResponse]
	created *cache.Cache[creation, pconnutils.CreateSchemaResponse]
}

// creation is a pconnutils.CreateSchemaRequest that can be a key.
type creation struct {
	subject, bytes string
	kind           schema.Type
}

func newSchemas(service pconnutils.SchemaService) *schemas {
	ages := []cache.Opt{cache.MaxAge(schemaAge), cache.MaxErrorAge(schemaErrorAge)}
	return &schemas{
		service: service,
		got:     cache.New[pconnutils.GetSchemaRequest, pconnutils.GetSchemaResponse](ages...),
		created: cache.New[creation, pconnutils.CreateSchemaResponse](ages...),
	}
}

func (s *schemas) GetSchema(ctx context.Context, req pconnutils.GetSchemaRequest) (pconnutils.GetSchemaResponse, error) {
	res, err, _ := s.got.Get(req, func() (pconnutils.GetSchemaResponse, error) {
		return s.service.GetSchema(ctx, req)
	})
	return res, err
}

func (s *schemas) CreateSchema(ctx context.Context, req pconnutils.CreateSchemaRequest) (pconnutils.CreateSchemaResponse, error) {
	key := creation{req.Subject, string(req.Bytes), req.Type}
	res, err, _ := s.created.Get(key, func() (pconnutils.CreateSchemaResponse, error) {
		return s.service.CreateSchema(ctx, req)
	})
	return res, err
}

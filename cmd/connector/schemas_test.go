// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-protocol/pconnutils"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// service counts what it is asked, and fails with err.
type service struct {
	asked int
	err   error
}

func (s *service) GetSchema(context.Context, pconnutils.GetSchemaRequest) (pconnutils.GetSchemaResponse, error) {
	s.asked++
	return pconnutils.GetSchemaResponse{}, s.err
}

func (s *service) CreateSchema(context.Context, pconnutils.CreateSchemaRequest) (pconnutils.CreateSchemaResponse, error) {
	s.asked++
	return pconnutils.CreateSchemaResponse{}, s.err
}

func TestSchemas_AreAskedForOnce(t *testing.T) {
	s := &service{}
	cached := newSchemas(s)
	for _, version := range []int{1, 2, 1, 2} {
		_, err := cached.GetSchema(t.Context(), pconnutils.GetSchemaRequest{Subject: "orders", Version: version})
		assert.NilError(t, err)
	}
	assert.Check(t, is.Equal(s.asked, 2))
	for range 3 {
		_, err := cached.CreateSchema(t.Context(), pconnutils.CreateSchemaRequest{Subject: "orders", Bytes: []byte("{}")})
		assert.NilError(t, err)
	}
	assert.Check(t, is.Equal(s.asked, 3))
}

func TestSchemas_AreAskedForAgainAfterAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := errors.New("away")
		s := &service{err: away}
		cached := newSchemas(s)
		get := func() error {
			_, err := cached.GetSchema(t.Context(), pconnutils.GetSchemaRequest{Subject: "orders", Version: 1})
			return err
		}
		assert.Check(t, is.ErrorIs(get(), away))
		s.err = nil
		assert.Check(t, is.ErrorIs(get(), away))
		assert.Check(t, is.Equal(s.asked, 1))
		<-time.After(schemaErrorAge + time.Second)
		assert.NilError(t, get())
	})
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-protocol/pconnutils"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/conduitio/conduit-connector-sdk/schema"
	"github.com/parquet-go/parquet-go"
	"github.com/rs/zerolog"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// The middleware decodes the payload; the columns follow its schema.
func TestSchemas_ColumnsFollowTheRegistry(t *testing.T) {
	text := []byte(`{"type":"record","name":"row","fields":[{"name":"day","type":{"type":"int","logicalType":"date"}},{"name":"id","type":"int"}]}`)
	registered, err := schema.Create(t.Context(), schema.TypeAvro, t.Name(), text)
	assert.NilError(t, err)
	recs := numbered(0, 2)
	for i := range recs {
		payload, err := registered.Marshal(map[string]any{"day": epoch, "id": i})
		assert.NilError(t, err)
		recs[i].Payload.After = opencdc.RawData(payload)
		schema.AttachPayloadSchemaToRecord(recs[i], registered)
	}

	server := newServer(s3test.Config{})
	n, err := open(t, server, config.Config{ConfigFormat: "parquet"}).Write(t.Context(), recs)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(n, 2))
	body := server.Objects(bucketName)[0].Body
	file, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	assert.NilError(t, err)
	assert.Check(t, is.Contains(file.Schema().String(), "optional group after {\n\t\t\toptional int32 day (DATE);\n\t\t\toptional int64 id (INT(64,true));"))
}

// registry is a schema service that answers as a test says, and counts who asks.
type registry struct {
	pconnutils.SchemaService
	asked  atomic.Int32
	answer func(ctx context.Context) (schema.Schema, error)
}

func (r *registry) GetSchema(ctx context.Context, _ pconnutils.GetSchemaRequest) (pconnutils.GetSchemaResponse, error) {
	r.asked.Add(1)
	found, err := r.answer(ctx)
	return pconnutils.GetSchemaResponse{Schema: found}, err
}

// use makes r the registry of the connector.
func (r *registry) use(t *testing.T) *registry {
	before := schema.Service
	t.Cleanup(func() { schema.Service = before })
	schema.Service = r
	return r
}

func silent(ctx context.Context) (schema.Schema, error) {
	<-ctx.Done()
	return schema.Schema{}, ctx.Err()
}

// findAll asks for the schemas of many subjects at a time.
func findAll(s *schemas, subjects int) (failed int) {
	var failures atomic.Int32
	var group sync.WaitGroup
	for i := range subjects {
		group.Go(func() {
			if _, err := s.Schema(fmt.Sprint(i), 1); err != nil {
				failures.Add(1)
			}
		})
	}
	group.Wait()
	return int(failures.Load())
}

func TestSchemas_SilentRegistryCostsOneTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := (&registry{answer: silent}).use(t)
		s := newSchemas(t.Context())
		begin := time.Now()
		assert.Check(t, is.Equal(findAll(s, 100), 100))
		assert.Check(t, is.Equal(findAll(s, 300), 300), "others, and the same again")
		assert.Check(t, is.Equal(time.Since(begin), schemaTimeout))
		assert.Check(t, is.Equal(int(r.asked.Load()), 100))

		pass(schemaRetry)
		r.answer = func(context.Context) (schema.Schema, error) {
			return schema.Schema{Type: schema.TypeAvro, Bytes: []byte(`"int"`)}, nil
		}
		assert.Check(t, is.Equal(findAll(s, 100), 0), "the registry is back")
	})
}

func TestSchemas_EachIsAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := (&registry{answer: func(context.Context) (schema.Schema, error) {
			pass(time.Second)
			return schema.Schema{Type: schema.TypeAvro, Bytes: []byte(`"int"`)}, nil
		}}).use(t)
		s := newSchemas(t.Context())
		begin := time.Now()
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() { assert.Check(t, is.Equal(findAll(s, 5), 0)) })
		}
		group.Wait()
		assert.Check(t, is.Equal(time.Since(begin), time.Second))
		assert.Check(t, is.Equal(int(r.asked.Load()), 5))
	})
}

// A missing schema is requested again after a while, and does not block others.
func TestSchemas_FailureIsRememberedForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := (&registry{answer: func(context.Context) (schema.Schema, error) {
			return schema.Schema{}, schema.ErrSubjectNotFound
		}}).use(t)
		s := newSchemas(t.Context())
		assert.Check(t, is.Equal(findAll(s, 3), 3))
		assert.Check(t, is.Equal(findAll(s, 5), 5))
		assert.Check(t, is.Equal(int(r.asked.Load()), 5))
		pass(schemaRetry)
		assert.Check(t, is.Equal(findAll(s, 5), 5))
		assert.Check(t, is.Equal(int(r.asked.Load()), 10))
	})
}

// A write that is cancelled does not wait for a registry.
func TestSchemas_CancelledWriteDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		(&registry{answer: silent}).use(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		s := newSchemas(t.Context())
		defer s.close()
		found := s.find(ctx, schemaID{"s", 1})
		assert.Check(t, is.ErrorIs(found.err, context.DeadlineExceeded))
		assert.Check(t, is.Equal(time.Since(begin), time.Second))
	})
}

func TestSchemas_MissingOneIsToldOnce(t *testing.T) {
	var log bytes.Buffer
	s := newSchemas(zerolog.New(&log).WithContext(t.Context()))
	for range 3 {
		_, err := s.Schema("gone", 7)
		assert.ErrorContains(t, err, `get schema "gone", version 7: `)
	}
	assert.Check(t, is.Equal(bytes.Count(log.Bytes(), []byte("\n")), 1))
	assert.Check(t, is.Contains(log.String(), `"subject":"gone"`))
}

// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"bytes"
	"testing"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
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
	assert.Check(t, is.Contains(file.Schema().String(), "optional group after {\n\t\t\toptional int32 day (DATE);\n\t\t\toptional int32 id (INT(32,true));"))
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
